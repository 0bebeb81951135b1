#pragma once
// The Kubernetes Job of a build, and what a Job and its pods say about it. Pure.

#include <optional>
#include <string>
#include <vector>

#include "kube/core/object.hpp"
#include "operator/build/spec.hpp"

namespace causeway::op::build {

struct JobOptions {
  std::string ns;             // where builds run
  std::string builder_image;  // buildah, git and causeway-operator
  std::string demo_namespace, demo_name, demo_uid;
  std::string traceparent;       // of the rollout: annotation of the Job, $TRACEPARENT in its pod; "" = none
  std::string git_ca_pem;        // who signs for the git server, where its address is https; "" = the system's
  std::string tracing_endpoint;  // where the pod sends its spans (OTLP/HTTP); "" = nowhere
  std::string cpu = "100m", memory = "256Mi", memory_limit = "2Gi", disk_limit = "10Gi";
};

// Annotation of the pod with the BuildSpec as JSON; the container reads it from a downward-API file, so that Job and
// inputs are one object.
inline constexpr std::string_view kSpecAnnotation = "causeway.dev/build-spec";
// And the authority of the git server, in the same way.
inline constexpr std::string_view kGitCaAnnotation = "causeway.dev/git-ca";
inline constexpr std::string_view kBuildIdLabel = "causeway.dev/build-id";
// Account of build pods. It has no right anywhere: its tokens, bound to one repository each, tell the git server who
// asks.
inline constexpr std::string_view kBuildAccount = "build";
// Secret in the builds namespace with `username` and `password` for repositories of a git server that knows no such
// tokens; may be absent.
inline constexpr std::string_view kGitSecret = "git-reader";
inline constexpr std::string_view kContainer = "build";

std::string job_name(std::string_view demo_name, const std::string& id);  // at most 63 characters
kube::Object job_for(const BuildSpec& spec, const JobOptions& options);

struct JobView {
  enum class Phase { kWaiting, kRunning, kSucceeded, kFailed };
  Phase phase = Phase::kWaiting;
  std::string started_at, finished_at;
  std::string pod;      // the one whose log tells most; "" = none is left
  std::string message;  // why it waits
  BuildResult result;   // when finished; succeeded without a digest: the pod's words are lost, ask the registry
};
JobView view_of(const kube::Object& job, const std::vector<kube::Object>& pods);

}  // namespace causeway::op::build
