#include "operator/fleet/fleet_metrics.hpp"

#include <algorithm>
#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "kube/core/codec.hpp"

namespace causeway::op::fleet {
namespace {

constexpr auto kEvery = std::chrono::seconds(5);

double seconds(base::Duration d) {
  return std::chrono::duration<double>(d).count();
}

// A gauge for every value that the enum has, so that one that has become empty says 0.
template <class Enum, class Items, class Of>
void count(base::MetricsRegistry& metrics, const char* name, const char* help, const char* label, const Items& items,
           Of of) {
  std::map<Enum, int> counts;
  for (const auto& item : items) ++counts[of(*item)];
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto enumerator) {
    metrics.gauge(name, help, {{label, enumerator.name}}).set(counts[enumerator.value]);
  });
}

double age(const std::string& since, base::WallTime now) {
  const auto begin = base::parse_time(since);
  return begin ? std::max(0.0, seconds(now - *begin)) : 0;
}

bool expected_ready(const crds::Cluster& cluster) {
  return !cluster.spec.suspend && cluster.status.phase != crds::ClusterPhase::AwaitingApproval;
}

bool expected_ready(const crds::Demo& demo) {
  const auto stage = demo.status.stage;
  return !demo.spec.paused && stage != crds::DemoStage::Paused && stage != crds::DemoStage::Sleeping &&
         stage != crds::DemoStage::Stopped;
}

template <class Items>
void waits(base::MetricsRegistry& metrics, const std::string& kind, const Items& items, base::WallTime now) {
  double not_ready[2] = {0, 0};  // by stalled
  double deletion = 0;
  for (const auto& item : items) {
    if (item->metadata.deleting()) {
      deletion = std::max(deletion, age(*item->metadata.deletion_timestamp, now));
      continue;
    }
    const auto* ready = kube::find_condition(item->status.conditions, "Ready");
    if ((ready && ready->status == "True") || !expected_ready(*item)) continue;
    auto& longest = not_ready[kube::condition_is_true(item->status.conditions, "Stalled")];
    longest = std::max(longest, age(ready ? ready->last_transition_time : item->metadata.creation_timestamp, now));
  }
  for (const bool stalled : {false, true}) {
    metrics
        .gauge("causeway_longest_not_ready_seconds",
               "How long the resource that waits longest has not been Ready; 0: none waits",
               {{"kind", kind}, {"stalled", stalled ? "true" : "false"}})
        .set(not_ready[stalled]);
  }
  metrics
      .gauge("causeway_longest_deletion_seconds",
             "How long ago the oldest deletion that has not ended was asked for; 0: there is none", {{"kind", kind}})
      .set(deletion);
}

base::Gauge& heartbeat(base::MetricsRegistry& metrics, const kube::ObjectKey& cluster) {
  return metrics.gauge("causeway_region_heartbeat_age_seconds",
                       "Time since the hub last saw the region renew its Lease",
                       {{"cluster_namespace", cluster.ns}, {"cluster", cluster.name}});
}

}  // namespace

void FleetMetrics::update(const Fleet& fleet, base::WallTime now) {
  count<crds::ClusterPhase>(metrics_, "causeway_clusters", "Clusters by phase", "phase", fleet.clusters,
                            [](const crds::Cluster& c) { return c.status.phase; });
  count<crds::DemoStage>(metrics_, "causeway_demos", "Demos by stage", "stage", fleet.demos,
                         [](const crds::Demo& d) { return d.status.stage; });
  count<crds::AssignmentStage>(metrics_, "causeway_assignments", "Assignments by the stage that their region reports",
                               "stage", fleet.assignments, [](const crds::Assignment& a) { return a.status.stage; });
  waits(metrics_, "Cluster", fleet.clusters, now);
  waits(metrics_, "Demo", fleet.demos, now);
  metrics_.gauge("causeway_clusters_drifted", "Clusters of which Terraform found something changed by others")
      .set(static_cast<double>(std::count_if(fleet.clusters.begin(), fleet.clusters.end(), [](const auto& c) {
        return kube::condition_is_true(c->status.conditions, crds::cluster_conditions::kDrifted);
      })));

  std::vector<kube::ObjectKey> heard;
  for (const auto& [cluster, silence] : fleet.silences) {
    heartbeat(metrics_, cluster).set(seconds(silence));
    heard.push_back(cluster);
  }
  for (const auto& cluster : heard_) {
    if (std::find(heard.begin(), heard.end(), cluster) == heard.end())
      heartbeat(metrics_, cluster).set(std::numeric_limits<double>::quiet_NaN());
  }
  heard_ = std::move(heard);
}

void add_to(kube::Manager& manager, std::string system_namespace,
            std::shared_ptr<federation::LivenessTracker> liveness) {
  auto& clusters = manager.informer<crds::Cluster>();
  auto& demos = manager.informer<crds::Demo>();
  auto& assignments = manager.informer<crds::Assignment>();
  auto metrics = std::make_shared<FleetMetrics>(manager.metrics());
  manager.add_runnable("fleet-metrics", true, [&, metrics, system_namespace, liveness](std::stop_token stop) {
    do {
      Fleet fleet{clusters.list(), demos.list(), assignments.list(), {}};
      std::erase_if(fleet.assignments, [&](const auto& a) { return a->metadata.namespace_ == system_namespace; });
      for (const auto& cluster : fleet.clusters) {
        if (const auto silence = liveness->view(cluster->metadata.uid).silence)
          fleet.silences.emplace_back(cluster->metadata.key(), *silence);
      }
      metrics->update(fleet, manager.clock().wall());
    } while (manager.clock().sleep_for(kEvery, stop));
    return base::Result<void>{};
  });
}

}  // namespace causeway::op::fleet
