#include <algorithm>

#include "crds/cluster/validation.hpp"
#include "webhooks/rules/rules.hpp"
#include "webhooks/rules/wording.hpp"

namespace causeway::webhooks {

namespace {

using crds::Cluster;

bool suits(const crds::Placement& placement, const Cluster& cluster) {
  if (!placement.regions.empty() &&
      std::ranges::find(placement.regions, crds::region_of(cluster)) == placement.regions.end()) {
    return false;
  }
  if (!placement.providers.empty() &&
      std::ranges::find(placement.providers, crds::provider_of(cluster)) == placement.providers.end()) {
    return false;
  }
  return !placement.cluster_selector || placement.cluster_selector->matches(cluster.metadata.labels);
}

// A Demo sees the Clusters of its own namespace and the shared ones.
bool visible(const crds::Demo& demo, const Cluster& cluster) {
  return cluster.metadata.namespace_ == demo.metadata.namespace_ || cluster.metadata.namespace_ == kSystemNamespace;
}

bool pinned_here_alone(const crds::Demo& demo, const Cluster& here, const Pointers<Cluster>& clusters) {
  if (demo.metadata.deleting() || !visible(demo, here) || !suits(demo.spec.placement, here)) return false;
  return std::ranges::none_of(clusters, [&](const auto& other) {
    return other->metadata.key() != here.metadata.key() && !other->metadata.deleting() && visible(demo, *other) &&
           suits(demo.spec.placement, *other);
  });
}

void warn_about_settings(const Cluster& now, Verdict& verdict) {
  const crds::ClusterSpec& spec = now.spec;
  const bool made = spec.source.terraform.has_value();
  const bool cloud = made && spec.source.terraform->provider != "local" && spec.source.terraform->provider != "ssh";
  if (cloud && !spec.credentials_ref && spec.terraform.variables_from.empty()) {
    verdict.warn("spec.credentialsRef", "is missing, and Terraform has no other way to get the provider's credentials");
  }
  if (cloud && spec.endpoint.public_ && spec.endpoint.allowed_cidrs.empty()) {
    verdict.warn("spec.endpoint.allowedCIDRs",
                 "is empty: the whole internet may try to log in to the cluster's API server; name your networks");
  }
  if (cloud && !crds::is_protected(now)) {
    verdict.warn("spec.protected", "is false: deleting this object destroys the cluster without a further question");
  }
  if (cloud && spec.approval == crds::ApprovalPolicy::Auto) {
    verdict.warn("spec.approval",
                 "is Auto: plans that destroy or replace resources are applied without being looked at");
  }
  if (made && spec.terraform.drift_interval == "0s") {
    verdict.warn("spec.terraform.driftInterval", "is 0s: nobody notices what is changed behind Terraform's back");
  }
  for (const auto& [name, value] : spec.terraform.variables) {
    if (sounds_secret(name)) {
      verdict.warn("spec.terraform.variables." + name,
                   "can be read by everybody who may read the Cluster; put it into a Secret named in variablesFrom");
    }
  }
}

}  // namespace

Verdict judge_cluster(const Cluster* before, const Cluster& now) {
  Verdict verdict;
  add_errors(verdict, crds::validate(now), before != nullptr ? crds::validate(*before) : crds::FieldErrors{});
  if (before != nullptr) add_errors(verdict, crds::validate_update(*before, now), {});
  if (verdict.errors.empty()) warn_about_settings(now, verdict);
  return verdict;
}

Verdict judge_cluster_deletion(const Cluster& cluster, const Observed& observed) {
  Verdict verdict;
  const std::string what = "Cluster " + cluster.metadata.key().to_string();
  Pointers<crds::Demo> placed = observed.demos_placed_in(cluster.metadata.key());
  std::erase_if(placed, [](const auto& demo) { return demo->metadata.deleting(); });
  if (!placed.empty()) {
    verdict.forbidden.push_back(what + " runs demos: " + some_of(placed) +
                                "; accepted: once they are deleted, or their spec.placement leads elsewhere");
    return verdict;
  }
  const auto clusters = observed.clusters();
  Pointers<crds::Demo> pinned = observed.pinned_demos();
  std::erase_if(pinned, [&](const auto& demo) { return !pinned_here_alone(*demo, cluster, clusters); });
  if (!pinned.empty()) {
    verdict.forbidden.push_back(what + " is the only one that demos with strategy Pinned may run in: " +
                                some_of(pinned) + "; accepted: once their spec.placement leads elsewhere too");
  }
  return verdict;
}

}  // namespace causeway::webhooks
