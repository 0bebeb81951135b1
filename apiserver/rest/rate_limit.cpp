#include "apiserver/rest/rate_limit.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <list>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include "kube/core/token_bucket.hpp"

namespace causeway::api::rest {
namespace {

constexpr std::size_t kShards = 16;

double per_second(const RateClass& c) {
  return static_cast<double>(c.quota) / static_cast<double>(c.window.count());
}

std::string key_of(std::size_t index, std::string_view who) {
  std::string key;
  key.reserve(who.size() + 1);
  key += static_cast<char>(index);
  key += who;
  return key;
}

std::chrono::seconds seconds_up(double seconds) {
  return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(seconds)));
}

}  // namespace

struct RateLimiter::Shard {
  struct Entry {
    std::string key;
    kube::TokenBucket bucket;
  };
  std::mutex mutex;
  std::list<Entry> entries;                                                 // the one asked for last in front
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key;  // views into the entries
};

RateLimiter::RateLimiter(std::vector<RateClass> classes, const base::Clock& clock, std::size_t capacity)
    : classes_(std::move(classes)), clock_(clock), shard_capacity_(std::max<std::size_t>(1, capacity / kShards)) {
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    const RateClass& c = classes_[i];
    if (c.name.empty() || c.quota < 1 || c.window.count() < 1)
      throw std::invalid_argument("a rate class needs a name, a quota and a window");
    for (std::size_t j = 0; j < i; ++j) {
      if (classes_[j].name == c.name) throw std::invalid_argument("the rate class " + c.name + " is there twice");
    }
    policies_.push_back("\"" + c.name + "\";q=" + std::to_string(c.quota) + ";w=" + std::to_string(c.window.count()));
  }
  for (std::size_t i = 0; i < kShards; ++i) shards_.push_back(std::make_unique<Shard>());
}

RateLimiter::~RateLimiter() = default;

std::size_t RateLimiter::index_of(std::string_view name) const {
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    if (classes_[i].name == name) return i;
  }
  throw std::out_of_range("there is no rate class " + std::string(name));
}

RateLimiter::Verdict RateLimiter::take(std::size_t index, std::string_view who) {
  const RateClass& c = classes_.at(index);
  std::string key = key_of(index, who);
  Shard& shard = *shards_[std::hash<std::string_view>()(key) % kShards];
  const auto now = clock_.steady();
  double available = 0;
  bool allowed = false;
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_key.find(key);
    if (found == shard.by_key.end()) {
      if (shard.entries.size() >= shard_capacity_) {
        shard.by_key.erase(shard.entries.back().key);
        shard.entries.pop_back();
      }
      shard.entries.push_front({std::move(key), kube::TokenBucket(per_second(c), c.quota)});
      shard.by_key.emplace(shard.entries.front().key, shard.entries.begin());
    } else {
      shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    }
    kube::TokenBucket& bucket = shard.entries.front().bucket;
    allowed = bucket.try_take(now);
    available = bucket.available(now);
  }
  Verdict verdict;
  verdict.allowed = allowed;
  verdict.remaining = static_cast<int>(available);
  verdict.reset = seconds_up((c.quota - available) / per_second(c));
  if (!allowed) verdict.retry_after = std::max(std::chrono::seconds(1), seconds_up((1 - available) / per_second(c)));
  return verdict;
}

bool RateLimiter::allows(std::size_t index, std::string_view who) const {
  const std::string key = key_of(index, who);
  Shard& shard = *shards_[std::hash<std::string_view>()(key) % kShards];
  const auto now = clock_.steady();
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  return found == shard.by_key.end() || found->second->bucket.available(now) >= 1;
}

void RateLimiter::describe(std::size_t index, const Verdict& verdict, base::Headers& headers) const {
  headers.set("RateLimit-Policy", policies_.at(index));
  headers.set("RateLimit", "\"" + classes_[index].name + "\";r=" + std::to_string(verdict.remaining) +
                               ";t=" + std::to_string(verdict.reset.count()));
  if (!verdict.allowed) headers.set("Retry-After", std::to_string(verdict.retry_after.count()));
}

std::size_t RateLimiter::size() const {
  std::size_t all = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard->mutex);
    all += shard->entries.size();
  }
  return all;
}

}  // namespace causeway::api::rest
