#pragma once
// How long a session lasts. Pure.

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/clock.hpp"

namespace causeway::api::session {

struct Lifetimes {
  base::Duration idle = std::chrono::hours(24 * 14);      // without use; also the cookie's Max-Age
  base::Duration absolute = std::chrono::hours(24 * 90);  // since the login, however much it is used
  base::Duration overlap = std::chrono::seconds(60);      // how long a renewed token still holds

  // Used when it is due: with a third of `idle` left at the latest, and once a day.
  base::Duration renew_after() const { return std::min<base::Duration>(idle * 2 / 3, std::chrono::hours(24)); }
  // A use is written down this often: it costs a write, and delays the idle limit by as much at most.
  base::Duration touch_after() const { return std::min<base::Duration>(idle / 20, std::chrono::minutes(5)); }
};

// Of a session, what decides on it.
struct Times {
  base::WallTime renewed_at, last_used_at, expires_at, absolute_expires_at;
  std::optional<base::WallTime> previous_expires_at;  // when the token before the last renewal ends
};

enum class Standing {
  kValid,
  kRenewalDue,  // valid, and the next pre_login gives it a new token
  kEnded,
};

// `previous`: the token before the last renewal was shown.
Standing judge(const Times& times, bool previous, base::WallTime now, const Lifetimes& lifetimes);

// When it ends if it is used now and never again.
base::WallTime expiry_after_use(const Times& times, base::WallTime now, const Lifetimes& lifetimes);

// Whether a use now has to be written down.
bool touch_is_due(const Times& times, base::WallTime now, const Lifetimes& lifetimes);

}  // namespace causeway::api::session
