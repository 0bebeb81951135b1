#pragma once
// What an instance of onebox calls its things on the machine. Everything that is not inside its data folder carries the
// instance's id, so that two instances never meet and cleaning up never touches what is not its own.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace causeway::onebox {

// Six hexadecimal characters made of the absolute path of the data folder (symbolic links resolved by the caller).
std::string instance_id(const std::filesystem::path& absolute_data_dir);

struct Names {
  std::string instance;  // instance_id()

  std::string bridge() const { return "cw" + instance; }
  // The machine's end of a cluster's cable: at most 15 characters, as the kernel wants. `host` is the last byte of the
  // cluster's address.
  std::string link(int host) const { return bridge() + "v" + std::to_string(host); }
  // An address keeps its hardware address through every restart, so that neighbours never hold a stale one; `host` 1 is
  // the bridge, whose own would change with its cables.
  std::string hardware_address(int host) const;
  std::string netns(std::string_view cluster) const { return netns_prefix() + std::string(cluster); }
  std::string netns_prefix() const { return "cw-" + instance + "-"; }
  // Below the root of each cgroup hierarchy.
  std::string cgroup_parent() const { return "/causeway-" + instance; }
  std::string cgroup(std::string_view cluster) const { return cgroup_parent() + "/" + std::string(cluster); }
  // iptables chains; `what` in capitals.
  std::string chain(std::string_view what) const { return "CW-" + instance + "-" + std::string(what); }
};

// A cluster's id is a folder, a cgroup and part of a network namespace's name: [a-z0-9-], at most 63, no '-' at an end.
// "shared" is the instance's own registry and DNS.
inline constexpr std::string_view kSharedServices = "shared";
base::Result<void> check_cluster_id(std::string_view id);
// A DNS label for the node, from the cluster's name; the id where the name has nothing to offer.
std::string node_name(std::string_view cluster_name, std::string_view cluster_id);

// "local-1" … "local-9": what the provider `local` offers as regions.
const std::vector<std::string>& regions();
base::Result<void> check_region(std::string_view region);

inline constexpr std::string_view kRegistryHost = "registry.causeway.internal";
inline constexpr std::string_view kHubCluster = "hub";

}  // namespace causeway::onebox
