#pragma once
// The Job of a Terraform run. Pure.

#include <string>

#include "crds/cluster/cluster.hpp"
#include "kube/core/object.hpp"
#include "operator/cluster/observation.hpp"
#include "operator/cluster/plan.hpp"

namespace causeway::op::cluster {

// Labels of run Jobs; their pods carry them too.
namespace labels {
inline constexpr const char* kComponent = "app.kubernetes.io/component";
inline constexpr const char* kTerraformRun = "terraform-run";
inline constexpr const char* kClusterUid = "causeway.dev/cluster-uid";
inline constexpr const char* kClusterName = "causeway.dev/cluster-name";
inline constexpr const char* kClusterNamespace = "causeway.dev/cluster-namespace";
inline constexpr const char* kOperation = "causeway.dev/operation";
inline constexpr const char* kAttempt = "causeway.dev/attempt";
}  // namespace labels

std::string_view operation_word(crds::RunOperation operation);  // "apply"

// `overlay` is podSpec.json of ConfigMap causeway-system/terraform-runner-<provider>, or null.
kube::Object run_job(const crds::Cluster& cluster, const StartRun& run, const std::string& image,
                     const kube::json::value& overlay);

// Lays `overlay` over a pod spec: objects member by member, lists of named things (containers, volumes, env,
// volumeMounts by mountPath) item by item, a container without a name is the first; anything else replaces.
void overlay_pod_spec(kube::Object& pod_spec, const kube::Object& overlay);

// A run Job as an observation; nothing for Jobs that are none. Their pods, where they are known, say why they wait.
std::optional<ObservedRun> observe_job(const kube::Object& job);
// Why the pod is not running, from its status; empty when it is, or has been.
std::string why_waiting(const kube::Object& pod);
// Why an ended pod ended: "exit code 3: no terraform in the image", the last line of its log; "" when nothing tells.
std::string last_words(const kube::Object& pod);

}  // namespace causeway::op::cluster
