#pragma once
// `causeway-onebox serve`: the service of one data folder.

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "onebox/plan/addresses.hpp"
#include "onebox/plan/cluster_plan.hpp"
#include "onebox/plan/records.hpp"

namespace causeway::onebox {

struct ServeOptions {
  std::string data;
  std::string kubernetes;  // the multi-call program, or a folder with etcd, kube-apiserver, …
  std::string registry_binary = "/usr/bin/docker-registry";
  std::string pause_image = "registry.causeway.internal/causeway/pause:1";
  std::string audit_policy;
  std::string preload;  // folder with images that nodes and registry begin with (preload.sh); looked at for each
  std::string cni_plugins = "/usr/lib/cni";
  std::optional<int> web_port;  // nullopt: the one of last time, or a free one; 0: the same
};

// Runs until `stop`; clusters, registry and DNS run on after it, and are found again by the next.
base::Result<void> serve(const ServeOptions& options, std::stop_token stop);

// Absolute, links resolved: what the instance's id is made of.
base::Result<std::filesystem::path> data_folder(const std::string& given);

}  // namespace causeway::onebox
