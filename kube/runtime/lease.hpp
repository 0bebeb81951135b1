#pragma once
// Leader election on a coordination.k8s.io/v1 Lease (client-go's rules: 15/10/2 s, jitter 1.2, expiry judged by what
// this process saw change and its own clock, release on a clean stop).

#include <string>

#include "base/clock.hpp"

namespace causeway::kube {

struct LeaseOptions {
  std::string ns, name, identity;  // identity: unique per process, e.g. "<pod>_<uuid>"
  base::Duration lease_duration = std::chrono::seconds(15);
  base::Duration renew_deadline = std::chrono::seconds(10);
  base::Duration retry_period = std::chrono::seconds(2);
};

}  // namespace causeway::kube
