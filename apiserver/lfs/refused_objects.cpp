#include "apiserver/lfs/refused_objects.hpp"

namespace causeway::api::lfs {

void RefusedObjects::add(std::int64_t repository, const std::string& oid, std::string why) {
  const auto now = clock_.steady();
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMost) std::erase_if(entries_, [&](const auto& entry) { return entry.second.until <= now; });
  if (entries_.size() >= kMost) return;
  entries_[{repository, oid}] = {std::move(why), now + kKept};
}

std::optional<std::string> RefusedObjects::why(std::int64_t repository, const std::string& oid) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find({repository, oid});
  if (found == entries_.end()) return std::nullopt;
  if (found->second.until > clock_.steady()) return found->second.why;
  entries_.erase(found);
  return std::nullopt;
}

}  // namespace causeway::api::lfs
