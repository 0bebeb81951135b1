#pragma once
// Objects that were refused a moment ago: git-lfs tries an upload again eight times, whatever it was answered, and asks
// for a batch each time. There it is told, and stops.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"

namespace causeway::api::lfs {

// Thread-safe.
class RefusedObjects {
 public:
  explicit RefusedObjects(const base::Clock& clock) : clock_(clock) {}

  void add(std::int64_t repository, const std::string& oid, std::string why);
  // nullopt: it was not, or longer ago: what is known as malware changes.
  std::optional<std::string> why(std::int64_t repository, const std::string& oid);

 private:
  static constexpr auto kKept = std::chrono::minutes(10);
  static constexpr std::size_t kMost = 10'000;
  struct Entry {
    std::string why;
    base::SteadyTime until;
  };
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::pair<std::int64_t, std::string>, Entry> entries_;  // by mutex_
};

}  // namespace causeway::api::lfs
