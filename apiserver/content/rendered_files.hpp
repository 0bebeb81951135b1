#pragma once
// Files as they were rendered last, for whoever looks at them next: a README is what most people open, and it costs
// half a millisecond a kilobyte. Thread-safe.

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace causeway::api::content {

class RenderedFiles {
 public:
  explicit RenderedFiles(std::size_t bytes) : limit_(bytes) {}

  // What `render` makes, which has to depend on `key` alone. Two that ask at once may both render.
  std::shared_ptr<const std::string> get(const std::string& key, const std::function<std::string()>& render);

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const std::string> html;
  };
  static std::size_t size_of(const Entry& entry) { return 2 * entry.key.size() + entry.html->size() + 256; }

  const std::size_t limit_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // from here on by mutex_; the one asked last is first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
  std::size_t size_ = 0;
};

}  // namespace causeway::api::content
