#pragma once
// Which failed attempts of a call are made again, and when. No I/O.

#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::kube {

struct FailedAttempt {
  std::string_view method;
  int number = 1;            // the attempt that failed: 1, 2, …
  base::Duration elapsed{};  // since the first attempt began
  int status = 0;            // HTTP status, or 0: no answer
  std::optional<int> retry_after_seconds{};
  base::ErrorCode transport = base::ErrorCode::kInternal;  // with status 0
};

// How long to wait before the next attempt; nullopt: the failure is the caller's. `jitter` in [0, 1).
//   429, and 5xx with Retry-After: the server says that nothing was done (client-go).
//   No connection was made: nothing was sent. For 10 s, so that an API server may restart meanwhile.
//   Broken or silent afterwards: only GET, which changes nothing.
std::optional<base::Duration> retry_delay(const FailedAttempt& attempt, int max_retries, double jitter);

}  // namespace causeway::kube
