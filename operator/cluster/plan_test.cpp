#include <gtest/gtest.h>

#include "operator/cluster/testing.hpp"

namespace causeway::op::cluster {
namespace {

using namespace testing;
using crds::ClusterPhase;

TEST(Plan, AFirstVisitStartsTheFirstRun) {
  const auto d = decide(cluster(), nothing());
  EXPECT_EQ(d.start, (StartRun{RunOperation::Apply, 1, 0}));
  EXPECT_EQ(d.phase, ClusterPhase::Planning);
  EXPECT_EQ(d.health, Health::kBusy);
  EXPECT_FALSE(d.bootstrap);
}

TEST(Plan, ARunUnderWayIsAdoptedAndWaitedFor) {
  auto c = cluster();
  auto o = nothing();
  o.run_namespace = NamespaceState::kActive;
  o.run = job(1, RunOperation::Apply, false);
  auto d = decide(c, o);
  EXPECT_FALSE(d.start);
  EXPECT_EQ(d.phase, ClusterPhase::Planning);

  c.status.last_run = crds::ClusterRun{};
  c.status.last_run->id = "terraform-1";
  c.status.last_run->operation = RunOperation::Apply;
  EXPECT_EQ(decide(c, o).phase, ClusterPhase::Provisioning) << "the run says it applies";
  c.status.last_run->id = "terraform-0";
  EXPECT_EQ(decide(c, o).phase, ClusterPhase::Planning) << "an older run says nothing about this one";

  o.run->waiting = "ImagePullBackOff: no such image";
  EXPECT_NE(decide(c, o).message.find("no such image"), std::string::npos);
  o.run->created = kNow - 2s;
  EXPECT_EQ(decide(c, o).message.find("no such image"), std::string::npos) << "every pod takes a moment";

  // Even if the spec has changed, or is wrong by now: one run at a time.
  o.inputs_hash = "other";
  o.provider_known = false;
  EXPECT_FALSE(decide(c, o).start);
}

TEST(Plan, AppliedItIsBootstrappedAtOnce) {
  auto o = applied();
  o.run->ended = false;  // the result is there a moment before the Job has ended
  auto d = decide(cluster(), o);
  EXPECT_TRUE(d.bootstrap);
  EXPECT_FALSE(d.start);
  EXPECT_EQ(d.phase, ClusterPhase::Bootstrapping);

  o.bootstrapped = "key";
  o.bootstrapped_at = kNow;
  d = decide(cluster(), o);
  EXPECT_FALSE(d.bootstrap);
  EXPECT_EQ(d.phase, ClusterPhase::Joining);

  o.agent.liveness = Liveness::kAlive;
  d = decide(cluster(), o);
  EXPECT_EQ(d.phase, ClusterPhase::Ready);
  EXPECT_EQ(d.health, Health::kGood);
}

TEST(Plan, AtRestNothingIsDoneUntilTheDriftCheck) {
  auto d = decide(cluster(), ready());
  EXPECT_FALSE(d.start || d.bootstrap || d.tear_down);
  ASSERT_TRUE(d.again);
  EXPECT_LE(*d.again, base::Duration(1h));
  auto c = cluster();
  c.spec.terraform.drift_interval = "0s";
  EXPECT_FALSE(decide(c, ready()).again) << "never looked at: nothing to wait for";
}

TEST(Plan, DriftIsLookedForAndCorrectedWhereWanted) {
  auto o = ready();
  o.last->finished_at = o.applied->finished_at = base::format_time(kNow - 2h);
  o.run->created = kNow - 2h;
  auto d = decide(cluster(), o);
  EXPECT_EQ(d.start, (StartRun{RunOperation::Refresh, 2, 0}));
  EXPECT_EQ(d.phase, ClusterPhase::Ready) << "looking disturbs nobody";

  o.run = job(2, RunOperation::Refresh, true);
  o.last = result(2, RunOperation::Refresh, RunOutcome::Succeeded);
  o.last->drifted = {"aws_vpc.main"};
  EXPECT_FALSE(decide(cluster(), o).start) << "reported, not corrected";
  auto c = cluster();
  c.spec.terraform.drift_policy = crds::DriftPolicy::Correct;
  EXPECT_EQ(decide(c, o).start, (StartRun{RunOperation::Apply, 3, 0}));
}

TEST(Plan, AChangedSpecIsAppliedWhileTheRegionWorks) {
  auto o = ready();
  o.inputs_hash = "other";
  o.retry_key = "other";
  auto d = decide(cluster(), o);
  EXPECT_EQ(d.start, (StartRun{RunOperation::Apply, 2, 0}));
  EXPECT_EQ(d.phase, ClusterPhase::Updating);
  EXPECT_EQ(d.region.phase, ClusterPhase::Ready);

  o.run->ended = false;
  d = decide(cluster(), o);
  EXPECT_FALSE(d.start) << "the Job before it has to end first";
  EXPECT_TRUE(d.again);
}

TEST(Plan, AMarkerMeansApplyingAgain) {
  auto o = ready();
  o.marker = true;
  EXPECT_EQ(decide(cluster(), o).start, (StartRun{RunOperation::Apply, 2, 0}));
}

struct FailureCase {
  std::string name;
  RunOutcome outcome;
  ErrorClass error;
  std::int64_t attempt;
  base::Duration ago;
  Health health;
  std::optional<std::int64_t> starts_attempt;
};
class AfterAFailure : public ::testing::TestWithParam<FailureCase> {};

TEST_P(AfterAFailure, AsExpected) {
  const auto& c = GetParam();
  auto o = nothing();
  o.run_namespace = NamespaceState::kActive;
  o.run = job(1, RunOperation::Apply, true);
  o.last = result(1, RunOperation::Apply, c.outcome, c.error, c.ago);
  o.last->attempt = c.attempt;
  const auto infra = decide_infrastructure(cluster(), o);
  EXPECT_EQ(infra.health, c.health);
  ASSERT_EQ(infra.start.has_value(), c.starts_attempt.has_value());
  if (infra.start) {
    EXPECT_EQ(infra.start->attempt, *c.starts_attempt);
    EXPECT_EQ(infra.start->number, 2);
  }
  if (!infra.start) {
    EXPECT_TRUE(infra.again) << "somebody has to come back";
  }

  // Whatever it was: a change of anything that matters is tried at once.
  o.retry_key = "changed";
  const auto changed = decide_infrastructure(cluster(), o);
  EXPECT_EQ(changed.start, (StartRun{RunOperation::Apply, 2, 0}));
}

INSTANTIATE_TEST_SUITE_P(
    Outcomes, AfterAFailure,
    ::testing::Values(
        FailureCase{"network", RunOutcome::Failed, ErrorClass::Network, 0, 1s, Health::kWaiting, {}},
        FailureCase{"networkDue", RunOutcome::Failed, ErrorClass::Network, 0, 6s, Health::kBusy, 1},
        FailureCase{"networkAgain", RunOutcome::Failed, ErrorClass::Network, 3, 30s, Health::kWaiting, {}},
        FailureCase{"networkAgainDue", RunOutcome::Failed, ErrorClass::Network, 3, 41s, Health::kBusy, 4},
        FailureCase{"throttled", RunOutcome::Failed, ErrorClass::Throttling, 0, 1s, Health::kWaiting, {}},
        FailureCase{"locked", RunOutcome::Failed, ErrorClass::Lock, 0, 6s, Health::kBusy, 1},
        FailureCase{"other", RunOutcome::Failed, ErrorClass::Other, 0, 6s, Health::kBusy, 1},
        FailureCase{"manyTimes", RunOutcome::Failed, ErrorClass::Other, 1000, 9min, Health::kWaiting, {}},
        FailureCase{"manyTimesDue", RunOutcome::Failed, ErrorClass::Other, 1000, 10min, Health::kBusy, 1001},
        FailureCase{"credentials", RunOutcome::Failed, ErrorClass::Authentication, 0, 24h, Health::kStalled, {}},
        FailureCase{"configuration", RunOutcome::Failed, ErrorClass::Configuration, 0, 24h, Health::kStalled, {}},
        FailureCase{"quota", RunOutcome::Failed, ErrorClass::Quota, 0, 1min, Health::kStalled, {}},
        FailureCase{"quotaLater", RunOutcome::Failed, ErrorClass::Quota, 0, 15min, Health::kBusy, 1},
        FailureCase{"stateLost", RunOutcome::Failed, ErrorClass::StateLost, 0, 1min, Health::kStalled, {}},
        FailureCase{"stateLostLater", RunOutcome::Failed, ErrorClass::StateLost, 0, 5min, Health::kBusy, 1},
        FailureCase{"interrupted", RunOutcome::Cancelled, ErrorClass::Other, 0, 0s, Health::kBusy, 1},
        FailureCase{"interruptedAgain", RunOutcome::Cancelled, ErrorClass::Other, 1, 1s, Health::kWaiting, {}},
        FailureCase{"approval", RunOutcome::AwaitingApproval, ErrorClass::None, 0, 24h, Health::kApproval, {}}),
    [](const auto& test) { return test.param.name; });

TEST(Plan, ARunThatDiedIsRepeatedAtOnceThenWithPatience) {
  auto o = nothing();
  o.run_namespace = NamespaceState::kActive;
  o.run = job(1, RunOperation::Apply, true);
  o.marker = true;
  EXPECT_EQ(decide(cluster(), o).start, (StartRun{RunOperation::Apply, 2, 1}));
  o.run = job(2, RunOperation::Apply, true, 1);
  auto d = decide(cluster(), o);
  EXPECT_FALSE(d.start);
  EXPECT_EQ(d.reason, "RunDied");
  o.run->last_words = "exit code 3: no terraform in the image";
  EXPECT_NE(decide(cluster(), o).message.find("no terraform in the image"), std::string::npos);
  o.run = job(2, RunOperation::Apply, true, 1, 11s);
  EXPECT_EQ(decide(cluster(), o).start, (StartRun{RunOperation::Apply, 3, 2}));
}

TEST(Plan, NumbersGoOnWhereJobsAreGone) {
  auto o = ready();
  o.run.reset();
  o.last->run_id = o.applied->run_id = "terraform-41";
  o.inputs_hash = o.retry_key = "other";
  EXPECT_EQ(decide(cluster(), o).start, (StartRun{RunOperation::Apply, 42, 0}));
}

TEST(Plan, AClockSetBackDoesNotMeanWaitingForEver) {
  auto o = nothing();
  o.run_namespace = NamespaceState::kActive;
  o.run = job(1, RunOperation::Apply, true);
  o.last = result(1, RunOperation::Apply, RunOutcome::Failed, ErrorClass::Network, -10h);
  EXPECT_TRUE(decide(cluster(), o).start);
}

TEST(Plan, WhatIsWrongOrMissingIsSaid) {
  auto o = nothing();
  o.provider_known = false;
  auto d = decide(cluster(), o);
  EXPECT_FALSE(d.start);
  EXPECT_EQ(d.reason, "UnknownProvider");
  EXPECT_EQ(d.phase, ClusterPhase::Failed);
  EXPECT_EQ(d.message, "there is no provider \"local\" on this platform; there are: local");

  o = nothing();
  o.invalid_inputs = "spec.terraform.variables sets \"region\"";
  d = decide(cluster(), o);
  EXPECT_EQ(d.health, Health::kStalled);
  EXPECT_EQ(d.reason, "InvalidConfiguration");

  o = nothing();
  o.missing_inputs = {"Secret u-ada/aws (spec.credentialsRef)"};
  d = decide(cluster(), o);
  EXPECT_EQ(d.health, Health::kWaiting);
  EXPECT_EQ(d.phase, ClusterPhase::Pending);
  EXPECT_NE(d.message.find("Secret u-ada/aws"), std::string::npos);
  EXPECT_TRUE(d.again);
}

TEST(Plan, AWorkingRegionWorksOnWhenItsInfrastructureCannotBeChanged) {
  auto o = ready();
  o.inputs_hash = "other";
  o.last = result(2, RunOperation::Apply, RunOutcome::Failed, ErrorClass::Quota);
  o.run = job(2, RunOperation::Apply, true);
  auto d = decide(cluster(), o);
  EXPECT_EQ(d.phase, ClusterPhase::Ready);
  EXPECT_EQ(d.region.health, Health::kGood);
  EXPECT_EQ(d.health, Health::kStalled);
  EXPECT_EQ(d.reason, "QuotaExceeded");
}

TEST(Plan, SuspendedNothingIsDone) {
  auto c = cluster();
  c.spec.suspend = true;
  auto d = decide(c, nothing());
  EXPECT_FALSE(d.start || d.bootstrap);
  EXPECT_TRUE(d.suspended);
  EXPECT_EQ(d.reason, "Suspended");
  EXPECT_EQ(decide(c, ready()).phase, ClusterPhase::Ready);
}

TEST(RetryDelay, DoublesAndStops) {
  EXPECT_EQ(retry_delay(1), base::Duration(5s));
  EXPECT_EQ(retry_delay(2), base::Duration(10s));
  EXPECT_EQ(retry_delay(4), base::Duration(40s));
  EXPECT_EQ(retry_delay(8), base::Duration(10min));
  EXPECT_EQ(retry_delay(1'000'000), base::Duration(10min));
  EXPECT_EQ(retry_delay(0), base::Duration(5s));
}

TEST(WorthAVisit, LiveProgressIsNot) {
  auto before = cluster();
  before.status.last_run = crds::ClusterRun{};
  auto after = before;
  after.metadata.resource_version = "2";
  after.status.last_run->done = 3;
  after.status.last_run->current = "x";
  EXPECT_FALSE(worth_a_visit(before, after));
  after.status.last_run->operation = RunOperation::Apply;
  EXPECT_TRUE(worth_a_visit(before, after)) << "from planning to applying";
  after = before;
  after.metadata.annotations["causeway.dev/retry"] = "1";
  EXPECT_TRUE(worth_a_visit(before, after));
}

}  // namespace
}  // namespace causeway::op::cluster
