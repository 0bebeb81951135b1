#pragma once
// Who of the regions is there, judged on the hub: by its own clock and the last change it saw of each Lease's
// resourceVersion, never by times a region wrote. One tracker per hub operator, fed by informers on the Leases `region`
// and the ConfigMaps `region-report` of the `cluster-<uid8>` namespaces.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "crds/cluster/cluster.hpp"
#include "kube/runtime/manager.hpp"

namespace causeway::op::federation {

enum class Liveness {
  kNeverSeen,  // no region has renewed this Lease yet
  kAlive,
  kUnknown,  // silent for 40 s, or the hub started less than one grace ago and has not seen it renew yet
  kGone,     // silent for 5 min: its demos fail over
};

struct AgentView {
  Liveness liveness = Liveness::kNeverSeen;
  crds::ClusterAgent report;  // what status.agent shows; empty before the first report
  std::string region_uid;     // kube-system UID the region reports; bound on first contact
  std::string message;        // for people: "agent renewed its lease", "silent for 1m20s", "DuplicateRegistration: …"
  std::optional<base::Duration> silence;  // since the hub saw it renew its Lease; nullopt: never has
  bool refused = false;  // a second UID for this name (a second name for this UID, bootstrap() refuses)
};

// Thread-safe.
class LivenessTracker {
 public:
  using Callback = std::function<void(const std::string& cluster_uid)>;

  virtual ~LivenessTracker() = default;
  virtual AgentView view(const std::string& cluster_uid) const = 0;
  // Called when `liveness`, `refused` or `report` of a Cluster changes, and when time alone changes its liveness.
  // From a thread of the tracker's: must not block. Register before the manager runs.
  virtual void on_change(Callback callback) = 0;
};

// Registers the informers (and a runnable for the passing of time) with the manager. Before run() only; asking twice
// for the same manager makes two trackers, so main.cpp makes one and hands it to who needs it.
std::shared_ptr<LivenessTracker> make_liveness_tracker(kube::Manager& manager);

}  // namespace causeway::op::federation
