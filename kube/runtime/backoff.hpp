#pragma once
// Exponential back-off that forgets failures after a while. No I/O, not thread-safe.

#include <algorithm>
#include <optional>
#include <random>

#include "base/clock.hpp"

namespace causeway::kube {

struct BackoffOptions {
  base::Duration first = std::chrono::milliseconds(800);  // client-go's reflector
  base::Duration cap = std::chrono::seconds(30);
  base::Duration reset_after = std::chrono::minutes(2);  // of quiet
  double factor = 2;
  double jitter = 1;  // up to this share is added
};

class Backoff {
 public:
  Backoff(BackoffOptions options, std::uint64_t seed) : options_(options), random_(seed), next_(options.first) {}

  base::Duration next(base::SteadyTime now) {
    if (last_ && now - *last_ > options_.reset_after) next_ = options_.first;
    last_ = now;
    const auto plain = next_;
    next_ = std::min(options_.cap, scaled(next_, options_.factor));
    return plain + scaled(plain, options_.jitter * std::uniform_real_distribution<double>(0, 1)(random_));
  }

 private:
  static base::Duration scaled(base::Duration d, double by) {
    return base::Duration(static_cast<std::int64_t>(static_cast<double>(d.count()) * by));
  }

  BackoffOptions options_;
  std::mt19937_64 random_;
  base::Duration next_;
  std::optional<base::SteadyTime> last_;
};

}  // namespace causeway::kube
