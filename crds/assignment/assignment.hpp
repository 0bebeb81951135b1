#pragma once
// Assignment: what the hub asks of one region for one Demo, everything resolved. Internal; tenants may not read it.
//
// It lives in `cluster-<uid8>` on the hub, is written by the hub (spec) and the region (status), and is mirrored by the
// region into its own API. Everything a region needs to run the workload is here or in Secrets copied beside it.

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crds/scheduling.hpp"
#include "crds/workload.hpp"
#include "kube/core/codec.hpp"
#include "kube/core/meta.hpp"

namespace causeway::crds {

enum class Desired { Running, Absent };
BOOST_DESCRIBE_ENUM(Desired, Running, Absent)

// Those that a Demo has too carry the same name there.
enum class AssignmentStage {
  Pending,
  AppStarting,
  Running,
  RunningAppStarting,
  RuntimeError,
  Unschedulable,
  Sleeping,
  Paused,
  Absent
};
BOOST_DESCRIBE_ENUM(AssignmentStage, Pending, AppStarting, Running, RunningAppStarting, RuntimeError, Unschedulable,
                    Sleeping, Paused, Absent)

struct DemoRef {
  std::string namespace_, name, uid;
  bool operator==(const DemoRef&) const = default;
};
BOOST_DESCRIBE_STRUCT(DemoRef, (), (namespace_, name, uid))

// A Secret that lies beside the Assignment (copied there by the hub); the hash changes with its content.
struct HashedSecretRef {
  std::string name, hash;
  bool operator==(const HashedSecretRef&) const = default;
};
BOOST_DESCRIBE_STRUCT(HashedSecretRef, (), (name, hash))

struct AssignmentSpec {
  DemoRef demo_ref;
  std::int64_t epoch = 0;
  Desired desired = Desired::Running;

  std::string tenant_namespace;  // the namespace in the region
  std::string owner;             // account that the tenant namespace belongs to
  std::vector<std::string> hosts;

  std::string deployment;  // name of the deployment record (ControllerRevision on the hub)
  std::string revision;    // commit
  std::string image;       // repository@sha256:…
  std::vector<std::string> command, args;
  std::int64_t port = 7860;
  Health health;
  std::vector<EnvVar> env;
  std::vector<HashedSecretRef> env_from;
  Resources resources;
  std::optional<Storage> storage;
  std::int64_t replicas = 1;
  Isolation isolation = Isolation::Standard;
  Rollout rollout = Rollout::Rolling;
  bool paused = false;
  std::string restarted_at;
  bool operator==(const AssignmentSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(AssignmentSpec, (),
                      (demo_ref, epoch, desired, tenant_namespace, owner, hosts, deployment, revision, image, command,
                       args, port, health, env, env_from, resources, storage, replicas, isolation, rollout, paused,
                       restarted_at))

struct AssignmentStatus {
  std::int64_t observed_epoch = 0;
  std::int64_t observed_generation = -1;
  AssignmentStage stage = AssignmentStage::Pending;
  bool ready = false;
  std::int64_t ready_replicas = 0, replicas = 0;
  std::string deployment;  // which deployment record serves now
  std::string reason, message;
  kube::Conditions conditions;
  bool operator==(const AssignmentStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(AssignmentStatus, (),
                      (observed_epoch, observed_generation, stage, ready, ready_replicas, replicas, deployment, reason,
                       message, conditions))

struct Assignment {
  static constexpr kube::ResourceType kResource{"causeway.dev", "v1alpha1", "Assignment", "assignments"};
  kube::ObjectMeta metadata;
  AssignmentSpec spec;
  AssignmentStatus status;
  bool operator==(const Assignment&) const = default;
};
BOOST_DESCRIBE_STRUCT(Assignment, (), (metadata, spec, status))

namespace assignment_conditions {
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kReconciling = "Reconciling";
inline constexpr std::string_view kStalled = "Stalled";
}  // namespace assignment_conditions

// Labels that link an Assignment to its Demo: owner references cannot cross namespaces.
namespace assignment_labels {
inline constexpr std::string_view kDemoNamespace = "causeway.dev/demo-namespace";
inline constexpr std::string_view kDemoName = "causeway.dev/demo-name";
inline constexpr std::string_view kDemoUid = "causeway.dev/demo-uid";
}  // namespace assignment_labels

// "<demo>-<hash8(namespace/name)>", shortened where a name would pass 63 characters.
std::string assignment_name(std::string_view demo_namespace, std::string_view demo_name);
// "cluster-<uid8>": the namespace on the hub that one region may see.
std::string cluster_namespace(std::string_view cluster_uid);
// "causeway-run-<uid8>".
std::string run_namespace(std::string_view cluster_uid);

}  // namespace causeway::crds

#include "crds/assignment/fields.hpp"

// Instantiated once, in assignment.cpp.
extern template causeway::kube::Result<causeway::crds::Assignment>
causeway::kube::from_json<causeway::crds::Assignment>(const causeway::kube::json::value&);
extern template bool causeway::kube::from_text(std::string_view, causeway::crds::Assignment&);
extern template causeway::kube::json::value causeway::kube::to_json<causeway::crds::Assignment>(
    const causeway::crds::Assignment&);
extern template causeway::kube::Object causeway::kube::encode<causeway::crds::Assignment>(
    const causeway::crds::Assignment&);
