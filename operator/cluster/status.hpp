#pragma once
// What a Cluster's status says: phase, conditions, and what was learnt from outputs and the region. Pure.

#include <string>
#include <vector>

#include "operator/cluster/plan.hpp"

namespace causeway::op::cluster {

// The whole status but lastRun, which is the run pod's. All nine conditions are always there.
crds::ClusterStatus summarize(const crds::Cluster& cluster, const Observation& seen, const Decision& decision);

struct Notice {
  bool warning = false;
  std::string reason, message;
};
// Kubernetes events worth writing about the step from one status to the next.
std::vector<Notice> notices(const crds::ClusterStatus& before, const crds::ClusterStatus& after);

}  // namespace causeway::op::cluster
