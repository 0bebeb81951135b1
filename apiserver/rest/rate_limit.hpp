#pragma once
// How often somebody may ask: token buckets per class of routes and caller, with bounded memory.
//
// A class gives `quota` requests at once, coming back evenly over `window`. Who has not been seen for long is forgotten
// first; a forgotten bucket is a full one, so `capacity` should be well above the number of callers within a window.

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/http.hpp"

namespace causeway::api::rest {

struct RateClass {
  std::string name;  // a token: it is shown in headers
  int quota = 600;
  std::chrono::seconds window{60};
};

// Thread-safe.
class RateLimiter {
 public:
  // std::invalid_argument: a class with an empty name or quota, or a name used twice.
  RateLimiter(std::vector<RateClass> classes, const base::Clock& clock, std::size_t capacity = 1u << 16);
  ~RateLimiter();

  // Of a class' name; std::out_of_range for one that is not there.
  std::size_t index_of(std::string_view name) const;

  struct Verdict {
    bool allowed = true;
    int remaining = 0;
    std::chrono::seconds reset{0};        // until the bucket is full again
    std::chrono::seconds retry_after{0};  // until a token is there; at least 1 when not allowed
  };
  // `who`: a caller or an address (rate_key), told apart by the one who asks.
  Verdict take(std::size_t index, std::string_view who);

  // What take() would say, without taking: of limits that count failures only.
  bool allows(std::size_t index, std::string_view who) const;

  // RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10), Retry-After when refused.
  void describe(std::size_t index, const Verdict& verdict, base::Headers& headers) const;

  std::size_t size() const;  // buckets held

 private:
  struct Shard;
  const std::vector<RateClass> classes_;
  std::vector<std::string> policies_;  // RateLimit-Policy by class
  const base::Clock& clock_;
  const std::size_t shard_capacity_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace causeway::api::rest
