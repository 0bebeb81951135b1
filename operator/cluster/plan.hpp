#pragma once
// What to do about a Cluster, and what to say about it. Pure: the same Cluster and observation give the same decision.

#include <optional>
#include <string>

#include "crds/cluster/cluster.hpp"
#include "operator/cluster/observation.hpp"

namespace causeway::op::cluster {

inline constexpr std::string_view kFinalizer = "causeway.dev/cluster";
inline constexpr const char* kConfirmDestroy = "causeway.dev/confirm-destroy";
inline constexpr const char* kRetry = "causeway.dev/retry";

struct StartRun {
  crds::RunOperation operation = crds::RunOperation::Apply;
  std::int64_t number = 1, attempt = 0;
  bool operator==(const StartRun&) const = default;
};

enum class Health {
  kGood,      // as wanted
  kBusy,      // on the way; time or an event will tell
  kWaiting,   // failed, or lacks something; tried again by itself
  kStalled,   // nothing happens until a person changes something
  kApproval,  // a plan waits for a person
};

// How the infrastructure is.
struct Infrastructure {
  Health health = Health::kGood;
  bool provisioned = false;  // it was applied once: there is a cluster
  bool destroyed = false;
  std::string reason, message;
  std::optional<StartRun> start;
  std::optional<base::Duration> again;  // look again then
};

// How the region is. Meaningful once the infrastructure is provisioned.
struct Region {
  Health health = Health::kBusy;
  crds::ClusterPhase phase = crds::ClusterPhase::Bootstrapping;
  std::string reason, message;
  bool bootstrap = false;
  std::optional<base::Duration> again;
};

enum class Deletion {
  kNone,      // nobody asked for it
  kRefused,   // protected, or demos run there
  kGoing,     // being destroyed
  kTearDown,  // destroyed, or never was: remove what the hub made for it
};

struct Decision {
  Infrastructure infrastructure;
  Region region;
  Deletion deletion = Deletion::kNone;
  bool suspended = false;

  crds::ClusterPhase phase = crds::ClusterPhase::Pending;
  Health health = Health::kBusy;  // of the whole
  std::string reason, message;    // of the whole

  std::optional<StartRun> start;
  bool bootstrap = false;
  bool tear_down = false;
  std::optional<base::Duration> again;
};

Decision decide(const crds::Cluster& cluster, const Observation& seen);

// The parts, for tables in tests.
Infrastructure decide_infrastructure(const crds::Cluster& cluster, const Observation& seen);
Infrastructure decide_destruction(const crds::Cluster& cluster, const Observation& seen);
Region decide_region(const crds::Cluster& cluster, const Observation& seen);

// How long after its end a failed run is tried again: 5 s, doubling, 10 min at most.
base::Duration retry_delay(std::int64_t failures);

// False for a change that is only a run's live progress, which is not ours to act on.
bool worth_a_visit(const crds::Cluster& before, const crds::Cluster& after);

}  // namespace causeway::op::cluster
