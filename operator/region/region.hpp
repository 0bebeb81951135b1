#pragma once
// The region role: follows its Assignments on the hub, runs them here, reports, and keeps its place in the federation.
//
// Expects Secret causeway-system/hub {url, ca, token, namespace, cluster, region}, written by the hub's bootstrap. A
// change of where the hub is (url, ca, namespace), or the Secret's deletion, ends the process, which starts anew; a new
// token is taken up as it is.

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

// Waits until the Secret is there: beside the hub, the role is installed before a Cluster makes it a region. Answers
// probes on `listen` meanwhile: alive, not ready. An error: it cannot listen there.
base::Result<void> await_credential(const kube::ClientConfig& config, const RegionOptions& options,
                                    const std::string& listen, std::stop_token stop);

// Registers everything with the manager. An error: no usable Secret (what it lacks).
base::Result<void> add_to(kube::Manager& manager, const RegionOptions& options);

}  // namespace causeway::op::region
