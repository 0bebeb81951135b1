#pragma once
// The configuration files of a cluster's processes and of the shared services, as text.

#include <map>
#include <string>
#include <vector>

#include "onebox/plan/cluster_plan.hpp"

namespace causeway::onebox {

// By file name, relative to the cluster's config folder.
using ConfigFiles = std::map<std::string, std::string>;
ConfigFiles cluster_config_files(const ClusterPlan& plan);
ConfigFiles shared_config_files(const SharedPlan& plan, const std::string& registry_storage,
                                const std::string& registry_secret);

// A kubeconfig whose certificates are files.
std::string component_kubeconfig(const ClusterPlan& plan, const std::string& certificate);
// RBAC of the cluster's DNS, which runs as a process and has a certificate.
std::vector<SetupObject> dns_access();

}  // namespace causeway::onebox
