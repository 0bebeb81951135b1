#pragma once
// Which clusters a Demo runs in. Pure. Today by region and provider; price, capacity and spread come later.

#include <optional>
#include <string>
#include <vector>

#include "crds/cluster/cluster.hpp"
#include "crds/demo/demo.hpp"
#include "operator/demo/model.hpp"

namespace causeway::op::demo {

struct PlacementDecision {
  std::vector<const crds::Cluster*> chosen;  // at most spec.placement.clusterCount
  std::vector<crds::PlacementRejection> rejections;
  std::optional<Blocker> blocker;  // nothing could be chosen
  std::string shortfall;           // fewer than asked were; why
};

// `clusters`: those of the Demo's namespace and of the system namespace. `current`: UIDs of clusters that have it now;
// such a cluster is kept while it fits, also when it is not ready or takes nothing new (nothing moves by itself yet).
PlacementDecision place(const crds::Demo& demo, const std::vector<const crds::Cluster*>& clusters,
                        const std::vector<std::string>& current);

bool is_ready(const crds::Cluster& cluster);
// The address of its gateway, or "".
std::string gateway_address(const crds::Cluster& cluster);

}  // namespace causeway::op::demo
