#pragma once
// Everything about a cluster that its processes are configured from, and the processes themselves. Pure: what is made
// of it is in config_files.hpp (files) and cluster_spec() (an init's work).

#include <string>
#include <vector>

#include "onebox/plan/init_spec.hpp"
#include "onebox/plan/layout.hpp"
#include "onebox/plan/names.hpp"

namespace causeway::onebox {

// Where the programs of Kubernetes are: one that is all of them, or a folder of them.
struct KubernetesPrograms {
  std::string path;
  bool folder = false;
  std::vector<std::string> command(const std::string& program) const;  // to be followed by its arguments
};

struct ClusterPlan {
  std::string id, node, region;
  bool with_node = true;
  std::string address;         // of the node, on the bridge
  std::string bridge_address;  // DNS and registry
  std::string netns;           // path
  std::string cgroup;
  ClusterLayout layout;
  KubernetesPrograms kubernetes;
  std::string pause_image;
  std::string audit_policy;  // file; empty: nothing is audited
  std::string registry_ca;   // file
  std::string snapshotter;   // "overlayfs", or "native" where the data folder cannot carry an overlay
  std::string cni_plugins;   // folder
  int mtu = 1500;
};

InitSpec cluster_spec(const ClusterPlan& plan);

// The registry and the DNS of the bridge, which the machine's own network carries.
struct SharedPlan {
  std::string bridge_address;
  std::string cgroup;
  ClusterLayout layout;
  KubernetesPrograms kubernetes;
  std::string registry_binary;
  std::string registry_ca;  // file
};

InitSpec shared_spec(const SharedPlan& plan);

}  // namespace causeway::onebox
