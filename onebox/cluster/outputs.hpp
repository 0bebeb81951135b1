#pragma once
// What a cluster tells others: its kubeconfigs, and the outputs that every provider's Terraform module has.

#include <string>

#include "base/pki.hpp"
#include "kube/core/object.hpp"
#include "onebox/plan/records.hpp"

namespace causeway::onebox {

struct ClusterAccess {
  std::string address;  // of the node, on the bridge
  std::string ca_pem;
  base::KeyPair admin;

  std::string endpoint() const { return "https://" + address + ":6443"; }
};

// For pods and other clusters.
std::string bridge_kubeconfig(const ClusterRecord& record, const ClusterAccess& access);
// For people and programs of the machine: through the relay on loopback.
std::string local_kubeconfig(const ClusterRecord& record, const ClusterAccess& access);
kube::json::object terraform_outputs(const ClusterRecord& record, const ClusterAccess& access);

}  // namespace causeway::onebox
