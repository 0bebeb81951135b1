#pragma once
// Registers the Cluster controller with the hub's manager.

#include <memory>

#include "kube/runtime/manager.hpp"
#include "operator/federation/liveness.hpp"
#include "operator/settings.hpp"

namespace causeway::op::cluster {

// Before run() only.
void add_to(kube::Manager& manager, const Settings& settings, std::shared_ptr<federation::LivenessTracker> liveness);

}  // namespace causeway::op::cluster
