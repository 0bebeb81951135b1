#include <gtest/gtest.h>

#include "operator/cluster/testing.hpp"

namespace causeway::op::cluster {
namespace {

using namespace testing;
using crds::ClusterPhase;

TEST(Deletion, DestroysThenTearsDown) {
  auto o = ready();
  auto d = decide(deleting(), o);
  EXPECT_EQ(d.phase, ClusterPhase::Deleting);
  EXPECT_EQ(d.start, (StartRun{RunOperation::Destroy, 2, 0}));
  EXPECT_FALSE(d.tear_down);

  o.run = job(2, RunOperation::Destroy, false);
  d = decide(deleting(), o);
  EXPECT_FALSE(d.start || d.tear_down);

  o.run->ended = true;
  o.last = result(2, RunOperation::Destroy, RunOutcome::Succeeded);
  d = decide(deleting(), o);
  EXPECT_FALSE(d.start);
  EXPECT_TRUE(d.tear_down);
  EXPECT_TRUE(d.infrastructure.destroyed);
}

TEST(Deletion, OnceDestroyedItStaysDestroyed) {
  auto c = deleting();
  kube::set_condition(c.status.conditions,
                      {.type = "InfrastructureReady",
                       .status = "False",
                       .observed_generation = 1,
                       .last_transition_time = {},
                       .reason = "Destroyed",
                       .message = ""},
                      kNow);
  c.status.last_run = crds::ClusterRun{};
  auto o = nothing();
  o.run_namespace = NamespaceState::kTerminating;
  EXPECT_TRUE(decide(c, o).tear_down);
  o.run_namespace = NamespaceState::kAbsent;
  EXPECT_TRUE(decide(c, o).tear_down);
}

TEST(Deletion, WaitsForARunAndMakesUpForAnInterruptedOne) {
  auto o = nothing();
  o.run_namespace = NamespaceState::kActive;
  o.run = job(1, RunOperation::Apply, false);
  EXPECT_FALSE(decide(deleting(), o).start) << "one run at a time";
  o.run->ended = true;
  o.marker = true;
  EXPECT_EQ(decide(deleting(), o).start, (StartRun{RunOperation::Destroy, 2, 0}))
      << "the run applies again first by itself";
}

TEST(Deletion, OfWhatNeverBeganIsQuick) {
  auto o = nothing();
  o.provider_known = false;
  EXPECT_TRUE(decide(deleting(), o).tear_down);
  o.run_namespace = NamespaceState::kActive;
  EXPECT_TRUE(decide(deleting(), o).tear_down);
}

TEST(Deletion, FailsAndTriesAgainLikeAnyRun) {
  auto o = ready();
  o.run = job(2, RunOperation::Destroy, true);
  o.last = result(2, RunOperation::Destroy, RunOutcome::Failed, ErrorClass::Network);
  EXPECT_EQ(decide(deleting(), o).health, Health::kWaiting);
  o.last = result(2, RunOperation::Destroy, RunOutcome::Failed, ErrorClass::Authentication);
  auto d = decide(deleting(), o);
  EXPECT_EQ(d.health, Health::kStalled);
  EXPECT_EQ(d.reason, "AuthenticationFailed");
  EXPECT_FALSE(d.tear_down);
}

TEST(Deletion, RefusedWhileDemosRun) {
  auto o = ready();
  for (int i = 0; i < 7; ++i) o.demos.push_back("u-ada/demo" + std::to_string(i));
  auto d = decide(deleting(), o);
  EXPECT_EQ(d.deletion, Deletion::kRefused);
  EXPECT_EQ(d.reason, "DemosRunning");
  EXPECT_NE(d.message.find("u-ada/demo4 and 2 more"), std::string::npos) << d.message;
  EXPECT_FALSE(d.start || d.tear_down);
}

TEST(Deletion, WaitsForDemosToLeaveARegionThatIsThere) {
  auto o = ready();
  o.demos_leaving = 1;
  EXPECT_FALSE(decide(deleting(), o).start);
  o.agent.liveness = Liveness::kGone;
  EXPECT_TRUE(decide(deleting(), o).start) << "one that is gone will never say so";
}

TEST(Deletion, RefusedWhileProtected) {
  auto c = deleting();
  c.spec.protected_ = true;
  auto d = decide(c, ready());
  EXPECT_EQ(d.deletion, Deletion::kRefused);
  EXPECT_EQ(d.reason, "Protected");
  c.metadata.annotations[kConfirmDestroy] = "other";
  EXPECT_EQ(decide(c, ready()).deletion, Deletion::kRefused);
  c.metadata.annotations[kConfirmDestroy] = "first";
  EXPECT_TRUE(decide(c, ready()).start);
}

TEST(Deletion, RetainLeavesTheInfrastructure) {
  auto c = deleting();
  c.spec.deletion_policy = crds::DeletionPolicy::Retain;
  auto o = ready();
  EXPECT_TRUE(decide(c, o).tear_down);
  o.run = job(2, RunOperation::Apply, false);
  EXPECT_FALSE(decide(c, o).tear_down) << "not under a run's feet";
}

TEST(Deletion, WithoutItsStateNothingIsPretended) {
  auto c = deleting();
  c.status.last_run = crds::ClusterRun{};
  auto o = nothing();
  auto d = decide(c, o);
  EXPECT_FALSE(d.tear_down);
  EXPECT_EQ(d.reason, "StateLost");
  EXPECT_EQ(d.health, Health::kStalled);
  c.spec.deletion_policy = crds::DeletionPolicy::Retain;
  EXPECT_TRUE(decide(c, o).tear_down);
}

}  // namespace
}  // namespace causeway::op::cluster
