#pragma once
// What one visit to a Cluster saw. Values only: plan and status are functions of this and of the Cluster.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "crds/cluster/cluster.hpp"
#include "operator/federation/liveness.hpp"
#include "operator/terraform/protocol.hpp"

namespace causeway::op::cluster {

// The Job with the highest number.
struct ObservedRun {
  std::int64_t number = 0, attempt = 0;
  crds::RunOperation operation = crds::RunOperation::Apply;
  bool ended = false;  // Complete or Failed
  base::WallTime created{}, ended_at{};
  std::string waiting;     // why its pod is not running, for people; empty when it is
  std::string last_words;  // of the pod of one that ended without a result
};

enum class NamespaceState { kAbsent, kActive, kTerminating };

struct Observation {
  base::WallTime now{};

  // source.terraform only:
  bool provider_known = true;
  std::vector<std::string> providers;         // those there are
  std::optional<std::string> invalid_inputs;  // why the module's variables cannot be made from the spec
  std::vector<std::string> missing_inputs;    // "Secret u-ada/aws (spec.credentialsRef)"
  std::string inputs_hash, retry_key;
  NamespaceState run_namespace = NamespaceState::kAbsent;
  std::optional<ObservedRun> run;
  std::optional<terraform::RunResult> last, applied;
  bool marker = false;  // an apply began and did not end
  bool bundle = false;  // something was applied once

  // The region:
  bool access = false;           // there is a kubeconfig (or the hub is the region)
  std::string access_missing;    // for people, when there is not
  std::string bootstrap_wanted;  // key of what would be installed now
  std::string bootstrapped;      // key of what was installed last, from the annotation
  base::WallTime bootstrapped_at{};
  std::string bootstrap_message;  // of the attempt just made
  bool bootstrap_failed = false;
  bool bootstrap_refused = false;  // another Cluster is this region already
  federation::AgentView agent;
  std::vector<std::string> demos;  // "namespace/name" of those that run there
  std::size_t demos_leaving = 0;   // asked to leave, not gone yet

  // From the outputs:
  kube::json::object outputs;
  std::string endpoint;
};

}  // namespace causeway::op::cluster
