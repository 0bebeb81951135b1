#include "operator/demo/status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/demo/testing.hpp"

namespace causeway::op::demo {
namespace {

using crds::DemoStage;
using ::testing::HasSubstr;
using Action = BuildDecision::Action;
using Phase = build::JobView::Phase;

struct DemoStatusTest : ::testing::Test {
  DemoStatusTest() {
    facts.demo = &demo;
    facts.url = "http://digits--ada.localhost";
    facts.clusters = {{"cluster-local-1-", &one}};
    facts.placement.chosen = {&one};
    facts.name_leads_there = true;
    a.metadata.namespace_ = "cluster-local-1-";
    a.metadata.generation = 1;
    a.spec.epoch = 1;
    a.spec.deployment = "digits-1";
  }
  crds::DemoStatus status() { return status_of(facts); }
  std::string condition(const crds::DemoStatus& s, const char* type) {
    const auto* c = kube::find_condition(s.conditions, type);
    return c ? c->status + " " + c->reason : "absent";
  }
  void serve() {
    facts.wanted = testing::record();
    facts.assignments = {&a};
    testing::report_running(a);
  }
  void build(Action action, std::optional<Phase> phase = {}, build::BuildReason reason = build::BuildReason::None) {
    facts.build = BuildDecision{};
    facts.build->action = action;
    facts.build->reason = reason;
    facts.build->message = "what the build says";
    facts.build_id = "0123456789abcdef";
    facts.job.reset();
    if (phase) {
      facts.job = build::JobView{};
      facts.job->phase = *phase;
      facts.job->started_at = "2026-11-24T10:00:00Z";
    }
    facts.wanted_is_newest = action == Action::kUse;
  }

  crds::Demo demo = testing::demo();
  crds::Cluster one = testing::cluster("local-1");
  crds::Assignment a;
  StatusFacts facts;
};

TEST_F(DemoStatusTest, EveryConditionOnTheFirstVisit) {
  const auto s = status();
  EXPECT_EQ(s.observed_generation, 1);
  for (const char* type : {"Ready", "Built", "Scheduled", "Available", "Reconciling", "Stalled"}) {
    const auto* c = kube::find_condition(s.conditions, type);
    ASSERT_NE(c, nullptr) << type;
    EXPECT_FALSE(c->reason.empty()) << type;
    EXPECT_EQ(c->observed_generation, 1) << type;
  }
}

TEST_F(DemoStatusTest, RunningMeansThatTheRegionSaysSo) {
  serve();
  auto s = status();
  EXPECT_EQ(s.stage, DemoStage::Running);
  EXPECT_EQ(condition(s, "Ready"), "True Serving");
  EXPECT_EQ(condition(s, "Available"), "True Answering");
  EXPECT_EQ(condition(s, "Reconciling"), "False Serving");
  EXPECT_EQ(s.current_deployment, "digits-1");
  EXPECT_EQ(s.revision, std::string(40, 'a'));
  ASSERT_EQ(s.placements.size(), 1u);
  EXPECT_TRUE(s.placements[0].ready);

  ++a.metadata.generation;  // something newer was asked, the region has not said anything to it
  EXPECT_EQ(status().stage, DemoStage::RunningAppStarting);
  EXPECT_EQ(condition(status(), "Ready"), "False Assigned");
  testing::report_running(a);
  a.status.observed_epoch = 0;
  EXPECT_NE(status().stage, DemoStage::Running);
  testing::report_running(a);
  facts.name_leads_there = false;
  EXPECT_NE(status().stage, DemoStage::Running) << "nobody can reach it yet";
}

TEST_F(DemoStatusTest, StagesOfTheFirstBuild) {
  build(Action::kCreate);
  EXPECT_EQ(status().stage, DemoStage::Queued);
  build(Action::kWait, Phase::kWaiting);
  EXPECT_EQ(status().stage, DemoStage::Queued);
  build(Action::kWait, Phase::kRunning);
  auto s = status();
  EXPECT_EQ(s.stage, DemoStage::Building);
  ASSERT_TRUE(s.build);
  EXPECT_EQ(s.build->phase, crds::BuildPhase::Running);
  EXPECT_EQ(s.build->started_at, "2026-11-24T10:00:00Z");
  EXPECT_EQ(condition(s, "Reconciling"), "True Building");
  build(Action::kFailed, Phase::kFailed, build::BuildReason::DockerfileFailed);
  s = status();
  EXPECT_EQ(s.stage, DemoStage::BuildError);
  EXPECT_EQ(condition(s, "Stalled"), "True DockerfileFailed");
  EXPECT_EQ(condition(s, "Built"), "False DockerfileFailed");
  EXPECT_EQ(s.build->phase, crds::BuildPhase::Failed);
  EXPECT_EQ(s.message, "what the build says");
  build(Action::kFailed, Phase::kFailed, build::BuildReason::NoAppFile);
  EXPECT_EQ(status().stage, DemoStage::NoAppFile);
  build(Action::kWait, {}, build::BuildReason::RegistryUnavailable);
  s = status();
  EXPECT_EQ(s.stage, DemoStage::Queued);
  EXPECT_EQ(condition(s, "Ready"), "False RegistryUnavailable");
  EXPECT_EQ(condition(s, "Stalled"), "False RegistryUnavailable");
}

TEST_F(DemoStatusTest, TheOldVersionServesWhileTheNewOneIsMade) {
  serve();
  build(Action::kWait, Phase::kRunning);
  EXPECT_EQ(status().stage, DemoStage::RunningBuilding);
  EXPECT_EQ(condition(status(), "Available"), "True Answering");
  EXPECT_EQ(condition(status(), "Ready"), "False Building");
  build(Action::kFailed, Phase::kFailed, build::BuildReason::DockerfileFailed);
  auto s = status();
  EXPECT_EQ(s.stage, DemoStage::Running);
  EXPECT_EQ(condition(s, "Ready"), "False DockerfileFailed");
  EXPECT_EQ(condition(s, "Stalled"), "True DockerfileFailed");
  EXPECT_THAT(s.message, HasSubstr("serves on"));

  build(Action::kUse);
  a.spec.deployment = "digits-2";
  ++a.metadata.generation;
  facts.wanted = testing::record("digits-2");
  EXPECT_EQ(status().stage, DemoStage::RunningAppStarting);
  // The region: the new one does not come up, the old one serves.
  testing::report_running(a);
  a.status.deployment = "digits-1";
  a.status.reason = "Crashing";
  a.status.message = "ends by itself";
  s = status();
  EXPECT_EQ(s.stage, DemoStage::Running);
  EXPECT_EQ(condition(s, "Ready"), "False Crashing");
  EXPECT_EQ(condition(s, "Stalled"), "True Crashing");
  EXPECT_EQ(condition(s, "Available"), "True Answering");
}

TEST_F(DemoStatusTest, WhatTheRegionReportsOfAFirstStart) {
  serve();
  a.status.ready = false;
  a.status.deployment.clear();
  const auto with = [&](crds::AssignmentStage stage, std::string reason) {
    a.status.stage = stage;
    a.status.reason = std::move(reason);
    return status();
  };
  EXPECT_EQ(with(crds::AssignmentStage::Pending, "").stage, DemoStage::AppStarting);
  EXPECT_EQ(with(crds::AssignmentStage::AppStarting, "GatewayNotReady").stage, DemoStage::AppStarting);
  const auto failed = with(crds::AssignmentStage::RuntimeError, "NeverAnswered");
  EXPECT_EQ(failed.stage, DemoStage::RuntimeError);
  EXPECT_EQ(condition(failed, "Stalled"), "True NeverAnswered");
  EXPECT_EQ(condition(failed, "Available"), "False NothingAnswers");
  EXPECT_EQ(with(crds::AssignmentStage::Unschedulable, "NoCapacity").stage, DemoStage::Unschedulable);
}

TEST_F(DemoStatusTest, BlockersShowWhatAPersonCanDo) {
  facts.resolve_blocker = Blocker{DemoStage::ConfigError, "TemplateNotFound", "there is no template", true};
  auto s = status();
  EXPECT_EQ(s.stage, DemoStage::ConfigError);
  EXPECT_EQ(s.step, "resolve");
  EXPECT_EQ(condition(s, "Stalled"), "True TemplateNotFound");
  serve();
  s = status();
  EXPECT_EQ(s.stage, DemoStage::Running);
  EXPECT_EQ(condition(s, "Ready"), "False TemplateNotFound");
  EXPECT_EQ(condition(s, "Available"), "True Answering");
  facts.resolve_blocker = Blocker{DemoStage::Queued, "GitUnavailable", "git is away", false};
  s = status();
  EXPECT_EQ(condition(s, "Ready"), "True Serving") << "what passes by itself takes nothing from what runs";
  EXPECT_EQ(s.message, "git is away");
}

TEST_F(DemoStatusTest, WhatIsAbsentMayComeAMomentLater) {
  facts.now = *base::parse_time("2026-11-24T10:00:00Z");
  facts.resolve_blocker = Blocker{DemoStage::ConfigError, "TemplateNotFound", "there is no template", true, true};
  const auto look = [&] { return demo.status = status(); };
  EXPECT_EQ(look().stage, DemoStage::ConfigError) << "people are told at once";
  EXPECT_EQ(condition(demo.status, "Stalled"), "False TemplateNotFound");
  EXPECT_EQ(condition(demo.status, "Reconciling"), "True TemplateNotFound");
  facts.now += kAbsencePatience - std::chrono::seconds(1);
  EXPECT_EQ(condition(look(), "Stalled"), "False TemplateNotFound");
  facts.now += std::chrono::seconds(1);
  EXPECT_EQ(condition(look(), "Stalled"), "True TemplateNotFound");
  EXPECT_EQ(condition(demo.status, "Reconciling"), "False TemplateNotFound");
  EXPECT_EQ(condition(look(), "Stalled"), "True TemplateNotFound") << "it does not begin to wait again";

  ++demo.metadata.generation;  // another name that is not there either
  EXPECT_EQ(condition(look(), "Stalled"), "False TemplateNotFound");
  serve();
  facts.resolve_blocker.reset();
  EXPECT_EQ(condition(look(), "Ready"), "True Serving");
}

TEST_F(DemoStatusTest, PlacesThatAreNotThere) {
  facts.wanted = testing::record();
  facts.placement.chosen.clear();
  facts.placement.blocker = Blocker{DemoStage::Unschedulable, "NoClusterInRegion", "no Cluster is in mars", true};
  auto s = status();
  EXPECT_EQ(s.stage, DemoStage::Unschedulable);
  EXPECT_EQ(condition(s, "Scheduled"), "False NoClusterInRegion");
  EXPECT_EQ(condition(s, "Built"), "True Built");
}

TEST_F(DemoStatusTest, ARegionThatIsAwayIsNotCalledRunning) {
  serve();
  one.status.phase = crds::ClusterPhase::Unreachable;
  one.status.conditions.clear();
  const auto s = status();
  EXPECT_EQ(s.stage, DemoStage::RegionOffline);
  EXPECT_EQ(s.placements[0].stage, DemoStage::RegionOffline);
  EXPECT_EQ(condition(s, "Available"), "False NothingAnswers");
}

TEST_F(DemoStatusTest, Paused) {
  demo.spec.paused = true;
  EXPECT_EQ(status().stage, DemoStage::Paused) << "before it ever ran";
  EXPECT_EQ(condition(status(), "Ready"), "True Paused") << "there is nothing to wait for";
  serve();
  a.spec.paused = true;
  ++a.metadata.generation;
  EXPECT_NE(status().stage, DemoStage::Paused) << "pods still run";
  testing::report_running(a);
  a.status.stage = crds::AssignmentStage::Paused;
  a.status.ready = false;
  const auto s = status();
  EXPECT_EQ(s.stage, DemoStage::Paused);
  EXPECT_EQ(condition(s, "Ready"), "True Paused") << "it is as wished";
  EXPECT_EQ(condition(s, "Available"), "False NothingAnswers");
  EXPECT_EQ(condition(s, "Reconciling"), "False Paused");
  EXPECT_EQ(condition(s, "Stalled"), "False Paused");
}

TEST_F(DemoStatusTest, PausingIsNotPausedYet) {
  demo.spec.paused = true;
  serve();
  a.spec.paused = true;
  a.status.ready = false;
  a.status.stage = crds::AssignmentStage::AppStarting;
  const auto s = status();
  EXPECT_EQ(condition(s, "Ready"), "False Pausing");
  EXPECT_EQ(condition(s, "Reconciling"), "True Pausing");
}

TEST_F(DemoStatusTest, AsleepIsAsWished) {
  serve();
  a.status.stage = crds::AssignmentStage::Sleeping;
  a.status.ready = false;
  auto s = status();
  EXPECT_EQ(s.stage, DemoStage::Sleeping);
  EXPECT_EQ(condition(s, "Ready"), "True Sleeping");
  EXPECT_EQ(condition(s, "Reconciling"), "False Sleeping");
  EXPECT_EQ(condition(s, "Available"), "False NothingAnswers");
  a.spec.deployment = "digits-2";
  ++a.metadata.generation;
  s = status();
  EXPECT_EQ(condition(s, "Ready"), "False Assigned") << "the old version sleeps, the new one is not there yet";
  EXPECT_EQ(condition(s, "Reconciling"), "True Assigned");
}

TEST_F(DemoStatusTest, Deleting) {
  demo.metadata.deletion_timestamp = "2026-11-24T10:00:00Z";
  facts.deletion_message = "waiting for local-1";
  EXPECT_EQ(status().stage, DemoStage::Deleting);
  EXPECT_EQ(status().message, "waiting for local-1");
}

TEST_F(DemoStatusTest, NothingMovesWhenOnlyTimePasses) {
  serve();
  build(Action::kUse);
  demo.status = status();
  facts.now = base::WallTime{} + std::chrono::hours(1);
  EXPECT_EQ(status(), demo.status);
}

TEST_F(DemoStatusTest, LongMessagesFit) {
  facts.resolve_blocker = Blocker{DemoStage::ConfigError, "X", std::string(10'000, 'x') + "\xff", true};
  EXPECT_LT(status().message.size(), 3100u);
}

}  // namespace
}  // namespace causeway::op::demo
