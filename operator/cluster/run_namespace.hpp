#pragma once
// A Cluster's run namespace `causeway-run-<uid8>`: what its runs may touch, and nothing else. Pure.

#include <utility>
#include <vector>

#include "crds/cluster/cluster.hpp"
#include "kube/core/object.hpp"

namespace causeway::op::cluster {

using TypedObject = std::pair<kube::ResourceType, kube::Object>;

// In the order to apply: namespace, account, its rights there, and the one right in the Cluster's own namespace, which
// is to patch that Cluster's status.
std::vector<TypedObject> run_namespace_objects(const crds::Cluster& cluster);

// What of it lies outside the run namespace and has to be removed by itself.
std::vector<std::pair<kube::ResourceType, kube::ObjectKey>> outside_run_namespace(const crds::Cluster& cluster);

}  // namespace causeway::op::cluster
