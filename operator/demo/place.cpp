#include "operator/demo/place.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "kube/core/codec.hpp"

namespace causeway::op::demo {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool tolerated(const crds::Demo& demo, const crds::Cluster& cluster) {
  const auto& tolerations = demo.spec.placement.tolerations;
  return std::all_of(cluster.spec.taints.begin(), cluster.spec.taints.end(), [&](const crds::Taint& taint) {
    if (taint.effect == crds::TaintEffect::PreferNoSchedule) return true;
    return std::any_of(tolerations.begin(), tolerations.end(), [&](const auto& t) { return t.tolerates(taint); });
  });
}

// Why the Demo does not want this cluster, whatever its state; "" = it does.
std::string mismatch(const crds::Demo& demo, const crds::Cluster& cluster) {
  const auto& wish = demo.spec.placement;
  if (!wish.regions.empty() && !contains(wish.regions, crds::region_of(cluster))) return "OtherRegion";
  if (!wish.providers.empty() && !contains(wish.providers, crds::provider_of(cluster))) return "OtherProvider";
  if (wish.cluster_selector && !wish.cluster_selector->matches(cluster.metadata.labels)) return "NotSelected";
  if (!tolerated(demo, cluster)) return "Tainted";
  return {};
}

// Why it takes nothing new; "" = it does.
std::string closed(const crds::Cluster& cluster) {
  if (cluster.metadata.deleting()) return "Deleting";
  if (!cluster.spec.schedulable) return "NotSchedulable";
  if (!is_ready(cluster)) return "NotReady";
  return {};
}

std::string join(const std::set<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string describe(const crds::Cluster& cluster) {
  std::string out = cluster.metadata.key().to_string();
  if (cluster.metadata.deleting()) return out + " is being deleted";
  if (!cluster.spec.schedulable) return out + " takes no new demos (spec.schedulable is false)";
  out += " is " + std::string(kube::codec::enum_name(cluster.status.phase));
  if (!cluster.status.message.empty()) out += ": " + cluster.status.message;
  return out;
}

Blocker no_place(const crds::Demo& demo, const std::vector<const crds::Cluster*>& clusters,
                 const std::vector<const crds::Cluster*>& fitting) {
  if (fitting.empty()) {
    std::set<std::string> regions, wished(demo.spec.placement.regions.begin(), demo.spec.placement.regions.end());
    bool region_known = wished.empty();
    for (const auto* cluster : clusters) {
      const std::string region(crds::region_of(*cluster));
      regions.insert(region);
      region_known = region_known || wished.contains(region);
    }
    const std::string existing =
        regions.empty() ? "there is no Cluster at all yet" : "regions with a Cluster: " + join(regions);
    if (!region_known)
      return {
          crds::DemoStage::Unschedulable, "NoClusterInRegion",
          "no Cluster is in " + join(wished) + "; " + existing + ". Change spec.placement.regions or create a Cluster",
          true, true};
    return {crds::DemoStage::Unschedulable, regions.empty() ? "NoClusterInRegion" : "NoClusterFits",
            "no Cluster fits spec.placement (regions, providers, clusterSelector, tolerations); " + existing, true,
            true};
  }
  // Something fits and does not take it now. While it is on its way up this passes by itself.
  bool coming = false;
  std::string list;
  for (const auto* cluster : fitting) {
    list += (list.empty() ? "" : "; ") + describe(*cluster);
    const auto phase = cluster->status.phase;
    coming = coming || (!cluster->metadata.deleting() && cluster->spec.schedulable &&
                        phase != crds::ClusterPhase::Failed && phase != crds::ClusterPhase::AwaitingApproval);
  }
  return {coming ? crds::DemoStage::Queued : crds::DemoStage::Unschedulable, "ClusterNotReady", "waiting: " + list,
          !coming};
}

}  // namespace

bool is_ready(const crds::Cluster& cluster) {
  return kube::condition_is_true(cluster.status.conditions, crds::cluster_conditions::kReady);
}

std::string gateway_address(const crds::Cluster& cluster) {
  const auto gateway = cluster.status.outputs.find("gateway");
  if (gateway != cluster.status.outputs.end() && gateway->second.is_object()) {
    const auto address = kube::string_at(gateway->second.get_object(), "address");
    if (!address.empty()) return std::string(address);
  }
  return cluster.status.public_ips.empty() ? std::string() : cluster.status.public_ips.front();
}

PlacementDecision place(const crds::Demo& demo, const std::vector<const crds::Cluster*>& clusters,
                        const std::vector<std::string>& current) {
  PlacementDecision decision;
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(1, demo.spec.placement.cluster_count));
  std::map<std::string, std::int64_t> rejected;
  std::vector<const crds::Cluster*> fitting, open;
  for (const auto* cluster : clusters) {
    if (const auto reason = mismatch(demo, *cluster); !reason.empty()) {
      ++rejected[reason];
      continue;
    }
    fitting.push_back(cluster);
    const bool stays = contains(current, cluster->metadata.uid) && !cluster->metadata.deleting();
    const auto reason = closed(*cluster);
    if (reason.empty() || stays) {
      open.push_back(cluster);
    } else {
      ++rejected[reason];
    }
  }
  // A cluster that has it already, then the one with the fewest demos; names decide the rest, so that it is always the
  // same answer.
  std::sort(open.begin(), open.end(), [&](const auto* a, const auto* b) {
    const bool a_stays = contains(current, a->metadata.uid), b_stays = contains(current, b->metadata.uid);
    if (a_stays != b_stays) return a_stays;
    // Counts change all the time: among those that have it they would make it wander.
    if (!a_stays && a->status.demo_count != b->status.demo_count) return a->status.demo_count < b->status.demo_count;
    return a->metadata.key() < b->metadata.key();
  });
  // Another region first: copies side by side help nobody.
  std::set<std::string_view> regions;
  for (const bool new_region_only : {true, false}) {
    for (const auto* cluster : open) {
      if (decision.chosen.size() == wanted) break;
      if (std::find(decision.chosen.begin(), decision.chosen.end(), cluster) != decision.chosen.end()) continue;
      if (new_region_only && regions.contains(crds::region_of(*cluster))) continue;
      regions.insert(crds::region_of(*cluster));
      decision.chosen.push_back(cluster);
    }
  }
  for (const auto& [reason, count] : rejected) {
    if (decision.rejections.size() < crds::kMaxRejections) decision.rejections.push_back({reason, count});
  }
  if (decision.chosen.empty()) {
    decision.blocker = no_place(demo, clusters, fitting);
  } else if (decision.chosen.size() < wanted) {
    decision.shortfall = "in " + std::to_string(decision.chosen.size()) + " of " + std::to_string(wanted) + " clusters";
    for (const auto* cluster : fitting) {
      if (std::find(decision.chosen.begin(), decision.chosen.end(), cluster) == decision.chosen.end())
        decision.shortfall += "; " + describe(*cluster);
    }
  }
  return decision;
}

}  // namespace causeway::op::demo
