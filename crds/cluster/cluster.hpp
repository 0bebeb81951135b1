#pragma once
// Cluster: a Kubernetes cluster in some region that runs demos, made by Terraform or existing already.
// What each field means to users: crds/cluster/fields.hpp, from which crd.yaml and README.md are generated.

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crds/references.hpp"
#include "crds/scheduling.hpp"
#include "crds/workload.hpp"
#include "kube/core/codec.hpp"
#include "kube/core/meta.hpp"

namespace causeway::crds {

enum class ClusterRole { Management, User };
BOOST_DESCRIBE_ENUM(ClusterRole, Management, User)
enum class ConnectionMode { Pull, Push };
BOOST_DESCRIBE_ENUM(ConnectionMode, Pull, Push)
enum class NodePoolType { Standard, Spot, Serverless, GPU };
BOOST_DESCRIBE_ENUM(NodePoolType, Standard, Spot, Serverless, GPU)
enum class BudgetAction { Warn, StopSpot, Suspend };
BOOST_DESCRIBE_ENUM(BudgetAction, Warn, StopSpot, Suspend)
enum class DriftPolicy { Report, Correct };
BOOST_DESCRIBE_ENUM(DriftPolicy, Report, Correct)
enum class ApprovalPolicy { NonDestructive, Auto, Manual };
BOOST_DESCRIBE_ENUM(ApprovalPolicy, NonDestructive, Auto, Manual)
enum class DeletionPolicy { Destroy, Retain };
BOOST_DESCRIBE_ENUM(DeletionPolicy, Destroy, Retain)
enum class VariablesKind { Secret, ConfigMap };
BOOST_DESCRIBE_ENUM(VariablesKind, Secret, ConfigMap)
enum class FileStorageType { Standard, Performance, Turbo };
BOOST_DESCRIBE_ENUM(FileStorageType, Standard, Performance, Turbo)
enum class BucketAccess { Private, PublicRead };
BOOST_DESCRIBE_ENUM(BucketAccess, Private, PublicRead)

enum class ClusterPhase {
  Pending,
  Planning,
  AwaitingApproval,
  Provisioning,
  Bootstrapping,
  Joining,
  Ready,
  Unreachable,
  Updating,
  Deleting,
  Failed
};
BOOST_DESCRIBE_ENUM(ClusterPhase, Pending, Planning, AwaitingApproval, Provisioning, Bootstrapping, Joining, Ready,
                    Unreachable, Updating, Deleting, Failed)
enum class RunOperation { Plan, Apply, Destroy, Refresh };
BOOST_DESCRIBE_ENUM(RunOperation, Plan, Apply, Destroy, Refresh)
enum class RunPhase { Pending, Running, Succeeded, Failed, Cancelled };
BOOST_DESCRIBE_ENUM(RunPhase, Pending, Running, Succeeded, Failed, Cancelled)
enum class ResourceAction { Create, Read, Update, Replace, Delete, Forget };
BOOST_DESCRIBE_ENUM(ResourceAction, Create, Read, Update, Replace, Delete, Forget)
enum class Severity { Error, Warning };
BOOST_DESCRIBE_ENUM(Severity, Error, Warning)

struct TerraformSource {
  std::string provider, region;
  std::vector<std::string> zones;
  bool operator==(const TerraformSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(TerraformSource, (), (provider, region, zones))

struct InClusterSource {
  bool operator==(const InClusterSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(InClusterSource, (), ())

// Exactly one is set.
struct ClusterSource {
  std::optional<TerraformSource> terraform;
  std::optional<KubeconfigRef> kubeconfig_ref;
  std::optional<InClusterSource> in_cluster;
  bool operator==(const ClusterSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterSource, (), (terraform, kubeconfig_ref, in_cluster))

struct ClusterNetwork {
  std::string cidr, pod_cidr, service_cidr;
  bool operator==(const ClusterNetwork&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterNetwork, (), (cidr, pod_cidr, service_cidr))

struct NodePool {
  std::string name;
  NodePoolType type = NodePoolType::Standard;
  std::vector<std::string> instance_types;
  std::int64_t min = 1, max = 1;
  std::map<std::string, std::string> labels;
  std::vector<Taint> taints;
  std::string max_price;  // decimal, per node and hour; "" = the on-demand price
  std::optional<Gpu> gpu;
  bool operator==(const NodePool&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodePool, (), (name, type, instance_types, min, max, labels, taints, max_price, gpu))

struct FileStorage {
  FileStorageType type = FileStorageType::Standard;
  std::string size;
  std::string mount_path;
  bool operator==(const FileStorage&) const = default;
};
BOOST_DESCRIBE_STRUCT(FileStorage, (), (type, size, mount_path))

struct ObjectStorage {
  std::string name;
  BucketAccess access = BucketAccess::Private;
  bool versioning = false;
  std::int64_t expire_after_days = 0;  // 0 = never
  bool operator==(const ObjectStorage&) const = default;
};
BOOST_DESCRIBE_STRUCT(ObjectStorage, (), (name, access, versioning, expire_after_days))

struct Nat {
  std::int64_t public_addresses = 1;
  std::int64_t bandwidth_mbps = 100;
  bool operator==(const Nat&) const = default;
};
BOOST_DESCRIBE_STRUCT(Nat, (), (public_addresses, bandwidth_mbps))

struct Machine {
  std::string name, instance_type, image, zone, disk_size;
  std::int64_t count = 1;
  bool spot = false, public_address = false;
  bool operator==(const Machine&) const = default;
};
BOOST_DESCRIBE_STRUCT(Machine, (), (name, instance_type, image, zone, disk_size, count, spot, public_address))

struct CloudServices {
  std::optional<FileStorage> file_storage;
  std::vector<ObjectStorage> object_storage;
  std::optional<Nat> nat;
  std::vector<Machine> machines;
  bool operator==(const CloudServices&) const = default;
};
BOOST_DESCRIBE_STRUCT(CloudServices, (), (file_storage, object_storage, nat, machines))

struct ClusterEndpoint {
  bool public_ = true;
  std::vector<std::string> allowed_cidrs;  // empty = everybody who can authenticate
  bool operator==(const ClusterEndpoint&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterEndpoint, (), (public_, allowed_cidrs))

struct Budget {
  std::string hourly;  // decimal
  std::string currency = "USD";
  BudgetAction on_exceed = BudgetAction::Warn;
  bool operator==(const Budget&) const = default;
};
BOOST_DESCRIBE_STRUCT(Budget, (), (hourly, currency, on_exceed))

struct VariablesSource {
  VariablesKind kind = VariablesKind::Secret;
  std::string name;
  std::vector<std::string> keys;  // empty = all
  bool optional = false;
  bool operator==(const VariablesSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(VariablesSource, (), (kind, name, keys, optional))

struct TerraformTimeouts {
  std::string plan = "10m", apply = "60m", destroy = "60m";
  bool operator==(const TerraformTimeouts&) const = default;
};
BOOST_DESCRIBE_STRUCT(TerraformTimeouts, (), (plan, apply, destroy))

struct TerraformSettings {
  std::map<std::string, kube::json::value> variables;
  std::vector<VariablesSource> variables_from;
  std::string drift_interval = "1h";  // "0s" = never
  DriftPolicy drift_policy = DriftPolicy::Report;
  TerraformTimeouts timeouts;
  bool operator==(const TerraformSettings&) const = default;
};
BOOST_DESCRIBE_STRUCT(TerraformSettings, (), (variables, variables_from, drift_interval, drift_policy, timeouts))

struct ClusterSpec {
  ClusterRole role = ClusterRole::User;
  ClusterSource source;
  ConnectionMode connection = ConnectionMode::Pull;
  std::optional<SecretRef> credentials_ref;
  std::string kubernetes_version;  // "" = the module's default
  std::optional<ClusterNetwork> network;
  std::vector<NodePool> node_pools;
  std::optional<CloudServices> cloud_services;
  ClusterEndpoint endpoint;
  Isolation isolation = Isolation::Standard;
  std::optional<Budget> budget;
  TerraformSettings terraform;
  ApprovalPolicy approval = ApprovalPolicy::NonDestructive;
  std::string approved_plan;
  DeletionPolicy deletion_policy = DeletionPolicy::Destroy;
  std::optional<bool> protected_;  // absent: is_protected() decides by provider
  bool schedulable = true;
  std::vector<Taint> taints;
  bool suspend = false;
  bool accepted = false;
  std::string description;
  bool operator==(const ClusterSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterSpec, (),
                      (role, source, connection, credentials_ref, kubernetes_version, network, node_pools,
                       cloud_services, endpoint, isolation, budget, terraform, approval, approved_plan, deletion_policy,
                       protected_, schedulable, taints, suspend, accepted, description))

struct PlannedChange {
  std::string address;
  ResourceAction action = ResourceAction::Create;
  std::string reason;
  bool operator==(const PlannedChange&) const = default;
};
BOOST_DESCRIBE_STRUCT(PlannedChange, (), (address, action, reason))

struct ClusterPlan {
  std::string id;
  std::int64_t add = 0, change = 0, destroy = 0;
  std::vector<PlannedChange> resources;  // at most kMaxPlanResources
  std::string created_at;
  bool operator==(const ClusterPlan&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterPlan, (), (id, add, change, destroy, resources, created_at))
inline constexpr std::size_t kMaxPlanResources = 50;

struct Diagnostic {
  Severity severity = Severity::Error;
  std::string summary, detail, address;
  bool operator==(const Diagnostic&) const = default;
};
BOOST_DESCRIBE_STRUCT(Diagnostic, (), (severity, summary, detail, address))

struct ClusterRun {
  std::string id;  // the Job's name
  RunOperation operation = RunOperation::Plan;
  RunPhase phase = RunPhase::Pending;
  std::int64_t done = 0, total = 0;
  std::string current;  // address of the resource being worked on
  std::string started_at, finished_at;
  std::vector<Diagnostic> diagnostics;  // at most kMaxDiagnostics
  bool operator==(const ClusterRun&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterRun, (),
                      (id, operation, phase, done, total, current, started_at, finished_at, diagnostics))
inline constexpr std::size_t kMaxDiagnostics = 20;

struct TerraformState {
  std::string lineage;
  std::int64_t serial = 0, resources = 0;
  bool operator==(const TerraformState&) const = default;
};
BOOST_DESCRIBE_STRUCT(TerraformState, (), (lineage, serial, resources))

struct ClusterGateway {
  std::string scheme, domain;
  std::int64_t port = 0;
  bool operator==(const ClusterGateway&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterGateway, (), (scheme, domain, port))

struct ClusterAgent {
  std::string version, kubernetes_version, uid;
  std::int64_t nodes = 0;
  std::map<std::string, std::string> capacity, allocatable;
  bool operator==(const ClusterAgent&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterAgent, (), (version, kubernetes_version, uid, nodes, capacity, allocatable))

struct ClusterCost {
  std::string hourly, currency, source;
  bool operator==(const ClusterCost&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterCost, (), (hourly, currency, source))

struct ClusterStatus {
  std::int64_t observed_generation = -1;
  ClusterPhase phase = ClusterPhase::Pending;
  std::string message;
  std::optional<ClusterPlan> plan;
  std::optional<ClusterRun> last_run;
  std::optional<TerraformState> state;
  std::string endpoint;
  std::vector<std::string> public_ips;
  std::optional<ObjectRef> kubeconfig_ref;
  std::map<std::string, kube::json::value> outputs;
  std::optional<ClusterGateway> gateway;
  std::string run_namespace;
  std::optional<ClusterAgent> agent;
  std::int64_t demo_count = 0;
  std::optional<ClusterCost> cost;
  kube::Conditions conditions;
  bool operator==(const ClusterStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterStatus, (),
                      (observed_generation, phase, message, plan, last_run, state, endpoint, public_ips, kubeconfig_ref,
                       outputs, gateway, run_namespace, agent, demo_count, cost, conditions))

struct Cluster {
  static constexpr kube::ResourceType kResource{"causeway.dev", "v1alpha1", "Cluster", "clusters"};
  kube::ObjectMeta metadata;
  ClusterSpec spec;
  ClusterStatus status;
  bool operator==(const Cluster&) const = default;
};
BOOST_DESCRIBE_STRUCT(Cluster, (), (metadata, spec, status))

// Condition types of Cluster.status.
namespace cluster_conditions {
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kInfrastructureReady = "InfrastructureReady";
inline constexpr std::string_view kPlanned = "Planned";
inline constexpr std::string_view kApproved = "Approved";
inline constexpr std::string_view kAgentConnected = "AgentConnected";
inline constexpr std::string_view kDrifted = "Drifted";
inline constexpr std::string_view kStateHealthy = "StateHealthy";
inline constexpr std::string_view kReconciling = "Reconciling";
inline constexpr std::string_view kStalled = "Stalled";
}  // namespace cluster_conditions

// What `spec.placement.regions` of a Demo is compared with: the Terraform source's region; for a cluster that was not
// made by Terraform its label causeway.dev/region; else its name.
std::string_view region_of(const Cluster& cluster);
// The Terraform source's provider, or the label causeway.dev/provider, or "".
std::string_view provider_of(const Cluster& cluster);
// spec.protected, which defaults to true except for provider `local`.
bool is_protected(const Cluster& cluster);

}  // namespace causeway::crds

#include "crds/cluster/fields.hpp"

// Instantiated once, in cluster.cpp.
extern template causeway::kube::Result<causeway::crds::Cluster> causeway::kube::from_json<causeway::crds::Cluster>(
    const causeway::kube::json::value&);
extern template bool causeway::kube::from_text(std::string_view, causeway::crds::Cluster&);
extern template causeway::kube::json::value causeway::kube::to_json<causeway::crds::Cluster>(
    const causeway::crds::Cluster&);
extern template causeway::kube::Object causeway::kube::encode<causeway::crds::Cluster>(const causeway::crds::Cluster&);
