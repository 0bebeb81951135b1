#pragma once
// What the Cluster reconciler asks of the federation: the hub's side of a region, and the region's first installation.
//
// Every function is idempotent, may be killed between any two of its calls, and is called again until it says so.
// Thread-safe: reconciles of different Clusters call them at the same time.

#include <stop_token>
#include <string>

#include "crds/cluster/cluster.hpp"
#include "kube/client/client.hpp"
#include "kube/client/config.hpp"
#include "operator/settings.hpp"

namespace causeway::op::federation {

// The region's administrator: the kubeconfig output of Terraform, `source.kubeconfigRef`, or the hub itself.
// Used at bootstrap only; everything later is pulled by the region.
struct RegionAccess {
  kube::ClientConfig config;
};

struct BootstrapState {
  bool done = false;    // everything was applied once for this version of the platform and its token is valid
  std::string message;  // for people: what is waited for, or what was done
};

// Installs the region: namespace, CRDs, RBAC, Secret causeway-system/hub, region operator, add-ons.
// Expects ensure_hub_side() to have succeeded. Not done and no error: call again soon, the region is still coming up.
// An error with code 0 is the region (or the hub) not answering: call again with back-off. Reason
// DuplicateRegistration: another Cluster is this region already; a person must say which one is. Ends soon after
// `stop`.
kube::Result<BootstrapState> bootstrap(kube::Client& hub, const crds::Cluster& cluster, const RegionAccess& region,
                                       const Settings& settings, std::stop_token stop = {});

// Takes away again what bootstrap() installed in a region, its namespace last, so that nothing calls the hub with a
// dead token for ever. Only from a region that is this Cluster's: bound to it, not the hub itself, nor any other hub.
// Before remove_hub_side(), which makes it forget who the region was; after that it has nothing to do. Does not wait
// for what it removes to be gone. The answer is for people: what was left there and how to remove it; "" when nothing
// was.
kube::Result<std::string> unbootstrap(kube::Client& hub, const crds::Cluster& cluster, const RegionAccess& region,
                                      const Settings& settings, std::stop_token stop = {});

// On the hub: namespace `cluster-<uid8>` (labelled with the Cluster's uid), ServiceAccount, Role, RoleBinding.
kube::Result<void> ensure_hub_side(kube::Client& hub, const crds::Cluster& cluster, const Settings& settings);

// The namespace `cluster-<uid8>` with all of it, which also revokes the region's token. ok when it is gone; an error
// with reason "Terminating" while the namespace is still on its way out: call again.
kube::Result<void> remove_hub_side(kube::Client& hub, const crds::Cluster& cluster);

// "cluster-1a2b3c4d": what a region may see on the hub.
std::string region_namespace(const crds::Cluster& cluster);

}  // namespace causeway::op::federation
