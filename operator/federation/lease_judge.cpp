#include "operator/federation/lease_judge.hpp"

#include <algorithm>

namespace causeway::op::federation {

void LeaseJudge::observe(const std::string& resource_version, bool renewed_ever, base::SteadyTime now) {
  if (resource_version == version_) return;
  // What the first look finds says when somebody renewed, not that somebody does.
  changed_ = version_.empty() ? started_ : now;
  if (version_.empty() && !renewed_ever) changed_ = now;
  version_ = resource_version;
  renewed_ever_ = renewed_ever;
}

base::Duration LeaseJudge::silence(base::SteadyTime now) const {
  return now - std::max(changed_, started_);
}

Liveness LeaseJudge::at(base::SteadyTime now) const {
  if (!renewed_ever_) return Liveness::kNeverSeen;
  const auto quiet = silence(now);
  if (quiet < kUnknownAfter) return Liveness::kAlive;
  return quiet < kGoneAfter ? Liveness::kUnknown : Liveness::kGone;
}

}  // namespace causeway::op::federation
