#pragma once
// What the store said of a token, for a moment. Thread-safe; a lookup takes one shard's lock.
//
// Between asking the store and keeping its answer a session may have ended and the word of it may have come: such an
// answer is not kept. So begin() goes before the question, and what it gave goes to keep().

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "apiserver/session/store.hpp"
#include "base/clock.hpp"

namespace causeway::api::session {

class Cache {
 public:
  explicit Cache(const base::Clock& clock, base::Duration keep = std::chrono::seconds(5),
                 std::size_t capacity = 100'000)
      : clock_(clock), keep_(keep), shard_capacity_(capacity / kShards) {}

  // Null: ask the store.
  std::shared_ptr<const Store::Found> find(const std::string& hash) const;

  using Ticket = std::uint64_t;
  Ticket begin() const;
  // Not kept when anything was forgotten since `ticket`.
  void keep(const std::string& hash, std::shared_ptr<const Store::Found> found, Ticket ticket);

  void forget(std::int64_t user);
  void forget(const std::string& hash);
  void forget_all();

  std::size_t size() const;

 private:
  static constexpr std::size_t kShards = 16;
  struct Entry {
    std::shared_ptr<const Store::Found> found;
    base::SteadyTime until;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, Entry> entries;
  };
  Shard& shard(const std::string& hash) { return shards_[static_cast<unsigned char>(hash.front()) % kShards]; }
  const Shard& shard(const std::string& hash) const {
    return shards_[static_cast<unsigned char>(hash.front()) % kShards];
  }

  const base::Clock& clock_;
  const base::Duration keep_;
  const std::size_t shard_capacity_;
  std::array<Shard, kShards> shards_;
  std::atomic<Ticket> forgotten_{0};
};

}  // namespace causeway::api::session
