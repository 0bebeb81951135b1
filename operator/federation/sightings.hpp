#pragma once
// What the hub has seen of its regions: their Leases, reports and namespaces, and what follows from them. No I/O.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kube/core/object.hpp"
#include "operator/federation/lease_judge.hpp"
#include "operator/federation/liveness.hpp"

namespace causeway::op::federation {

// By the Cluster's UID, from the label of the objects. Thread-safe; `clock` outlives it.
class Sightings {
 public:
  explicit Sightings(const base::Clock& clock) : clock_(clock) {}

  // An object as it is now, or as it was last. True: what view() says has changed.
  // Others with the same label are not ours to judge by: Terraform's lock is a Lease, too.
  bool lease(const kube::Object& object, bool removed = false);
  bool report(const kube::Object& config_map);
  bool home(const kube::Object& ns, bool removed = false);

  // The Clusters whose liveness time alone has changed since the last call.
  std::vector<std::string> tick();

  AgentView view(const std::string& cluster_uid) const;

 private:
  struct Known {
    std::optional<LeaseJudge> judge;  // from the first sight of the Lease: what was before, nobody here has seen
    crds::ClusterAgent report;
    std::string bound_uid;  // of the hub's namespace for this region
    Liveness told = Liveness::kNeverSeen;
  };
  static Liveness at(const Known& k, base::SteadyTime now);
  static std::string describe(const Known& k, base::SteadyTime now);
  bool retell(Known& k) const;

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Known> known_;
};

}  // namespace causeway::op::federation
