#include "operator/demo/build_plan.hpp"

#include <gtest/gtest.h>

namespace causeway::op::demo {
namespace {

using Action = BuildDecision::Action;
using Phase = build::JobView::Phase;
using build::BuildReason;

const base::WallTime kNow = *base::parse_time("2026-11-24T10:10:00Z");

build::JobView job(Phase phase, BuildReason reason = BuildReason::None, std::string finished = "2026-11-24T10:09:30Z") {
  build::JobView view;
  view.phase = phase;
  view.finished_at = std::move(finished);
  view.result.reason = reason;
  view.result.message = "why";
  return view;
}

TEST(BuildPlan, ARecordedImageIsUsedWithoutAsking) {
  BuildFacts facts;
  facts.recorded_image = "r/x@sha256:1";
  facts.registry_down = true;
  const auto d = plan_build(facts, kNow);
  EXPECT_EQ(d.action, Action::kUse);
  EXPECT_EQ(d.image, "r/x@sha256:1");
  EXPECT_TRUE(d.cache_hit);
}

TEST(BuildPlan, WithoutAJobTheRegistryIsAskedFirst) {
  BuildFacts facts;
  EXPECT_EQ(plan_build(facts, kNow).action, Action::kAskRegistry);
  facts.tagged_image = "";
  EXPECT_EQ(plan_build(facts, kNow).action, Action::kCreate);
  facts.tagged_image = "r/x@sha256:2";
  EXPECT_EQ(plan_build(facts, kNow).action, Action::kUse);
}

TEST(BuildPlan, ARegistryThatIsDownIsWaitedFor) {
  BuildFacts facts;
  facts.registry_down = true;
  const auto d = plan_build(facts, kNow);
  EXPECT_EQ(d.action, Action::kWait);
  EXPECT_EQ(d.reason, BuildReason::RegistryUnavailable);
  EXPECT_TRUE(d.again);
}

TEST(BuildPlan, AJobThatRunsIsWaitedFor) {
  BuildFacts facts;
  facts.job = job(Phase::kRunning);
  EXPECT_EQ(plan_build(facts, kNow).action, Action::kWait);
  facts.job = job(Phase::kWaiting);
  facts.job->message = "no node";
  EXPECT_EQ(plan_build(facts, kNow).message, "no node");
}

TEST(BuildPlan, TheDigestOfTheJobIsUsed) {
  BuildFacts facts;
  facts.job = job(Phase::kSucceeded);
  facts.job->result.image = "r/x";
  facts.job->result.digest = "sha256:3";
  EXPECT_EQ(plan_build(facts, kNow).image, "r/x@sha256:3");
  EXPECT_FALSE(plan_build(facts, kNow).cache_hit);
}

TEST(BuildPlan, ALostAnswerIsLookedUpOrBuiltAgain) {
  BuildFacts facts;
  facts.job = job(Phase::kSucceeded);
  EXPECT_EQ(plan_build(facts, kNow).action, Action::kAskRegistry);
  facts.tagged_image = "r/x@sha256:4";
  EXPECT_EQ(plan_build(facts, kNow).action, Action::kUse);
  facts.tagged_image = "";
  EXPECT_EQ(plan_build(facts, kNow).action, Action::kRetry);
}

TEST(BuildPlan, PassingFailuresAreRetriedAfterAWhile) {
  BuildFacts facts;
  facts.job = job(Phase::kFailed, BuildReason::GitUnavailable);
  auto d = plan_build(facts, kNow);
  EXPECT_EQ(d.action, Action::kWait);
  ASSERT_TRUE(d.again);
  EXPECT_EQ(*d.again, std::chrono::seconds(30));
  EXPECT_EQ(plan_build(facts, kNow + std::chrono::seconds(30)).action, Action::kRetry);
}

TEST(BuildPlan, FinalFailuresAreNotUnlessAskedFor) {
  BuildFacts facts;
  facts.job = job(Phase::kFailed, BuildReason::DockerfileFailed);
  EXPECT_EQ(plan_build(facts, kNow + std::chrono::hours(24)).action, Action::kFailed);
  facts.restarted_at = "2026-11-24T10:00:00Z";
  EXPECT_EQ(plan_build(facts, kNow).action, Action::kFailed) << "asked before it failed";
  facts.restarted_at = "2026-11-24T10:09:59Z";
  EXPECT_EQ(plan_build(facts, kNow).action, Action::kRetry);
}

}  // namespace
}  // namespace causeway::op::demo
