#pragma once
// The region role: follows its Assignments on the hub, runs them here, reports, and keeps its place in the federation.
//
// Expects Secret causeway-system/hub {url, ca, token, namespace, cluster, region}, written by the hub's bootstrap. A
// change of where the hub is (url, ca, namespace) ends the process, which starts anew; a new token is taken up as it
// is.

#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "kube/runtime/manager.hpp"

namespace causeway::op::region {

struct RegionOptions {
  std::string ns = "causeway-system";
  std::string secret = "hub";
  std::string gateway_url = "http://traefik.causeway-system.svc";
};

// Registers everything with the manager; waits a moment for a Secret that is not there yet. An error: no usable Secret
// (what it lacks).
base::Result<void> add_to(kube::Manager& manager, const RegionOptions& options, std::stop_token giving_up = {});

}  // namespace causeway::op::region
