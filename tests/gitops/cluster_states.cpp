#include "kube/core/codec.hpp"
#include "operator/cluster/status.hpp"
#include "operator/cluster/testing.hpp"
#include "tests/gitops/states.hpp"

namespace causeway::gitops {
namespace {

using namespace op::cluster;
using crds::RunOperation;
using op::federation::Liveness;
using op::terraform::RunOutcome;

crds::Cluster cluster() {
  crds::Cluster c;
  c.metadata.name = "local-1";
  c.metadata.namespace_ = "causeway-system";
  c.metadata.uid = "0d6f2c1e-0000-4000-8000-000000000000";
  c.metadata.generation = 3;
  c.spec.source.terraform = crds::TerraformSource{.provider = "local", .region = "local-1", .zones = {}};
  return c;
}

ObservedRun run(std::int64_t number, RunOperation operation, bool ended) {
  ObservedRun r;
  r.number = number;
  r.operation = operation;
  r.ended = ended;
  return r;
}

Observation ready() {
  auto o = testing::settled();
  o.bundle = true;
  return o;
}

Observation failed(RunOutcome outcome, op::terraform::ErrorClass error_class, const std::string& reason) {
  auto o = testing::installed();
  o.run = run(1, RunOperation::Apply, true);
  op::terraform::RunResult r;
  r.run_id = "terraform-1";
  r.outcome = outcome;
  r.error_class = error_class;
  r.reason = reason;
  r.message = "what terraform says";
  r.inputs_hash = r.retry_key = "x";
  r.finished_at = "2026-11-24T10:00:00Z";
  o.last = r;
  return o;
}

kube::Object seen(crds::Cluster c, const Observation& o) {
  c.status = summarize(c, o, decide(c, o));
  return kube::encode(c);
}

}  // namespace

std::vector<State> cluster_states() {
  using op::terraform::ErrorClass;
  std::vector<State> states;
  states.push_back({"cluster-new", "InProgress", "Progressing", as_created(kube::encode(cluster()))});

  auto o = testing::installed();
  o.run = run(1, RunOperation::Apply, false);
  states.push_back({"cluster-provisioning", "InProgress", "Progressing", seen(cluster(), o)});
  o = failed(RunOutcome::AwaitingApproval, ErrorClass::None, "AwaitingApproval");
  states.push_back({"cluster-awaiting-approval", "Failed", "Suspended", seen(cluster(), o)});
  o = failed(RunOutcome::Failed, ErrorClass::Network, "NetworkError");
  states.push_back({"cluster-tried-again", "InProgress", "Progressing", seen(cluster(), o)});
  o = failed(RunOutcome::Failed, ErrorClass::Authentication, "AuthenticationFailed");
  states.push_back({"cluster-failed", "Failed", "Degraded", seen(cluster(), o)});
  o = ready();
  o.agent.liveness = Liveness::kNeverSeen;
  states.push_back({"cluster-joining", "InProgress", "Progressing", seen(cluster(), o)});
  states.push_back({"cluster-ready", "Current", "Healthy", seen(cluster(), ready())});
  o = ready();
  o.run = run(2, RunOperation::Apply, false);
  o.inputs_hash = "y";
  states.push_back({"cluster-updating", "InProgress", "Progressing", seen(cluster(), o)});
  o.run->operation = RunOperation::Refresh;
  states.push_back({"cluster-changed-during-drift-check", "InProgress", "Progressing", seen(cluster(), o)});
  o.inputs_hash = "x";
  states.push_back({"cluster-drift-check", "Current", "Healthy", seen(cluster(), o)});
  o = ready();
  o.agent.liveness = Liveness::kGone;
  o.agent.message = "last seen 5 minutes ago";
  states.push_back({"cluster-unreachable", "InProgress", "Degraded", seen(cluster(), o)});

  auto suspended = cluster();
  suspended.spec.suspend = true;
  states.push_back({"cluster-suspended", "Current", "Suspended", seen(suspended, ready())});
  states.push_back(
      {"cluster-suspended-before-it-was-made", "Failed", "Suspended", seen(suspended, testing::installed())});

  auto deleting = cluster();
  deleting.metadata.deletion_timestamp = "2026-11-24T10:00:00Z";
  o = ready();
  o.run = run(2, RunOperation::Destroy, false);
  states.push_back({"cluster-deleting", "Terminating", "Progressing", seen(deleting, o)});
  o = ready();
  o.demos = {"u-ada/digits"};
  states.push_back({"cluster-deletion-refused", "Terminating", "Degraded", seen(deleting, o)});
  return states;
}

}  // namespace causeway::gitops
