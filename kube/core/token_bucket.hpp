#pragma once
// A token bucket that hands out reservations: how long to wait until the token asked for is there. No I/O.

#include <algorithm>

#include "base/clock.hpp"

namespace causeway::kube {

// Not thread-safe.
class TokenBucket {
 public:
  TokenBucket(double per_second, double burst) : per_second_(per_second), burst_(burst), tokens_(burst) {}

  // Takes a token, from the future if need be.
  base::Duration reserve(base::SteadyTime now) {
    refill(now);
    tokens_ -= 1;
    if (tokens_ >= 0) return base::Duration::zero();
    return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(-tokens_ / per_second_));
  }
  // Takes a token if there is one.
  bool try_take(base::SteadyTime now) {
    refill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  // How many could be taken now.
  double available(base::SteadyTime now) {
    refill(now);
    return tokens_;
  }

 private:
  void refill(base::SteadyTime now) {
    if (now > last_) {
      const std::chrono::duration<double> passed = now - last_;
      tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
    }
    last_ = std::max(last_, now);
  }

  double per_second_, burst_, tokens_;
  base::SteadyTime last_{};
};

}  // namespace causeway::kube
