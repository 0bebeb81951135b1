#include "kube/client/retry.hpp"

#include <algorithm>

namespace causeway::kube {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Duration kConnectPatience = seconds(10);
constexpr int kReadRetries = 2;
constexpr int kLongestRetryAfter = 60;

base::Duration backoff(int number, milliseconds first, milliseconds cap, double jitter) {
  const auto doubled = first * (1 << std::min(number - 1, 10));
  const auto base_delay = std::min(doubled, cap);
  return base_delay + std::chrono::duration_cast<base::Duration>(base_delay * (jitter * 0.5));
}

}  // namespace

std::optional<base::Duration> retry_delay(const FailedAttempt& a, int max_retries, double jitter) {
  if (a.number > max_retries) return std::nullopt;
  if (a.status == 429 || (a.status >= 500 && a.retry_after_seconds)) {
    const base::Duration asked = seconds(std::clamp(a.retry_after_seconds.value_or(0), 0, kLongestRetryAfter));
    return std::max(asked, backoff(a.number, milliseconds(200), milliseconds(5000), jitter));
  }
  if (a.status != 0) return std::nullopt;
  if (a.transport == base::ErrorCode::kConnect) {
    if (a.elapsed >= kConnectPatience) return std::nullopt;
    return backoff(a.number, milliseconds(50), milliseconds(2000), jitter);
  }
  const bool broken = a.transport == base::ErrorCode::kIo;
  if (broken && a.method == "GET" && a.number <= kReadRetries)
    return backoff(a.number, milliseconds(50), milliseconds(1000), jitter);
  return std::nullopt;
}

}  // namespace causeway::kube
