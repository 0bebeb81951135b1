#pragma once
// Which cluster is a Cluster's region: one to one, by the UID of its namespace kube-system.

#include <string>
#include <string_view>

#include "crds/cluster/cluster.hpp"
#include "kube/client/client.hpp"
#include "operator/federation/names.hpp"

namespace causeway::op::federation {

// The UID a cluster goes by.
kube::Result<std::string> uid_of_cluster(kube::Client& client);

// Writes down on the hub that this cluster is the region, whatever was before: Terraform, or its administrator, says
// so. An error of reason DuplicateRegistration: another Cluster is that region already.
kube::Result<void> bind_region(kube::Client& hub, kube::Client& region, const crds::Cluster& cluster);

// Between two registrations of one cluster: the one that was bound first stays, and of two bound at the same time the
// one whose namespace is older. `home` and `other`: namespaces of regions on the hub, `other` bound to `region_uid`.
bool comes_before(const kube::Object& other, const kube::Object& home, std::string_view region_uid);

}  // namespace causeway::op::federation
