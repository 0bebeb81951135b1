#pragma once
// Time as a dependency: code that waits or judges by time takes a Clock, so that tests decide what time it is.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace causeway::base {

using Duration = std::chrono::nanoseconds;
using WallTime = std::chrono::system_clock::time_point;
using SteadyTime = std::chrono::steady_clock::time_point;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;      // what time it is for people and certificates; may jump
  virtual SteadyTime steady() const = 0;  // what deadlines and intervals are measured by; never jumps
  // Waits until `deadline` of this clock's steady time; false if `stop` was requested first.
  virtual bool sleep_until(SteadyTime deadline, std::stop_token stop) const = 0;
  bool sleep_for(Duration d, std::stop_token stop) const {
    const SteadyTime now = steady();
    return sleep_until(d > SteadyTime::max() - now ? SteadyTime::max() : now + d, stop);
  }
};

// The machine's clock; one immutable object for the process.
const Clock& system_clock();

// A clock that stands still until advanced; sleepers wake when advance() passes their deadline.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start = WallTime{std::chrono::hours{24 * 365 * 50}});
  WallTime wall() const override;
  SteadyTime steady() const override;
  bool sleep_until(SteadyTime deadline, std::stop_token stop) const override;
  void advance(Duration d);   // both clocks
  void set_wall(WallTime t);  // wall time jumps, steady time does not
  // Threads that only a further advance() wakes: one whose deadline has passed is not asleep, even if it did not get to
  // run yet.
  std::size_t sleepers() const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  WallTime wall_;
  SteadyTime steady_{};
  mutable std::multiset<SteadyTime> deadlines_;  // of those inside sleep_until
};

// RFC 3339, UTC: "2026-11-24T10:00:00Z" (whole seconds) and "2026-11-24T10:00:00.000000Z" (Kubernetes MicroTime).
std::string format_time(WallTime t);
std::string format_micro_time(WallTime t);
Result<WallTime> parse_time(std::string_view text);  // both forms, any offset

}  // namespace causeway::base
