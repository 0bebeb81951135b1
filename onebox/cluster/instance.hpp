#pragma once
// What every cluster of an instance shares. Immutable once the service runs.

#include <memory>
#include <string>

#include "onebox/plan/addresses.hpp"
#include "onebox/plan/cluster_plan.hpp"
#include "onebox/plan/layout.hpp"
#include "onebox/plan/names.hpp"

namespace causeway::onebox {

struct Instance {
  Layout layout;
  Names names;
  Subnet subnet;
  KubernetesPrograms kubernetes;
  std::string pause_image;
  std::string audit_policy;
  std::string preload;  // folder (preload.sh), or empty
  std::string snapshotter = "overlayfs";
  std::string cni_plugins = "/usr/lib/cni";
  int mtu = 1500;
};

}  // namespace causeway::onebox
