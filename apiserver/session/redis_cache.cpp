#include "apiserver/session/redis_cache.hpp"

#include "apiserver/session/sealed_session.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/no_wait.hpp"

namespace causeway::api::session {
namespace {

const std::string kPrefix = "causeway:session:{s}:";
// How often anything was forgotten; what was asked before is not kept afterwards. Without an end, so that a Redis that
// evicts by age of use (volatile-…) keeps them.
const std::string kForgotten = kPrefix + "forgotten", kEpoch = kPrefix + "epoch";

std::string entry_key(const std::string& hash) {
  return kPrefix + "entry:" + base::hex_encode(hash);
}
std::string user_key(std::int64_t user) {
  return kPrefix + "user:" + std::to_string(user);
}

// KEYS: entry, the user's entries, forgotten, epoch. ARGV: both numbers as they were, the text, how long in ms.
const std::string kKeep =
    "if redis.call('GET', KEYS[3]) ~= ARGV[1] or redis.call('GET', KEYS[4]) ~= ARGV[2] then return 0 end "
    "redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) "
    "redis.call('SADD', KEYS[2], KEYS[1]) "
    "redis.call('PEXPIRE', KEYS[2], ARGV[4]) return 1";
// KEYS: forgotten, the user's entries.
const std::string kForgetUser =
    "redis.call('INCR', KEYS[1]) "
    "for _, entry in ipairs(redis.call('SMEMBERS', KEYS[2])) do redis.call('DEL', entry) end "
    "redis.call('DEL', KEYS[2]) return 1";
// KEYS: forgotten, the entry.
const std::string kForgetOne = "redis.call('INCR', KEYS[1]) redis.call('DEL', KEYS[2]) return 1";
// KEYS: forgotten, epoch.
const std::string kForgetAll = "redis.call('INCR', KEYS[1]) redis.call('INCR', KEYS[2]) return 1";

const std::vector<std::string> kForgetAllCommand{"EVAL", kForgetAll, "2", kForgotten, kEpoch};

std::string text_of(const RedisConnection::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : std::string();
}

// What an entry is for.
std::string purpose_of(const std::string& hash, const std::string& epoch) {
  return hash + epoch;
}

}  // namespace

base::Result<std::unique_ptr<RedisCache>> RedisCache::make(const RedisCacheOptions& options, const base::Clock& clock,
                                                           base::MetricsRegistry& metrics) {
  auto address = parse_redis_url(options.url);
  if (!address) return address.error();
  if (!address->user.empty() && options.password_file.empty())
    return base::Error{base::ErrorCode::kInvalidArgument, "a user of the session cache without a password"};
  return std::unique_ptr<RedisCache>(new RedisCache(options, std::move(*address), clock, metrics));
}

RedisCache::RedisCache(const RedisCacheOptions& options, RedisAddress address, const base::Clock& clock,
                       base::MetricsRegistry& metrics)
    : options_(options),
      address_(std::move(address)),
      clock_(clock),
      up_(metrics.gauge("causeway_session_cache_up", "Whether Redis answers; 0: the database is asked")),
      failures_(metrics.counter("causeway_session_cache_failures_total", "Calls of Redis that failed")) {}

Cache::Lookup RedisCache::find(const std::string& hash) {
  const auto reply = ask({"MGET", entry_key(hash), kForgotten, kEpoch});
  if (!reply || reply->size() != 3) return {};
  Lookup lookup{nullptr, {0, text_of((*reply)[1]), text_of((*reply)[2])}};
  if (auto found = unseal(text_of((*reply)[0]), purpose_of(hash, lookup.ticket.epoch), options_.secret))
    lookup.found = std::make_shared<const Store::Found>(std::move(*found));
  return lookup;
}

void RedisCache::keep(const std::string& hash, std::shared_ptr<const Store::Found> found, const Ticket& ticket) {
  if (ticket.forgotten.empty() || ticket.epoch.empty()) return;
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(options_.keep).count();
  ask({"EVAL", kKeep, "4", entry_key(hash), user_key(found->session.person.id), kForgotten, kEpoch, ticket.forgotten,
       ticket.epoch, seal(*found, purpose_of(hash, ticket.epoch), options_.secret), std::to_string(milliseconds)});
}

void RedisCache::forget(std::int64_t user) {
  ask({"EVAL", kForgetUser, "2", kForgotten, user_key(user)}, Urgency::kMust);
}

void RedisCache::forget(const std::string& hash) {
  ask({"EVAL", kForgetOne, "2", kForgotten, entry_key(hash)}, Urgency::kMust);
}

void RedisCache::forget_all() {
  ask(kForgetAllCommand, Urgency::kMust);
}

std::optional<RedisConnection::Reply> RedisCache::ask(const std::vector<std::string>& command, Urgency urgency) {
  base::NoWait::check();
  base::NoWait::check();
  auto open = take(urgency);
  if (!open.connection) return std::nullopt;
  auto reply = open.connection->command(command);
  if (!reply) {
    failed(reply.error());
    return std::nullopt;
  }
  give_back(std::move(open));
  return std::move(*reply);
}

RedisCache::Open RedisCache::take(Urgency urgency) {
  std::unique_lock lock(mutex_);
  if (!healthy_) {
    if (urgency == Urgency::kMust) missed_ = true;
    // One at a time: where names are resolved slowly, not all workers wait for that.
    if (beginning_ || clock_.steady() < retry_at_) return {};
    beginning_ = true;
    lock.unlock();
    return begin_again();
  }
  if (!idle_.empty()) {
    auto open = std::move(idle_.back());
    idle_.pop_back();
    ++taken_;
    return open;
  }
  if (taken_ >= kConnections && urgency == Urgency::kSkip) return {};
  ++taken_;
  Open open{nullptr, generation_};
  lock.unlock();
  auto connection = RedisConnection::open(address_, options_.password_file, options_.timeout);
  if (!connection) {
    failed(connection.error());
    return {};
  }
  open.connection = std::move(*connection);
  return open;
}

RedisCache::Open RedisCache::begin_again() {
  auto connection = RedisConnection::open(address_, options_.password_file, options_.timeout);
  std::unique_lock lock(mutex_);
  auto forgotten = connection ? base::Result<RedisConnection::Reply>(RedisConnection::Reply())
                              : base::Result<RedisConnection::Reply>(connection.error());
  // What it holds may be older than what it was not told; also of what came up since it was told to forget it all.
  for (missed_ = true; forgotten && missed_;) {
    missed_ = false;
    lock.unlock();
    forgotten = (*connection)->command(kForgetAllCommand);
    lock.lock();
  }
  beginning_ = false;
  if (!forgotten) {
    failures_.add();
    retry_at_ = clock_.steady() + options_.pause;
    if (!said_)
      base::log::warn("Redis cannot be asked for sessions; the database is", {{"error", forgotten.error().message}});
    said_ = true;
    return {};
  }
  if (said_) base::log::info("Redis can be asked for sessions again");
  said_ = false;
  healthy_ = true;
  up_.set(1);
  ++taken_;
  return {std::move(*connection), generation_};
}

void RedisCache::give_back(Open open) {
  const std::lock_guard lock(mutex_);
  --taken_;
  if (open.generation == generation_ && idle_.size() < kConnections) idle_.push_back(std::move(open));
}

void RedisCache::failed(const base::Error& why) {
  std::vector<Open> closed;  // after the lock
  const std::lock_guard lock(mutex_);
  --taken_;
  failures_.add();
  missed_ = true;
  if (!healthy_) return;  // which is known already
  if (!said_) base::log::warn("Redis cannot be asked for sessions; the database is", {{"error", why.message}});
  said_ = true;
  healthy_ = false;
  up_.set(0);
  ++generation_;
  closed.swap(idle_);
  retry_at_ = clock_.steady() + options_.pause;
}

}  // namespace causeway::api::session
