#pragma once
// What the hub and a run tell each other, through objects in the Cluster's run namespace. Both may be killed at any
// moment, and the Cluster may be gone while its run still has work to do, so a run needs nothing but this namespace.

#include <boost/describe.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "crds/cluster/cluster.hpp"

namespace causeway::op::terraform {

// Objects in a run namespace.
namespace names {
inline constexpr std::string_view kServiceAccount = "terraform-run";
inline constexpr std::string_view kInput = "input";               // Secret, hub → run: RunInput and secret variables
inline constexpr std::string_view kCredentials = "credentials";   // Secret, hub → run: copy of spec.credentialsRef
inline constexpr std::string_view kBundle = "bundle";             // Secret: module and variables of the last apply
inline constexpr std::string_view kMarker = "apply-in-progress";  // ConfigMap: an apply began and did not end
inline constexpr std::string_view kErroredState = "errored-state";  // Secret: state that could not be written
inline constexpr std::string_view kOutputs = "outputs";             // Secret, run → hub
inline constexpr std::string_view kResults = "run-results";         // ConfigMap, run → hub

inline constexpr std::string_view kInputKey = "input.json";
inline constexpr std::string_view kSecretVariablesKey = "variables.json";
inline constexpr std::string_view kKubeconfigKey = "kubeconfig";
inline constexpr std::string_view kPublicOutputsKey = "public.json";
inline constexpr std::string_view kSensitiveOutputsKey = "sensitive.json";
inline constexpr std::string_view kLastResultKey = "last.json";        // of the last run that ended
inline constexpr std::string_view kAppliedResultKey = "applied.json";  // of the last apply that succeeded

inline constexpr std::string_view kJobPrefix = "terraform-";  // Job terraform-17, its pod terraform-17-abcde
inline constexpr std::string_view kFieldManager = "causeway-run";
inline constexpr std::string_view kUidTag = "causeway-cluster-uid";
}  // namespace names

// Suffix of the state's Secret (`tfstate-default-<suffix>`); Terraform refuses one that ends in "-<number>".
std::string state_suffix(std::string_view cluster_uid);

struct RunInput {
  std::string run_id;  // the Job's name
  crds::RunOperation operation = crds::RunOperation::Apply;
  std::string cluster_namespace, cluster_name, cluster_uid;
  std::int64_t generation = 0;
  std::string provider;
  kube::json::object variables;  // the module contract and spec.terraform.variables; secret ones are beside it
  crds::ApprovalPolicy approval = crds::ApprovalPolicy::NonDestructive;
  std::string approved_plan;
  std::optional<crds::TerraformState> expected_state;  // what status last recorded; older or other is StateLost
  crds::TerraformTimeouts timeouts;
  std::int64_t attempt = 0;  // how many runs of the same purpose failed right before this one
  std::string inputs_hash;   // copied into the result: what was applied
  std::string retry_key;     // copied into the result: a terminal failure stands while this is the same
};
BOOST_DESCRIBE_STRUCT(RunInput, (),
                      (run_id, operation, cluster_namespace, cluster_name, cluster_uid, generation, provider, variables,
                       approval, approved_plan, expected_state, timeouts, attempt, inputs_hash, retry_key))

enum class RunOutcome { Succeeded, AwaitingApproval, Failed, Cancelled };
BOOST_DESCRIBE_ENUM(RunOutcome, Succeeded, AwaitingApproval, Failed, Cancelled)

enum class ErrorClass {
  None,
  Authentication,  // terminal: the credentials are wrong or may not do this
  Quota,           // terminal: the account has no more of something
  Configuration,   // terminal: the spec, or the module, is wrong
  StateLost,       // terminal: the state is another one, or older than what was recorded
  Throttling,      // retried
  Network,         // retried
  Lock,            // retried: somebody holds the state
  StalePlan,       // retried: planned again
  Other            // retried
};
BOOST_DESCRIBE_ENUM(ErrorClass, None, Authentication, Quota, Configuration, StateLost, Throttling, Network, Lock,
                    StalePlan, Other)

// Retrying the same inputs cannot help.
bool is_terminal(ErrorClass c);
// The condition reason: "AuthenticationFailed", "InvalidConfiguration", …
std::string_view reason_of(ErrorClass c);

struct RunResult {
  std::string run_id;
  crds::RunOperation operation = crds::RunOperation::Apply;
  RunOutcome outcome = RunOutcome::Failed;
  ErrorClass error_class = ErrorClass::None;
  std::string reason, message;  // for a condition; scrubbed
  std::int64_t generation = 0, attempt = 0;
  std::string inputs_hash, retry_key;
  std::optional<crds::ClusterPlan> plan;
  std::optional<crds::TerraformState> state;
  std::vector<std::string> drifted;  // addresses, of a Refresh; at most 50
  std::vector<crds::Diagnostic> diagnostics;
  std::string started_at, finished_at;
};
BOOST_DESCRIBE_STRUCT(RunResult, (),
                      (run_id, operation, outcome, error_class, reason, message, generation, attempt, inputs_hash,
                       retry_key, plan, state, drifted, diagnostics, started_at, finished_at))

// "terraform-17" → 17; nothing for other names.
std::optional<std::int64_t> run_number(std::string_view run_id);
std::string run_name(std::int64_t number);

std::string to_text(const RunInput& input);
std::string to_text(const RunResult& result);
base::Result<RunInput> parse_input(std::string_view text);
base::Result<RunResult> parse_result(std::string_view text);

}  // namespace causeway::op::terraform
