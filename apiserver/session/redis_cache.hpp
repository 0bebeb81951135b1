#pragma once
// What the store said of a token, in a Redis that the replicas share: what one asked, all know, and what one forgets,
// all have forgotten when it returns. Where Redis cannot be asked, there is nothing in the cache, and the database
// answers: a call waits for Redis once for `timeout` at most, and then nobody does for `pause`.
//
// A change that Redis was not told of must not be undone by what is still in it. So a replica which could not tell it
// something, or lost a connection (Redis may come back with what it had before), makes everything there worth nothing
// before it reads from it again: each entry is good for one epoch, a number in Redis.
//
// Keys: causeway:session:{…}, where the braces keep all of them in one slot of a cluster. Tokens are there as SHA-256
// only, entries signed with the replicas' secret, and for five seconds, as in a replica's own cache.

#include <mutex>

#include "apiserver/session/cache.hpp"
#include "apiserver/session/redis_connection.hpp"
#include "base/metrics.hpp"

namespace causeway::api::session {

struct RedisCacheOptions {
  std::string url;                        // parse_redis_url()
  std::filesystem::path password_file{};  // "": none
  std::string secret{};                   // of the replicas, 32 bytes
  base::Duration keep = std::chrono::seconds(5);
  base::Duration timeout = std::chrono::milliseconds(200);  // of one wait for Redis
  base::Duration pause = std::chrono::seconds(1);           // in which it is left alone after a failure
};

class RedisCache : public Cache {
 public:
  // kInvalidArgument: an option is not valid. Connects with the first call.
  static base::Result<std::unique_ptr<RedisCache>> make(const RedisCacheOptions& options, const base::Clock& clock,
                                                        base::MetricsRegistry& metrics);

  const char* name() const override { return "redis"; }
  Lookup find(const std::string& hash) override;
  void keep(const std::string& hash, std::shared_ptr<const Store::Found> found, const Ticket& ticket) override;
  void forget(std::int64_t user) override;
  void forget(const std::string& hash) override;
  void forget_all() override;

 private:
  static constexpr std::size_t kConnections = 16;  // whoever finds all of them taken asks the database
  struct Open {
    std::unique_ptr<RedisConnection> connection;
    std::uint64_t generation = 0;
  };

  RedisCache(const RedisCacheOptions& options, RedisAddress address, const base::Clock& clock,
             base::MetricsRegistry& metrics);
  enum class Urgency { kSkip, kMust };  // kMust: a connection more than there should be, rather than none
  std::optional<RedisConnection::Reply> ask(const std::vector<std::string>& command, Urgency urgency = Urgency::kSkip);
  Open take(Urgency urgency);
  Open begin_again();
  void give_back(Open open);
  void failed(const base::Error& why);

  const RedisCacheOptions options_;
  const RedisAddress address_;
  const base::Clock& clock_;
  base::Gauge& up_;
  base::Counter& failures_;

  std::mutex mutex_;
  std::vector<Open> idle_;
  std::size_t taken_ = 0;
  std::uint64_t generation_ = 0;  // connections of an earlier one are closed
  bool healthy_ = false;          // what is in Redis is what it was told
  bool beginning_ = false;        // somebody is connecting again …
  bool missed_ = false;           // … and meanwhile there was something to tell
  bool said_ = false;             // that it is down
  base::SteadyTime retry_at_{};
};

}  // namespace causeway::api::session
