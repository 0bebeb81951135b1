#pragma once
// What has to go when a Demo is deleted, in which order. Pure.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crds/assignment/assignment.hpp"
#include "crds/cluster/cluster.hpp"
#include "kube/core/resource.hpp"

namespace causeway::op::demo {

struct DeletionPlan {
  std::vector<crds::Assignment> apply;  // desired: Absent
  std::vector<kube::ObjectKey> forget;  // reported Absent, or the Cluster is gone
  bool workloads_gone = false;          // then: Jobs, logs, images, name; then the finalizer
  std::string message;                  // what it waits for
};

DeletionPlan plan_deletion(const std::vector<const crds::Assignment*>& assignments,
                           const std::map<std::string, const crds::Cluster*>& clusters);

}  // namespace causeway::op::demo
