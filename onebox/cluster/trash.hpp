#pragma once
// Deleting a cluster's folder takes seconds (tens of thousands of files of images): it is moved away at once, and
// deleted in the background, by the next service if need be.

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "base/result.hpp"

namespace causeway::onebox {

// Thread-safe.
class Trash {
 public:
  // `dir` is on the same file system as what will be thrown away; what lies in it is deleted, too.
  explicit Trash(std::filesystem::path dir);
  ~Trash();  // what is not deleted yet stays

  base::Result<void> take(const std::filesystem::path& path);  // ok also when there is none

 private:
  void run(std::stop_token stop);

  const std::filesystem::path dir_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool work_ = true;
  std::jthread thread_;
};

}  // namespace causeway::onebox
