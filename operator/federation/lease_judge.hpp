#pragma once
// Whether a region is there: by the hub's own steady clock and the changes it saw itself, never by what a region wrote.
// A skewed or jumping clock, of region or hub, changes nothing. No I/O.

#include <chrono>
#include <string>

#include "base/clock.hpp"
#include "operator/federation/liveness.hpp"

namespace causeway::op::federation {

inline constexpr base::Duration kUnknownAfter = std::chrono::seconds(40);
inline constexpr base::Duration kGoneAfter = std::chrono::minutes(5);

class LeaseJudge {
 public:
  explicit LeaseJudge(base::SteadyTime started) : started_(started) {}

  // The Lease as it is now; `renewed_ever`: it has a renew time at all.
  void observe(const std::string& resource_version, bool renewed_ever, base::SteadyTime now);

  // For one grace after the hub's own start nobody is judged: a region that has renewed before counts as alive.
  Liveness at(base::SteadyTime now) const;
  base::Duration silence(base::SteadyTime now) const;

 private:
  base::SteadyTime started_, changed_{};
  std::string version_;
  bool renewed_ever_ = false;
};

}  // namespace causeway::op::federation
