#pragma once
// Clusters and what was observed of them, for the tests of this folder.

#include "operator/cluster/plan.hpp"

namespace causeway::op::cluster::testing {

using crds::RunOperation;
using federation::Liveness;
using terraform::ErrorClass;
using terraform::RunOutcome;
using namespace std::chrono_literals;

inline const base::WallTime kNow = *base::parse_time("2026-11-24T10:00:00Z");

inline crds::Cluster cluster() {
  crds::Cluster c;
  c.metadata.name = "first";
  c.metadata.namespace_ = "u-ada";
  c.metadata.uid = "0d6f2c1e";
  c.spec.source.terraform = crds::TerraformSource{.provider = "local", .region = "local-1", .zones = {}};
  return c;
}

inline crds::Cluster deleting() {
  auto c = cluster();
  c.metadata.deletion_timestamp = "2026-11-24T09:59:00Z";
  return c;
}

inline terraform::RunResult result(std::int64_t number, RunOperation operation, RunOutcome outcome,
                                   ErrorClass error = ErrorClass::None, base::Duration ago = 1s) {
  terraform::RunResult r;
  r.run_id = terraform::run_name(number);
  r.operation = operation;
  r.outcome = outcome;
  r.error_class = error;
  r.reason = terraform::reason_of(error);
  r.message = "it said so";
  r.inputs_hash = "inputs";
  r.retry_key = "retry";
  r.finished_at = base::format_time(kNow - std::chrono::duration_cast<std::chrono::seconds>(ago));
  return r;
}

inline ObservedRun job(std::int64_t number, RunOperation operation, bool ended, std::int64_t attempt = 0,
                       base::Duration ended_ago = 1s) {
  ObservedRun run;
  run.number = number;
  run.operation = operation;
  run.ended = ended;
  run.attempt = attempt;
  run.created = kNow - 1min;
  run.ended_at = kNow - std::chrono::duration_cast<std::chrono::seconds>(ended_ago);
  return run;
}

inline Observation nothing() {
  Observation o;
  o.now = kNow;
  o.providers = {"local"};
  o.inputs_hash = "inputs";
  o.retry_key = "retry";
  o.bootstrap_wanted = "key";
  return o;
}

inline Observation applied() {
  auto o = nothing();
  o.run_namespace = NamespaceState::kActive;
  o.run = job(1, RunOperation::Apply, true);
  o.last = o.applied = result(1, RunOperation::Apply, RunOutcome::Succeeded);
  o.bundle = true;
  o.access = true;
  return o;
}

inline Observation ready() {
  auto o = applied();
  o.bootstrapped = "key";
  o.bootstrapped_at = kNow - 1min;
  o.agent.liveness = Liveness::kAlive;
  return o;
}

// For what is said of a Cluster. Its region was installed, and nothing is known of a run:
inline Observation installed() {
  Observation o;
  o.now = kNow;
  o.providers = {"local"};
  o.inputs_hash = o.retry_key = "x";
  o.bootstrap_wanted = o.bootstrapped = "key";
  o.bootstrapped_at = o.now;
  return o;
}

// ... and as it is wished, by one run.
inline Observation settled() {
  auto o = installed();
  o.run_namespace = NamespaceState::kActive;
  o.run = ObservedRun{};
  o.run->number = 1;
  o.run->operation = RunOperation::Apply;
  o.run->ended = true;
  terraform::RunResult r;
  r.run_id = "terraform-1";
  r.outcome = RunOutcome::Succeeded;
  r.inputs_hash = r.retry_key = "x";
  r.finished_at = "2026-11-24T09:59:00Z";
  r.plan = crds::ClusterPlan{};
  r.plan->add = 3;
  r.state = crds::TerraformState{.lineage = "l", .serial = 2, .resources = 3};
  o.last = o.applied = r;
  o.access = true;
  o.endpoint = "https://10.41.0.2:6443";
  o.agent.liveness = Liveness::kAlive;
  o.agent.report.version = "1";
  return o;
}

}  // namespace causeway::op::cluster::testing
