#pragma once
// Gauges over all Clusters, Demos and Assignments of the hub.
//
//   causeway_clusters{phase}                          how many, every phase there is
//   causeway_demos{stage}, causeway_assignments{stage}
//   causeway_clusters_drifted                         Terraform found something changed by others
//   causeway_longest_not_ready_seconds{kind,stalled}  of the one that waits longest; 0: none. stalled="true": somebody
//   has
//                                                     to change something. Not counted: what is at rest on purpose
//                                                     (paused, asleep, suspended, waiting for approval) or is deleted
//   causeway_longest_deletion_seconds{kind}           since the oldest deletion that has not ended was asked for; 0:
//   none causeway_region_heartbeat_age_seconds{cluster_namespace,cluster}  since the hub last saw the region renew its
//   Lease

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/metrics.hpp"
#include "crds/assignment/assignment.hpp"
#include "crds/cluster/cluster.hpp"
#include "crds/demo/demo.hpp"
#include "kube/runtime/manager.hpp"
#include "operator/federation/liveness.hpp"

namespace causeway::op::fleet {

struct Fleet {
  std::vector<std::shared_ptr<const crds::Cluster>> clusters;
  std::vector<std::shared_ptr<const crds::Demo>> demos;
  std::vector<std::shared_ptr<const crds::Assignment>> assignments;
  std::vector<std::pair<kube::ObjectKey, base::Duration>> silences;  // of regions that have ever called
};

// Used by one thread.
class FleetMetrics {
 public:
  explicit FleetMetrics(base::MetricsRegistry& metrics) : metrics_(metrics) {}
  void update(const Fleet& fleet, base::WallTime now);

 private:
  base::MetricsRegistry& metrics_;
  std::vector<kube::ObjectKey> heard_;  // regions with a heartbeat
};

// Adds a loop of the leader's to the manager. `system_namespace` has the mirrors of a region in the hub's own cluster,
// which are no Assignments of the hub.
void add_to(kube::Manager& manager, std::string system_namespace,
            std::shared_ptr<federation::LivenessTracker> liveness);

}  // namespace causeway::op::fleet
