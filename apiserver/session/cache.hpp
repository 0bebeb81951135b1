#pragma once
// What the store said of a token, for a moment: in this process (LocalCache), or in a Redis that the replicas share
// (redis_cache.hpp). Thread-safe.
//
// Between asking the store and keeping its answer a session may have ended and the word of it may have come: such an
// answer is not kept. So find() goes before the question, and what ticket it gave goes to keep().

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
  // When the store was asked, in the words of the cache that gave it.
  struct Ticket {
    std::uint64_t number = 0;
    std::string forgotten{}, epoch{};
  };
  struct Lookup {
    std::shared_ptr<const Store::Found> found;  // null: ask the store
    Ticket ticket{};
  };

  virtual ~Cache() = default;
  virtual const char* name() const = 0;  // of the metric
  virtual Lookup find(const std::string& hash) = 0;
  // Not kept when anything was forgotten since `ticket`.
  virtual void keep(const std::string& hash, std::shared_ptr<const Store::Found> found, const Ticket& ticket) = 0;

  virtual void forget(std::int64_t user) = 0;
  virtual void forget(const std::string& hash) = 0;
  virtual void forget_all() = 0;
};

// A lookup takes one shard's lock.
class LocalCache : public Cache {
 public:
  explicit LocalCache(const base::Clock& clock, base::Duration keep = std::chrono::seconds(5),
                      std::size_t capacity = 100'000)
      : clock_(clock), keep_(keep), shard_capacity_(capacity / kShards) {}

  const char* name() const override { return "cache"; }
  Lookup find(const std::string& hash) override;
  void keep(const std::string& hash, std::shared_ptr<const Store::Found> found, const Ticket& ticket) override;
  void forget(std::int64_t user) override;
  void forget(const std::string& hash) override;
  void forget_all() override;

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

  const base::Clock& clock_;
  const base::Duration keep_;
  const std::size_t shard_capacity_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> forgotten_{0};
};

}  // namespace causeway::api::session
