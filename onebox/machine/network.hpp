#pragma once
// The instance's bridge, and each cluster's network namespace with its cable to it. By iproute2.

#include <string>
#include <vector>

#include "base/result.hpp"
#include "onebox/plan/addresses.hpp"
#include "onebox/plan/names.hpp"

namespace causeway::onebox {

base::Result<std::vector<Route>> machine_routes();
// Of the link that the default route leaves by: a larger one on our side would lose packets where ICMP is dropped.
int egress_mtu();

// Idempotent.
base::Result<void> make_bridge(const Names& names, const Subnet& subnet, int mtu);
bool bridge_exists(const Names& names);

// Replaces whatever is left of an earlier one.
base::Result<void> make_cluster_network(const Names& names, const Subnet& subnet, std::string_view cluster, int host,
                                        int mtu);
void remove_cluster_network(const Names& names, std::string_view cluster, int host);
bool cluster_network_exists(const Names& names, std::string_view cluster);
std::string netns_path(const Names& names, std::string_view cluster);

// A cut cable, from the cluster's point of view.
base::Result<void> set_cable(const Names& names, int host, bool connected);
bool cable_connected(const Names& names, int host);

// Every link and network namespace that carries the instance's name, existing clusters' included.
std::vector<std::string> remove_all_links(const Names& names);

}  // namespace causeway::onebox
