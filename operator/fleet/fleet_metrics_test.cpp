#include "operator/fleet/fleet_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::op::fleet {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

template <class T>
std::shared_ptr<T> made(const std::string& name, base::WallTime at) {
  auto object = std::make_shared<T>();
  object->metadata.namespace_ = "ns";
  object->metadata.name = name;
  object->metadata.creation_timestamp = base::format_time(at);
  return object;
}

template <class T>
void condition(T& object, const char* type, const char* status, base::WallTime at) {
  kube::set_condition(object.status.conditions,
                      {.type = type,
                       .status = status,
                       .observed_generation = 0,
                       .last_transition_time = {},
                       .reason = "Why",
                       .message = {}},
                      at);
}

class FleetMetricsTest : public testing::Test {
 protected:
  std::string text() {
    metrics_.update(fleet, now);
    return registry.render();
  }
  const base::WallTime now{std::chrono::hours(24 * 365 * 50)};
  base::MetricsRegistry registry;
  FleetMetrics metrics_{registry};
  Fleet fleet;
};

TEST_F(FleetMetricsTest, CountsByPhaseAndStageAndSaysZero) {
  auto cluster = made<crds::Cluster>("a", now);
  cluster->status.phase = crds::ClusterPhase::Ready;
  fleet.clusters.push_back(cluster);
  auto demo = made<crds::Demo>("d", now);
  demo->status.stage = crds::DemoStage::Running;
  fleet.demos = {demo, demo};
  EXPECT_THAT(text(), HasSubstr("causeway_clusters{phase=\"Ready\"} 1\n"));
  EXPECT_THAT(text(), HasSubstr("causeway_clusters{phase=\"Failed\"} 0\n"));
  EXPECT_THAT(text(), HasSubstr("causeway_demos{stage=\"Running\"} 2\n"));
  EXPECT_THAT(text(), HasSubstr("causeway_assignments{stage=\"Absent\"} 0\n"));
  fleet.demos.clear();
  EXPECT_THAT(text(), HasSubstr("causeway_demos{stage=\"Running\"} 0\n"));
}

TEST_F(FleetMetricsTest, TheOneThatWaitsLongest) {
  auto younger = made<crds::Demo>("a", now - 2min), older = made<crds::Demo>("b", now - 1h);
  condition(*older, "Ready", "False", now - 20min);
  auto stalled = made<crds::Demo>("c", now - 2h);
  condition(*stalled, "Ready", "False", now - 90min);
  condition(*stalled, "Stalled", "True", now - 90min);
  auto good = made<crds::Demo>("d", now - 5h), paused = made<crds::Demo>("e", now - 5h);
  condition(*good, "Ready", "True", now - 5h);
  condition(*paused, "Ready", "False", now - 5h);
  paused->spec.paused = true;
  fleet.demos = {younger, older, stalled, good, paused};
  EXPECT_THAT(text(), HasSubstr("causeway_longest_not_ready_seconds{kind=\"Demo\",stalled=\"false\"} 1200\n"));
  EXPECT_THAT(text(), HasSubstr("causeway_longest_not_ready_seconds{kind=\"Demo\",stalled=\"true\"} 5400\n"));
  EXPECT_THAT(text(), HasSubstr("causeway_longest_not_ready_seconds{kind=\"Cluster\",stalled=\"true\"} 0\n"));
}

TEST_F(FleetMetricsTest, WhatIsDeletedIsCountedAsThat) {
  auto cluster = made<crds::Cluster>("a", now - 5h);
  cluster->metadata.deletion_timestamp = base::format_time(now - 10min);
  fleet.clusters.push_back(cluster);
  EXPECT_THAT(text(), HasSubstr("causeway_longest_deletion_seconds{kind=\"Cluster\"} 600\n"));
  EXPECT_THAT(text(), HasSubstr("causeway_longest_not_ready_seconds{kind=\"Cluster\",stalled=\"false\"} 0\n"));
}

TEST_F(FleetMetricsTest, AClusterThatIsGoneHasNoHeartbeat) {
  fleet.silences = {{{"ns", "a"}, 12s}, {{"ns", "b"}, 3s}};
  EXPECT_THAT(text(), HasSubstr("causeway_region_heartbeat_age_seconds{cluster=\"a\",cluster_namespace=\"ns\"} 12\n"));
  fleet.silences = {{{"ns", "b"}, 4s}};
  const auto now_text = text();
  EXPECT_THAT(now_text, HasSubstr("causeway_region_heartbeat_age_seconds{cluster=\"b\",cluster_namespace=\"ns\"} 4\n"));
  EXPECT_THAT(now_text, Not(HasSubstr("cluster=\"a\"")));
}

TEST_F(FleetMetricsTest, DriftIsCounted) {
  auto cluster = made<crds::Cluster>("a", now);
  condition(*cluster, "Drifted", "True", now);
  fleet.clusters = {cluster, made<crds::Cluster>("b", now)};
  EXPECT_THAT(text(), HasSubstr("causeway_clusters_drifted 1\n"));
}

}  // namespace
}  // namespace causeway::op::fleet
