#include "operator/demo/rollout.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/demo/deletion.hpp"
#include "operator/demo/testing.hpp"

namespace causeway::op::demo {
namespace {

using crds::Assignment;
using crds::Desired;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A hub as the plan sees it: what is planned is carried out, regions report when told to.
struct World : ::testing::Test {
  crds::Demo demo = testing::demo();
  crds::Cluster one = testing::cluster("local-1"), two = testing::cluster("local-2");
  std::vector<const crds::Cluster*> chosen{&one};
  std::map<std::string, const crds::Cluster*> clusters{{"cluster-local-1-", &one}, {"cluster-local-2-", &two}};
  std::map<std::string, Assignment> assignments;  // by namespace
  DeploymentRecord wanted = testing::record();
  NameState name;
  base::WallTime now{};

  RolloutPlan plan() {
    RolloutFacts facts;
    facts.demo = &demo;
    facts.owner = "ada";
    facts.host = "digits--ada.localhost";
    facts.url = "http://digits--ada.localhost";
    facts.wanted = wanted;
    facts.chosen = chosen;
    facts.clusters = clusters;
    for (auto& [ns, a] : assignments) facts.assignments.push_back(&a);
    facts.name = name;
    facts.now = now;
    return plan_rollout(facts);
  }
  RolloutPlan step() {
    auto p = plan();
    for (const auto& wanted_now : p.apply) {
      auto& a = assignments[wanted_now.metadata.namespace_];
      if (!(a.spec == wanted_now.spec)) ++a.metadata.generation;
      const auto generation = a.metadata.generation;
      a.metadata = wanted_now.metadata;
      a.metadata.generation = generation;
      a.spec = wanted_now.spec;
    }
    if (p.switch_name) name = {true, *p.switch_name, now};
    for (const auto& key : p.forget) assignments.erase(key.ns);
    return p;
  }
  Assignment& in(const crds::Cluster& cluster) { return assignments.at(crds::cluster_namespace(cluster.metadata.uid)); }
  bool has(const crds::Cluster& cluster) { return assignments.contains(crds::cluster_namespace(cluster.metadata.uid)); }
  void deploy() {
    step();
    testing::report_running(in(one));
    step();
  }
};

TEST_F(World, FirstTheCopyThenTheName) {
  auto p = step();
  ASSERT_EQ(p.apply.size(), 1u);
  EXPECT_EQ(p.apply[0].metadata.namespace_, "cluster-local-1-");
  EXPECT_EQ(p.apply[0].spec.epoch, 1);
  EXPECT_EQ(p.apply[0].spec.deployment, "digits-1");
  EXPECT_EQ(p.apply[0].spec.tenant_namespace, "u-ada");
  EXPECT_THAT(p.apply[0].spec.hosts, ElementsAre("digits--ada.localhost"));
  EXPECT_FALSE(p.switch_name) << "nothing answers yet";
  testing::report_running(in(one));
  p = step();
  EXPECT_THAT(p.apply, IsEmpty());
  ASSERT_TRUE(p.switch_name);
  EXPECT_THAT(*p.switch_name, ElementsAre("10.0.0.1"));
}

TEST_F(World, AtRestNothingIsWritten) {
  deploy();
  const auto p = plan();
  EXPECT_THAT(p.apply, IsEmpty());
  EXPECT_THAT(p.forget, IsEmpty());
  EXPECT_FALSE(p.switch_name);
  EXPECT_FALSE(p.again);
}

TEST_F(World, ANewVersionKeepsEpochAndName) {
  deploy();
  wanted = testing::record("digits-2");
  const auto p = step();
  ASSERT_EQ(p.apply.size(), 1u);
  EXPECT_EQ(p.apply[0].spec.epoch, 1);
  EXPECT_EQ(p.apply[0].spec.deployment, "digits-2");
  EXPECT_FALSE(p.switch_name);
}

TEST_F(World, AMoveStartsSwitchesDrainsRemovesForgets) {
  deploy();
  chosen = {&two};
  auto p = step();
  ASSERT_EQ(p.apply.size(), 1u) << "the old copy is left alone";
  EXPECT_EQ(in(two).spec.epoch, 2);
  EXPECT_FALSE(p.switch_name);
  EXPECT_EQ(in(one).spec.desired, Desired::Running);

  testing::report_running(in(two));
  p = step();
  ASSERT_TRUE(p.switch_name);
  EXPECT_THAT(*p.switch_name, ElementsAre("10.0.0.2"));
  EXPECT_EQ(in(one).spec.desired, Desired::Running) << "not in the same breath as the switch";

  now += std::chrono::seconds(5);
  p = step();
  EXPECT_EQ(in(one).spec.desired, Desired::Running) << "requests under way under the old name are served";
  ASSERT_TRUE(p.again);
  EXPECT_EQ(*p.again, kDrain - std::chrono::seconds(5));

  now += kDrain;
  p = step();
  EXPECT_EQ(in(one).spec.desired, Desired::Absent);
  EXPECT_EQ(in(one).spec.epoch, 1);
  p = step();
  EXPECT_TRUE(has(one)) << "not before the region reported";
  testing::report_absent(in(one));
  p = step();
  EXPECT_FALSE(has(one));
  EXPECT_TRUE(has(two));
}

TEST_F(World, AReportOfAnOlderWishIsNoAcknowledgement) {
  deploy();
  chosen = {&two};
  step();
  testing::report_running(in(two));
  step();
  now += kDrain;
  step();
  ASSERT_EQ(in(one).spec.desired, Desired::Absent);
  in(one).status.stage = crds::AssignmentStage::Absent;  // generation not observed
  EXPECT_THAT(plan().forget, IsEmpty());
}

TEST_F(World, ACopyThatDoesNotComeUpLeavesTheOldOneAndItsName) {
  deploy();
  chosen = {&two};
  step();
  in(two).status.observed_epoch = 2;
  in(two).status.stage = crds::AssignmentStage::RuntimeError;
  now += std::chrono::hours(1);
  const auto p = step();
  EXPECT_THAT(p.apply, IsEmpty());
  EXPECT_FALSE(p.switch_name);
  EXPECT_EQ(in(one).spec.desired, Desired::Running);
}

TEST_F(World, MovingBackWhileBeingRemovedOverrulesTheRemoval) {
  deploy();
  chosen = {&two};
  step();
  testing::report_running(in(two));
  step();
  now += kDrain;
  step();
  ASSERT_EQ(in(one).spec.desired, Desired::Absent);
  chosen = {&one};
  step();
  EXPECT_EQ(in(one).spec.desired, Desired::Running);
  EXPECT_EQ(in(one).spec.epoch, 3) << "above every epoch there was";
}

TEST_F(World, TwoRegionsAreOneName) {
  deploy();
  chosen = {&one, &two};
  step();
  EXPECT_THAT(name.targets, ElementsAre("10.0.0.1"));
  testing::report_running(in(two));
  step();
  EXPECT_THAT(name.targets, ElementsAre("10.0.0.1", "10.0.0.2"));
  // One of them becomes unreachable: the name leads to the other.
  one.status.conditions.clear();
  step();
  EXPECT_THAT(name.targets, ElementsAre("10.0.0.2"));
}

TEST_F(World, TheOnlyRegionBeingAwayChangesNothing) {
  deploy();
  one.status.conditions.clear();
  const auto p = plan();
  EXPECT_FALSE(p.switch_name);
  EXPECT_THAT(p.apply, IsEmpty());
}

TEST_F(World, AClusterThatIsGoneTakesItsAssignmentAlong) {
  deploy();
  clusters.erase("cluster-local-1-");
  chosen = {&two};
  const auto p = step();
  EXPECT_FALSE(has(one));
  EXPECT_TRUE(has(two));
  EXPECT_EQ(in(two).spec.epoch, 2);
}

TEST_F(World, NowhereToGoMeansToStay) {
  deploy();
  chosen.clear();
  const auto p = step();
  EXPECT_THAT(p.apply, IsEmpty());
  EXPECT_THAT(p.forget, IsEmpty());
  EXPECT_EQ(in(one).spec.desired, Desired::Running);
}

TEST_F(World, AnExclusiveDemoLeavesBeforeItArrives) {
  demo.spec.exclusive = true;
  deploy();
  chosen = {&two};
  step();
  EXPECT_EQ(in(one).spec.desired, Desired::Absent);
  EXPECT_FALSE(has(two));
  step();
  EXPECT_FALSE(has(two)) << "not on time alone";
  testing::report_absent(in(one));
  step();
  step();
  EXPECT_FALSE(has(one));
  EXPECT_TRUE(has(two));
}

TEST_F(World, PausedAndRestartedAreOfTheMoment) {
  deploy();
  demo.spec.paused = true;
  demo.spec.restarted_at = "2026-11-24T10:00:00Z";
  const auto p = step();
  ASSERT_EQ(p.apply.size(), 1u);
  EXPECT_TRUE(p.apply[0].spec.paused);
  EXPECT_EQ(p.apply[0].spec.restarted_at, "2026-11-24T10:00:00Z");
  EXPECT_EQ(p.apply[0].spec.deployment, "digits-1");
}

TEST_F(World, EpochsGoOnFromWhatWasEverReported) {
  demo.status.placements = {{.cluster = "x",
                             .cluster_namespace = {},
                             .cluster_uid = {},
                             .epoch = 7,
                             .stage = crds::DemoStage::Running,
                             .ready = true,
                             .url = {},
                             .deployment = {},
                             .message = {}}};
  step();
  EXPECT_EQ(in(one).spec.epoch, 8);
}

TEST_F(World, SecretsAreNamedShortAndUnique) {
  const std::string secret(200, 's');
  EXPECT_LE(copied_secret_name(demo, secret).size(), 63u);
  auto other = demo;
  other.metadata.namespace_ = "u-eve";
  EXPECT_NE(copied_secret_name(demo, secret), copied_secret_name(other, secret));
}

TEST_F(World, DeletionAsksWaitsAndForgets) {
  deploy();
  const auto plan_now = [&] { return plan_deletion({&in(one)}, clusters); };
  auto p = plan_now();
  ASSERT_EQ(p.apply.size(), 1u);
  EXPECT_EQ(p.apply[0].spec.desired, Desired::Absent);
  EXPECT_FALSE(p.workloads_gone);
  in(one).spec = p.apply[0].spec;
  ++in(one).metadata.generation;
  p = plan_now();
  EXPECT_THAT(p.apply, IsEmpty());
  EXPECT_THAT(p.forget, IsEmpty());
  EXPECT_THAT(p.message, ::testing::HasSubstr("waiting for causeway-system/local-1"));
  one.status.conditions.clear();
  EXPECT_THAT(plan_now().message, ::testing::HasSubstr("cannot be reached"));
  testing::report_absent(in(one));
  EXPECT_EQ(plan_now().forget.size(), 1u);
  clusters.clear();
  EXPECT_EQ(plan_now().forget.size(), 1u) << "a Cluster that is gone has nothing to report";
  EXPECT_TRUE(plan_deletion({}, clusters).workloads_gone);
}

}  // namespace
}  // namespace causeway::op::demo
