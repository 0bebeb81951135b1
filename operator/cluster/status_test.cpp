#include "operator/cluster/status.hpp"

#include <gtest/gtest.h>

#include "operator/cluster/probe.hpp"
#include "operator/cluster/testing.hpp"

namespace causeway::op::cluster {
namespace {

using crds::ClusterPhase;
using crds::RunOperation;
using federation::Liveness;
using terraform::RunOutcome;

crds::Cluster cluster() {
  auto c = testing::cluster();
  c.metadata.generation = 3;
  return c;
}

Observation ready() {
  auto o = testing::settled();
  o.outputs = {{"gateway", {{"scheme", "http"}, {"domain", "localhost"}, {"address", "10.41.0.2"}, {"port", 80}}},
               {"public_ips", {"192.0.2.7"}},
               {"region", "local-1"}};
  return o;
}

crds::ClusterStatus status(const crds::Cluster& c, const Observation& o) {
  return summarize(c, o, decide(c, o));
}

std::string condition(const crds::ClusterStatus& s, std::string_view type) {
  const auto* c = kube::find_condition(s.conditions, type);
  return c ? c->status + " " + c->reason : "missing";
}

TEST(Status, AllConditionsFromTheFirstVisit) {
  for (const auto& o : {testing::installed(), ready()}) {
    const auto s = status(cluster(), o);
    for (const char* type : {"Ready", "InfrastructureReady", "Planned", "Approved", "AgentConnected", "Drifted",
                             "StateHealthy", "Reconciling", "Stalled"}) {
      const auto* c = kube::find_condition(s.conditions, type);
      ASSERT_TRUE(c) << type;
      EXPECT_EQ(c->observed_generation, 3) << type;
      EXPECT_FALSE(c->reason.empty()) << type;
      EXPECT_FALSE(c->last_transition_time.empty()) << type;
    }
    EXPECT_EQ(s.conditions.size(), 9u);
    EXPECT_EQ(s.observed_generation, 3);
  }
}

TEST(Status, OfAReadyCluster) {
  const auto s = status(cluster(), ready());
  EXPECT_EQ(s.phase, ClusterPhase::Ready);
  EXPECT_EQ(condition(s, "Ready"), "True Ready");
  EXPECT_EQ(condition(s, "InfrastructureReady"), "True Applied");
  EXPECT_EQ(condition(s, "Approved"), "True ApprovedByPolicy");
  EXPECT_EQ(condition(s, "Drifted"), "False Applied");
  EXPECT_EQ(condition(s, "Reconciling"), "False AtRest");
  EXPECT_EQ(condition(s, "Stalled"), "False NotStalled");
  ASSERT_TRUE(s.gateway && s.kubeconfig_ref && s.state && s.plan && s.agent);
  EXPECT_EQ(s.gateway->port, 80);
  EXPECT_EQ(s.kubeconfig_ref->name, "outputs");
  EXPECT_EQ(s.kubeconfig_ref->namespace_, s.run_namespace);
  EXPECT_EQ(s.public_ips, std::vector<std::string>{"192.0.2.7"});
  EXPECT_EQ(s.endpoint, "https://10.41.0.2:6443");
}

TEST(Status, IsTheSameWhenNothingChanged) {
  auto c = cluster();
  auto o = ready();
  c.status = status(c, o);
  o.now += std::chrono::hours(1) / 2;
  EXPECT_EQ(status(c, o), c.status) << "status is written when it changes, not when time passes";
}

TEST(Status, LastRunIsTheRunsOwn) {
  auto c = cluster();
  c.status.last_run = crds::ClusterRun{};
  c.status.last_run->id = "terraform-1";
  c.status.last_run->current = "terraform_data.cluster";
  EXPECT_EQ(status(c, ready()).last_run, c.status.last_run);
}

TEST(Status, StalledIsNotReconciling) {
  auto o = testing::installed();
  o.provider_known = false;
  const auto s = status(cluster(), o);
  EXPECT_EQ(condition(s, "Stalled"), "True UnknownProvider");
  EXPECT_EQ(condition(s, "Reconciling"), "False AtRest");
  EXPECT_EQ(condition(s, "Ready"), "False UnknownProvider");
}

TEST(Status, WaitingForApproval) {
  auto o = ready();
  o.applied.reset();
  o.access = false;
  o.last->outcome = RunOutcome::AwaitingApproval;
  o.last->message = "set spec.approvedPlan to …";
  const auto s = status(cluster(), o);
  EXPECT_EQ(s.phase, ClusterPhase::AwaitingApproval);
  EXPECT_EQ(condition(s, "Approved"), "False AwaitingApproval");
  EXPECT_EQ(condition(s, "Stalled"), "True AwaitingApproval") << "nothing happens until a person acts";
  EXPECT_EQ(condition(s, "Planned"), "True PlanMade");
}

TEST(Status, ChangedDuringADriftCheckIsNotSettled) {
  auto o = ready();
  o.run->operation = RunOperation::Refresh;
  o.run->number = 2;
  o.run->ended = false;
  EXPECT_EQ(condition(status(cluster(), o), "Reconciling"), "False AtRest") << "a look changes nothing";
  o.inputs_hash = "other";
  const auto s = status(cluster(), o);
  EXPECT_EQ(condition(s, "Reconciling"), "True RunInProgress") << "the new generation is not applied yet";
  EXPECT_EQ(s.phase, ClusterPhase::Updating);
}

TEST(Status, SuspendedIsSettledOnlyWhenItIsAsWished) {
  auto c = cluster();
  c.spec.suspend = true;
  auto s = status(c, ready());
  EXPECT_EQ(condition(s, "Ready"), "True Ready");
  EXPECT_EQ(condition(s, "Reconciling"), "False Suspended");
  EXPECT_EQ(condition(s, "Stalled"), "False NotStalled");
  s = status(c, testing::installed());
  EXPECT_EQ(condition(s, "Ready"), "False Suspended");
  EXPECT_EQ(condition(s, "Reconciling"), "False Suspended");
  EXPECT_EQ(condition(s, "Stalled"), "True Suspended") << "who waits for Ready would wait for ever";
  auto running = testing::installed();
  running.run = ObservedRun{};
  running.run->number = 1;
  s = status(c, running);
  EXPECT_EQ(condition(s, "Reconciling"), "True RunInProgress") << "what has begun goes on";
  EXPECT_EQ(condition(s, "Stalled"), "False NotStalled");
}

TEST(Status, DriftIsReported) {
  auto o = ready();
  o.last->operation = RunOperation::Refresh;
  o.last->drifted = {"aws_vpc.main"};
  auto s = status(cluster(), o);
  EXPECT_EQ(condition(s, "Drifted"), "True Drifted");
  EXPECT_EQ(condition(s, "Ready"), "True Ready");
  o.last->drifted.clear();
  EXPECT_EQ(condition(status(cluster(), o), "Drifted"), "False NoDrift");
  o.last->outcome = RunOutcome::Failed;
  o.last->reason = "NetworkError";
  EXPECT_EQ(condition(status(cluster(), o), "Drifted"), "Unknown NetworkError");
}

TEST(Status, DestroyedIsSaidBeforeTheRunNamespaceGoes) {
  auto c = cluster();
  c.metadata.deletion_timestamp = "2026-11-24T09:59:00Z";
  auto o = ready();
  o.last->operation = RunOperation::Destroy;
  o.last->run_id = "terraform-2";
  const auto s = status(c, o);
  EXPECT_EQ(s.phase, ClusterPhase::Deleting);
  EXPECT_EQ(condition(s, "InfrastructureReady"), "False Destroyed");
  EXPECT_FALSE(s.kubeconfig_ref);
  c.status = s;
  auto gone = testing::installed();
  EXPECT_TRUE(decide(c, gone).tear_down);
}

TEST(Status, ALostStateIsUnhealthy) {
  auto o = ready();
  o.inputs_hash = "other";
  o.last->outcome = RunOutcome::Failed;
  o.last->error_class = terraform::ErrorClass::StateLost;
  o.last->reason = "StateLost";
  o.last->message = "serial 1 instead of 2";
  const auto s = status(cluster(), o);
  EXPECT_EQ(condition(s, "StateHealthy"), "False StateLost");
  EXPECT_EQ(condition(s, "Ready"), "True Ready") << "what runs, runs";
}

TEST(Probe, CountsEachResultOnce) {
  base::MetricsRegistry metrics;
  Probe probe(metrics);
  auto& ended = metrics.counter("causeway_terraform_runs_ended_total", "Terraform runs that wrote a result",
                                {{"operation", "apply"}, {"outcome", "Succeeded"}, {"reason", "Succeeded"}});
  auto o = ready();
  o.last->reason = "Succeeded";
  probe.saw("a", o);
  EXPECT_EQ(ended.value(), 0) << "it was there before this process";
  o.last->run_id = "terraform-2";
  probe.saw("a", o);
  probe.saw("a", o);
  EXPECT_EQ(ended.value(), 1);
  probe.saw("b", testing::installed());
  probe.saw("b", o);
  EXPECT_EQ(ended.value(), 2) << "its first run ended under our eyes";
}

TEST(Notices, TellSteps) {
  const auto before = status(cluster(), testing::installed());
  const auto after = status(cluster(), ready());
  auto events = notices(before, after);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].reason, "Ready");
  EXPECT_FALSE(events[0].warning);
  EXPECT_TRUE(notices(after, after).empty());

  auto o = testing::installed();
  o.provider_known = false;
  const auto stalled = status(cluster(), o);
  events = notices(before, stalled);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].reason, "UnknownProvider");
  EXPECT_TRUE(events[0].warning);
}

}  // namespace
}  // namespace causeway::op::cluster
