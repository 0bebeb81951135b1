#include "operator/demo/rollout_tracker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/demo/testing.hpp"

namespace causeway::op::demo {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
namespace c = crds::demo_conditions;

class RolloutTrackerTest : public ::testing::Test {
 protected:
  ~RolloutTrackerTest() override { base::trace::set_sink(nullptr); }

  void trace() {
    base::trace::set_sink(std::make_shared<const base::trace::Sink>(
        [this](base::trace::SpanData span) { spans.push_back(std::move(span)); }));
  }
  // The Demo's status becomes `stage`; `type` is the one condition that is True.
  void becomes(crds::DemoStage stage, std::string_view type) {
    auto status = demo.status;
    status.stage = stage;
    status.observed_generation = 1;
    for (const auto condition : {c::kReady, c::kReconciling, c::kStalled}) {
      kube::set_condition(status.conditions,
                          {.type = std::string(condition),
                           .status = condition == type ? "True" : "False",
                           .observed_generation = 1,
                           .last_transition_time = {},
                           .reason = "Why",
                           .message = {}},
                          clock.wall());
    }
    if (build) status.build = build;
    tracker.observe(demo, status);
    demo.status = status;
  }
  std::string metrics_text() const { return metrics.render(); }

  base::ManualClock clock;
  base::MetricsRegistry metrics;
  RolloutTracker tracker{metrics, clock};
  crds::Demo demo = testing::demo();
  std::optional<crds::DemoBuildStatus> build;
  std::vector<base::trace::SpanData> spans;
};

TEST_F(RolloutTrackerTest, ARolloutLastsUntilTheDemoIsAtRest) {
  becomes(crds::DemoStage::Queued, c::kReconciling);
  clock.advance(3s);
  becomes(crds::DemoStage::Building, c::kReconciling);
  clock.advance(20s);
  becomes(crds::DemoStage::AppStarting, c::kReconciling);
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_demo_rollout_duration_seconds_count{outcome=\"Succeeded\"} 0\n"));
  clock.advance(4s);
  becomes(crds::DemoStage::Running, c::kReady);
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_demo_rollout_duration_seconds_sum{outcome=\"Succeeded\"} 27"));
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_demo_stage_duration_seconds_sum{stage=\"Queued\"} 3"));
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_demo_stage_duration_seconds_sum{stage=\"Building\"} 20"));
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_demo_stage_duration_seconds_sum{stage=\"AppStarting\"} 4"));
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_demo_stage_duration_seconds_count{stage=\"NoAppFile\"} 0\n"))
      << "which is what a Demo without a status decodes to";
  clock.advance(1h);
  becomes(crds::DemoStage::Running, c::kReady);
  EXPECT_THAT(metrics_text(), HasSubstr("rollout_duration_seconds_count{outcome=\"Succeeded\"} 1"));
}

TEST_F(RolloutTrackerTest, WhatStallsHasFailed) {
  becomes(crds::DemoStage::Building, c::kReconciling);
  clock.advance(5s);
  becomes(crds::DemoStage::BuildError, c::kStalled);
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_demo_rollout_duration_seconds_sum{outcome=\"Failed\"} 5"));
}

TEST_F(RolloutTrackerTest, BuildsAreCountedOnce) {
  tracker.build_started();
  build = crds::DemoBuildStatus{.id = "b1", .phase = crds::BuildPhase::Running, .started_at = "2026-01-01T00:00:00Z"};
  becomes(crds::DemoStage::Building, c::kReconciling);
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_builds_ended_total{outcome=\"Succeeded\",reason=\"\"} 0\n"));
  build->phase = crds::BuildPhase::Succeeded;
  build->finished_at = "2026-01-01T00:00:42Z";
  becomes(crds::DemoStage::AppStarting, c::kReconciling);
  becomes(crds::DemoStage::Running, c::kReady);
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_builds_started_total 1\n"));
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_builds_ended_total{outcome=\"Succeeded\",reason=\"\"} 1\n"));
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_build_duration_seconds_sum{outcome=\"Succeeded\"} 42\n"));

  build = crds::DemoBuildStatus{.id = "b2", .phase = crds::BuildPhase::Succeeded, .cache_hit = true};
  becomes(crds::DemoStage::Running, c::kReady);
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_builds_ended_total{outcome=\"Cached\",reason=\"\"} 1\n"));

  build = crds::DemoBuildStatus{.id = "b3",
                                .phase = crds::BuildPhase::Failed,
                                .started_at = "2026-01-01T00:00:00Z",
                                .finished_at = "2026-01-01T00:00:07Z"};
  becomes(crds::DemoStage::BuildError, c::kStalled);
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_builds_ended_total{outcome=\"Failed\",reason=\"Why\"} 1\n"));
}

TEST_F(RolloutTrackerTest, WhatEndedBeforeThisProcessIsNotCounted) {
  demo.status.observed_generation = 1;
  demo.status.stage = crds::DemoStage::Building;
  demo.status.build = build = crds::DemoBuildStatus{.id = "b1", .phase = crds::BuildPhase::Succeeded};
  becomes(crds::DemoStage::Running, c::kReady);
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_builds_ended_total{outcome=\"Succeeded\",reason=\"\"} 0\n"));
  EXPECT_THAT(metrics_text(), HasSubstr("causeway_demo_stage_duration_seconds_count{stage=\"Building\"} 0\n"))
      << "nobody knows how long it was";
}

TEST_F(RolloutTrackerTest, ARolloutIsASpanUnderTheReconcileThatBeganIt) {
  trace();
  std::string handed_on;
  {
    const base::trace::Span reconcile("reconcile demo");
    handed_on = tracker.begin(demo.metadata.key());
    becomes(crds::DemoStage::AppStarting, c::kReconciling);
  }
  const auto rollout = base::trace::parse_traceparent(handed_on);
  ASSERT_TRUE(rollout);
  EXPECT_EQ(tracker.under_way(demo, {}), rollout);
  EXPECT_EQ(tracker.begin(demo.metadata.key()), handed_on) << "one is under way";
  clock.advance(4s);
  becomes(crds::DemoStage::Running, c::kReady);
  EXPECT_EQ(tracker.under_way(demo, {handed_on}), std::nullopt) << "it is at rest";

  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[1].name, "rollout");
  EXPECT_EQ(spans[1].context, *rollout);
  EXPECT_EQ(spans[1].parent_span_id, spans[0].context.span_id);
  EXPECT_EQ(spans[1].end - spans[1].start, 4s);
  EXPECT_EQ(spans[1].attributes.at("causeway.object").as_string(), "u-ada/digits");
}

TEST_F(RolloutTrackerTest, ARestartedOperatorContinuesTheTrace) {
  const base::trace::Context before{std::string(32, 'a'), std::string(16, 'b')};
  becomes(crds::DemoStage::AppStarting, c::kReconciling);
  RolloutTracker restarted(metrics, clock);
  trace();
  clock.advance(10s);
  EXPECT_EQ(restarted.under_way(demo, {"", base::trace::traceparent(before)}), before);
  auto status = demo.status;
  status.conditions.clear();
  restarted.observe(demo, status);
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].context, before);
  EXPECT_EQ(spans[0].end - spans[0].start, 10s) << "since the Demo stopped being at rest";
}

TEST_F(RolloutTrackerTest, ACacheThatLagsBringsNoRolloutBack) {
  trace();
  becomes(crds::DemoStage::AppStarting, c::kReconciling);
  const auto stale = demo;
  becomes(crds::DemoStage::Running, c::kReady);
  EXPECT_EQ(tracker.under_way(stale, {"00-" + std::string(32, 'a') + "-" + std::string(16, 'b') + "-01"}),
            std::nullopt);
  tracker.observe(stale, demo.status);
  EXPECT_THAT(metrics_text(), HasSubstr("rollout_duration_seconds_count{outcome=\"Succeeded\"} 1\n"));
}

TEST_F(RolloutTrackerTest, WithTracingOffNothingIsHandedOn) {
  EXPECT_EQ(tracker.begin(demo.metadata.key()), "");
  EXPECT_EQ(tracker.under_way(demo, {}), std::nullopt);
}

}  // namespace
}  // namespace causeway::op::demo
