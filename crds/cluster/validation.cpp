#include "crds/cluster/validation.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "crds/field_checks.hpp"
#include "crds/patterns.hpp"
#include "kube/core/quantity.hpp"

namespace causeway::crds {

namespace {

std::string listing(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

void check_source(const ClusterSpec& spec, std::span<const std::string_view> providers, FieldErrors& errors) {
  const ClusterSource& source = spec.source;
  const int sources = (source.terraform ? 1 : 0) + (source.kubeconfig_ref ? 1 : 0) + (source.in_cluster ? 1 : 0);
  if (sources != 1) {
    errors.push_back({"spec.source", sources == 0 ? "is empty" : "names more than one source",
                      "exactly one of terraform, kubeconfigRef, inCluster"});
  }
  if (source.terraform) {
    const std::string& provider = source.terraform->provider;
    if (!provider.empty() && std::ranges::find(providers, provider) == providers.end()) {
      errors.push_back({"spec.source.terraform.provider", "unknown provider \"" + provider + "\"", listing(providers)});
    }
    return;
  }
  const auto only_terraform = [&](bool set, std::string_view field) {
    if (set) {
      errors.push_back({"spec." + std::string(field), "is for clusters that Terraform makes",
                        "nothing here, or source.terraform instead"});
    }
  };
  only_terraform(spec.network.has_value(), "network");
  only_terraform(!spec.node_pools.empty(), "nodePools");
  only_terraform(spec.cloud_services.has_value(), "cloudServices");
  only_terraform(spec.credentials_ref.has_value(), "credentialsRef");
}

void check_network(const ClusterNetwork& network, FieldErrors& errors) {
  struct Named {
    std::string path;
    AddressRange range;
  };
  std::vector<Named> ranges;
  const auto add = [&](const std::string& field, const std::string& cidr) {
    Named named{"spec.network." + field, {}};
    if (cidr.empty() || !parse_cidr(cidr, named.range)) return;  // a wrong one is reported by its row
    for (const Named& other : ranges) {
      if (named.range.overlaps(other.range)) {
        errors.push_back({named.path, "overlaps " + other.path, "address ranges that have no address in common"});
      }
    }
    ranges.push_back(std::move(named));
  };
  add("cidr", network.cidr);
  add("podCIDR", network.pod_cidr);
  add("serviceCIDR", network.service_cidr);
}

void check_pool(const NodePool& pool, const std::string& path, FieldErrors& errors) {
  if (pool.min > pool.max) {
    errors.push_back(
        {path + ".min", std::to_string(pool.min) + " is more than max", "at most max, " + std::to_string(pool.max)});
  }
  if (!pool.max_price.empty() && pool.type != NodePoolType::Spot) {
    errors.push_back({path + ".maxPrice", "is for pools of type Spot", "nothing here, or type: Spot"});
  }
  if (pool.type == NodePoolType::GPU && !pool.gpu) {
    errors.push_back({path + ".gpu", "is missing in a pool of type GPU", "for example {type: nvidia-a10, count: 1}"});
  }
  if (pool.type != NodePoolType::GPU && pool.gpu) {
    errors.push_back({path + ".gpu", "is for pools of type GPU", "nothing here, or type: GPU"});
  }
}

void check_timeout(const std::string& field, const std::string& text, FieldErrors& errors) {
  const auto duration = kube::parse_duration(text);
  if (duration.ok() && *duration < std::chrono::minutes(1)) {
    errors.push_back({"spec.terraform.timeouts." + field, "\"" + text + "\" is too short for any run", "1m or more"});
  }
}

}  // namespace

FieldErrors validate(const Cluster& cluster, std::span<const std::string_view> providers) {
  FieldErrors errors;
  if (cluster.metadata.name.size() > 63) {
    errors.push_back({"metadata.name", "becomes a label", "at most 63 characters"});
  }
  check_fields(cluster.spec, "spec", errors);
  check_source(cluster.spec, providers, errors);
  if (cluster.spec.network) check_network(*cluster.spec.network, errors);
  for (std::size_t i = 0; i < cluster.spec.node_pools.size(); ++i) {
    check_pool(cluster.spec.node_pools[i], "spec.nodePools[" + std::to_string(i) + "]", errors);
  }
  const TerraformTimeouts& timeouts = cluster.spec.terraform.timeouts;
  check_timeout("plan", timeouts.plan, errors);
  check_timeout("apply", timeouts.apply, errors);
  check_timeout("destroy", timeouts.destroy, errors);
  const auto drift = kube::parse_duration(cluster.spec.terraform.drift_interval);
  if (drift.ok() && drift->count() != 0 && *drift < std::chrono::minutes(1)) {
    errors.push_back({"spec.terraform.driftInterval", "is too short", "1m or more, or 0s for never"});
  }
  return errors;
}

FieldErrors validate_update(const Cluster& before, const Cluster& after) {
  FieldErrors errors;
  check_immutable(before.spec, after.spec, "spec", errors);
  return errors;
}

void set_defaults(Cluster& cluster) {
  cluster.spec.protected_ = is_protected(cluster);
}

}  // namespace causeway::crds
