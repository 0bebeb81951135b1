#pragma once
// How many copy from elsewhere at once: some at all, fewer of one namespace, so that nobody keeps others waiting.

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace causeway::op::repo {

// Thread-safe. Outlives the places that were taken.
class ImportSlots {
 public:
  ImportSlots(std::size_t all, std::size_t of_one) : all_(all), of_one_(of_one) {}

  // A place, until the pointer goes; null: there is none now.
  std::shared_ptr<const void> take(const std::string& ns) {
    const std::lock_guard lock(mutex_);
    if (taken_ >= all_) return nullptr;
    auto& mine = by_namespace_[ns];
    if (mine >= of_one_) return nullptr;
    ++mine;
    ++taken_;
    return {this, [ns](ImportSlots* slots) { slots->give_back(ns); }};
  }

 private:
  void give_back(const std::string& ns) {
    const std::lock_guard lock(mutex_);
    --taken_;
    if (--by_namespace_[ns] == 0) by_namespace_.erase(ns);
  }

  const std::size_t all_, of_one_;
  std::mutex mutex_;
  std::size_t taken_ = 0;
  std::map<std::string, std::size_t> by_namespace_;
};

}  // namespace causeway::op::repo
