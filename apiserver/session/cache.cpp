#include "apiserver/session/cache.hpp"

namespace causeway::api::session {

Cache::Lookup LocalCache::find(const std::string& hash) {
  Lookup lookup{nullptr, {forgotten_.load()}};
  auto& at = shard(hash);
  std::lock_guard lock(at.mutex);
  const auto entry = at.entries.find(hash);
  if (entry != at.entries.end() && entry->second.until > clock_.steady()) lookup.found = entry->second.found;
  return lookup;
}

void LocalCache::keep(const std::string& hash, std::shared_ptr<const Store::Found> found, const Ticket& ticket) {
  const auto now = clock_.steady();
  auto& at = shard(hash);
  std::lock_guard lock(at.mutex);
  // Under the lock that forget() takes after it has counted: one of the two sees the other.
  if (forgotten_ != ticket.number) return;
  if (at.entries.size() >= shard_capacity_)
    std::erase_if(at.entries, [&](const auto& e) { return e.second.until <= now; });
  if (at.entries.size() >= shard_capacity_) return;
  at.entries.insert_or_assign(hash, Entry{std::move(found), now + keep_});
}

void LocalCache::forget(std::int64_t user) {
  ++forgotten_;
  for (auto& at : shards_) {
    std::lock_guard lock(at.mutex);
    std::erase_if(at.entries, [&](const auto& e) { return e.second.found->session.person.id == user; });
  }
}

void LocalCache::forget(const std::string& hash) {
  ++forgotten_;
  auto& at = shard(hash);
  std::lock_guard lock(at.mutex);
  at.entries.erase(hash);
}

void LocalCache::forget_all() {
  ++forgotten_;
  for (auto& at : shards_) {
    std::lock_guard lock(at.mutex);
    at.entries.clear();
  }
}

std::size_t LocalCache::size() const {
  std::size_t count = 0;
  for (const auto& at : shards_) {
    std::lock_guard lock(at.mutex);
    count += at.entries.size();
  }
  return count;
}

}  // namespace causeway::api::session
