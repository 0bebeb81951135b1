#pragma once
// Demo: an application people can open, built from a repository and run in one or more regions.
// What each field means to users: crds/demo/fields.hpp.

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
#include "kube/core/selector.hpp"

namespace causeway::crds {

enum class BuildMode { Template, Dockerfile, Prebuilt };
BOOST_DESCRIBE_ENUM(BuildMode, Template, Dockerfile, Prebuilt)
enum class PlacementStrategy { Cheapest, Spread, Pinned };
BOOST_DESCRIBE_ENUM(PlacementStrategy, Cheapest, Spread, Pinned)
enum class ScalingMetric { Requests, CPU };
BOOST_DESCRIBE_ENUM(ScalingMetric, Requests, CPU)
enum class DemoVisibility { Public, Private, Protected };
BOOST_DESCRIBE_ENUM(DemoVisibility, Public, Private, Protected)

// Users know these names from Hugging Face; stage_rest_name() gives its spelling.
enum class DemoStage {
  NoAppFile,
  ConfigError,
  Queued,
  Building,
  BuildError,
  Unschedulable,
  AppStarting,
  Running,
  RunningBuilding,
  RunningAppStarting,
  RuntimeError,
  RegionOffline,
  Sleeping,
  Paused,
  Stopped,
  Deleting
};
BOOST_DESCRIBE_ENUM(DemoStage, NoAppFile, ConfigError, Queued, Building, BuildError, Unschedulable, AppStarting,
                    Running, RunningBuilding, RunningAppStarting, RuntimeError, RegionOffline, Sleeping, Paused,
                    Stopped, Deleting)
enum class BuildPhase { Pending, Running, Succeeded, Failed, Cancelled };
BOOST_DESCRIBE_ENUM(BuildPhase, Pending, Running, Succeeded, Failed, Cancelled)

struct GitSource {
  std::string url;
  std::optional<SecretRef> credentials_ref;
  bool operator==(const GitSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(GitSource, (), (url, credentials_ref))

struct DemoSource {
  std::optional<GitSource> git;
  bool operator==(const DemoSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(DemoSource, (), (git))

struct TemplateRef {
  std::string family;
  std::optional<std::int64_t> version;  // absent = the latest
  std::string namespace_;               // "" = the Demo's own, then causeway-system
  bool operator==(const TemplateRef&) const = default;
};
BOOST_DESCRIBE_STRUCT(TemplateRef, (), (family, version, namespace_))

struct DemoBuild {
  std::optional<BuildMode> mode;  // absent: build_mode() decides
  std::map<std::string, std::string> args;
  std::string timeout = "30m";
  bool operator==(const DemoBuild&) const = default;
};
BOOST_DESCRIBE_STRUCT(DemoBuild, (), (mode, args, timeout))

struct ModelMount {
  std::string name;
  ObjectRef repo_ref;
  std::string revision = "main";
  std::string mount_path;
  bool operator==(const ModelMount&) const = default;
};
BOOST_DESCRIBE_STRUCT(ModelMount, (), (name, repo_ref, revision, mount_path))

struct Failover {
  bool enabled = true;
  std::string after = "5m";
  bool allow_data_loss = false;
  bool operator==(const Failover&) const = default;
};
BOOST_DESCRIBE_STRUCT(Failover, (), (enabled, after, allow_data_loss))

struct Placement {
  std::vector<std::string> regions;    // empty = any
  std::vector<std::string> providers;  // empty = any
  std::optional<kube::LabelSelector> cluster_selector;
  std::int64_t cluster_count = 1;
  PlacementStrategy strategy = PlacementStrategy::Cheapest;
  std::vector<Toleration> tolerations;
  Failover failover;
  bool operator==(const Placement&) const = default;
};
BOOST_DESCRIBE_STRUCT(Placement, (),
                      (regions, providers, cluster_selector, cluster_count, strategy, tolerations, failover))

struct Scaling {
  std::int64_t min = 1, max = 1;
  ScalingMetric metric = ScalingMetric::Requests;
  std::optional<std::int64_t> target;
  std::string idle_timeout = "15m";
  bool operator==(const Scaling&) const = default;
};
BOOST_DESCRIBE_STRUCT(Scaling, (), (min, max, metric, target, idle_timeout))

struct DemoSpec {
  std::optional<ObjectRef> repo_ref;
  std::optional<DemoSource> source;
  std::string image;     // "" = built from repo_ref or source
  std::string revision;  // "" = the repository's default branch
  std::string path;      // "" = the repository's root
  std::optional<TemplateRef> template_ref;
  DemoBuild build;
  std::vector<ModelMount> models;
  std::map<std::string, std::string> parameters;
  std::vector<EnvVar> env;
  std::vector<SecretRef> secret_refs;
  std::optional<std::int64_t> port;  // absent = the template's
  Health health;
  Resources resources;
  std::optional<Storage> storage;
  Placement placement;
  Scaling scaling;
  DemoVisibility visibility = DemoVisibility::Public;
  std::vector<std::string> hostnames;
  bool auto_deploy = true;
  Rollout rollout = Rollout::Rolling;
  std::string rollback_to;
  bool paused = false;
  std::string restarted_at;
  bool exclusive = false;
  bool operator==(const DemoSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(DemoSpec, (),
                      (repo_ref, source, image, revision, path, template_ref, build, models, parameters, env,
                       secret_refs, port, health, resources, storage, placement, scaling, visibility, hostnames,
                       auto_deploy, rollout, rollback_to, paused, restarted_at, exclusive))

struct RegionUrl {
  std::string cluster, url;
  bool operator==(const RegionUrl&) const = default;
};
BOOST_DESCRIBE_STRUCT(RegionUrl, (), (cluster, url))

struct DemoPlacement {
  std::string cluster, cluster_namespace;
  std::string cluster_uid;
  std::int64_t epoch = 0;
  DemoStage stage = DemoStage::Queued;
  bool ready = false;
  std::string url;
  std::string deployment;  // which deployment record serves there now
  std::string message;
  bool operator==(const DemoPlacement&) const = default;
};
BOOST_DESCRIBE_STRUCT(DemoPlacement, (),
                      (cluster, cluster_namespace, cluster_uid, epoch, stage, ready, url, deployment, message))

struct PlacementRejection {
  std::string reason;
  std::int64_t count = 0;
  bool operator==(const PlacementRejection&) const = default;
};
BOOST_DESCRIBE_STRUCT(PlacementRejection, (), (reason, count))

struct DemoBuildStatus {
  std::string id;  // hash of the build's inputs
  BuildPhase phase = BuildPhase::Pending;
  std::string started_at, finished_at;
  bool cache_hit = false;
  std::optional<ObjectRef> logs_ref;  // ConfigMap with the end of the log
  std::string message;
  bool operator==(const DemoBuildStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(DemoBuildStatus, (), (id, phase, started_at, finished_at, cache_hit, logs_ref, message))

struct DemoStatus {
  std::int64_t observed_generation = -1;
  DemoStage stage = DemoStage::Queued;
  std::string step, message;
  std::string url;
  std::vector<RegionUrl> urls;
  std::string revision;  // full commit
  std::string image;     // by digest
  std::string current_deployment;
  std::vector<DemoPlacement> placements;
  std::vector<PlacementRejection> rejections;
  std::optional<DemoBuildStatus> build;
  kube::Conditions conditions;
  bool operator==(const DemoStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(DemoStatus, (),
                      (observed_generation, stage, step, message, url, urls, revision, image, current_deployment,
                       placements, rejections, build, conditions))
inline constexpr std::size_t kMaxPlacements = 32;
inline constexpr std::size_t kMaxRejections = 16;

struct Demo {
  static constexpr kube::ResourceType kResource{"causeway.dev", "v1alpha1", "Demo", "demos"};
  kube::ObjectMeta metadata;
  DemoSpec spec;
  DemoStatus status;
  bool operator==(const Demo&) const = default;
};
BOOST_DESCRIBE_STRUCT(Demo, (), (metadata, spec, status))

// Condition types of Demo.status.
namespace demo_conditions {
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kBuilt = "Built";
inline constexpr std::string_view kScheduled = "Scheduled";
inline constexpr std::string_view kAvailable = "Available";
inline constexpr std::string_view kReconciling = "Reconciling";
inline constexpr std::string_view kStalled = "Stalled";
}  // namespace demo_conditions

// Hugging Face's spelling, as REST gives it: "RUNNING_BUILDING", "NO_APP_FILE", …
std::string stage_rest_name(DemoStage stage);
// spec.build.mode, or what the rest of the spec implies: Prebuilt with `image`, Template with `templateRef`,
// Dockerfile.
BuildMode build_mode(const DemoSpec& spec);
// "<demo>--<owner>": the first label of the demo's host name. The owner is the label causeway.dev/owner of the tenant's
// namespace, or the namespace without its "u-" or "o-".
std::string host_label(std::string_view demo, std::string_view owner);
std::string_view owner_of_namespace(std::string_view ns);

}  // namespace causeway::crds

#include "crds/demo/fields.hpp"

// Instantiated once, in demo.cpp.
extern template causeway::kube::Result<causeway::crds::Demo> causeway::kube::from_json<causeway::crds::Demo>(
    const causeway::kube::json::value&);
extern template bool causeway::kube::from_text(std::string_view, causeway::crds::Demo&);
extern template causeway::kube::json::value causeway::kube::to_json<causeway::crds::Demo>(const causeway::crds::Demo&);
extern template causeway::kube::Object causeway::kube::encode<causeway::crds::Demo>(const causeway::crds::Demo&);
