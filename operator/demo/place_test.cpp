#include "operator/demo/place.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/demo/testing.hpp"

namespace causeway::op::demo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct PlaceTest : ::testing::Test {
  crds::Demo demo = testing::demo();
  crds::Cluster one = testing::cluster("local-1"), two = testing::cluster("local-2"),
                three = testing::cluster("local-3", false);
  std::vector<const crds::Cluster*> all{&one, &two, &three};
};

TEST_F(PlaceTest, ByRegionName) {
  demo.spec.placement.regions = {"local-2"};
  const auto d = place(demo, all, {});
  EXPECT_THAT(d.chosen, ElementsAre(&two));
  EXPECT_FALSE(d.blocker);
  ASSERT_EQ(d.rejections.size(), 1u);
  EXPECT_EQ(d.rejections[0].reason, "OtherRegion");
  EXPECT_EQ(d.rejections[0].count, 2);
}

TEST_F(PlaceTest, AnyRegionTakesTheEmptiestAndStays) {
  one.status.demo_count = 5;
  EXPECT_THAT(place(demo, all, {}).chosen, ElementsAre(&two));
  EXPECT_THAT(place(demo, all, {one.metadata.uid}).chosen, ElementsAre(&one));
}

TEST_F(PlaceTest, OneOfTwoThatStaysDoesNotDependOnCounts) {
  const std::vector<std::string> both{one.metadata.uid, two.metadata.uid};
  one.status.demo_count = 5;
  EXPECT_THAT(place(demo, all, both).chosen, ElementsAre(&one));
  one.status.demo_count = 0;
  EXPECT_THAT(place(demo, all, both).chosen, ElementsAre(&one));
}

TEST_F(PlaceTest, AnUnknownRegionNamesThoseThereAre) {
  demo.spec.placement.regions = {"mars"};
  const auto d = place(demo, all, {});
  ASSERT_TRUE(d.blocker);
  EXPECT_EQ(d.blocker->reason, "NoClusterInRegion");
  EXPECT_EQ(d.blocker->stage, crds::DemoStage::Unschedulable);
  EXPECT_TRUE(d.blocker->stalled);
  EXPECT_THAT(d.blocker->message, HasSubstr("local-1, local-2, local-3"));
}

TEST_F(PlaceTest, ARegionThatIsBeingMadeIsWaitedFor) {
  demo.spec.placement.regions = {"local-3"};
  auto d = place(demo, all, {});
  ASSERT_TRUE(d.blocker);
  EXPECT_EQ(d.blocker->reason, "ClusterNotReady");
  EXPECT_EQ(d.blocker->stage, crds::DemoStage::Queued);
  EXPECT_FALSE(d.blocker->stalled);
  EXPECT_THAT(d.blocker->message, HasSubstr("local-3 is Provisioning"));
  three.status.phase = crds::ClusterPhase::Failed;
  d = place(demo, all, {});
  EXPECT_EQ(d.blocker->stage, crds::DemoStage::Unschedulable);
  EXPECT_TRUE(d.blocker->stalled);
}

TEST_F(PlaceTest, WhereItIsItStaysThoughNotReadyOrClosed) {
  demo.spec.placement.regions = {"local-3"};
  EXPECT_THAT(place(demo, all, {three.metadata.uid}).chosen, ElementsAre(&three));
  demo.spec.placement.regions = {"local-1"};
  one.spec.schedulable = false;
  EXPECT_THAT(place(demo, all, {}).chosen, IsEmpty());
  EXPECT_THAT(place(demo, all, {one.metadata.uid}).chosen, ElementsAre(&one));
  one.metadata.deletion_timestamp = "2026-11-24T10:00:00Z";
  EXPECT_THAT(place(demo, all, {one.metadata.uid}).chosen, IsEmpty());
}

TEST_F(PlaceTest, SeveralClustersAreInSeveralRegions) {
  auto beside = testing::cluster("local-1");
  beside.metadata.name = "local-1b";
  beside.metadata.uid = "beside-1-uid";
  two.status.demo_count = 100;
  demo.spec.placement.cluster_count = 2;
  const auto d = place(demo, {&one, &beside, &two}, {});
  EXPECT_THAT(d.chosen, ElementsAre(&one, &two));
  EXPECT_EQ(d.shortfall, "");
}

TEST_F(PlaceTest, TooFewAreUsedAndSaidSo) {
  demo.spec.placement.cluster_count = 2;
  demo.spec.placement.regions = {"local-1", "local-3"};
  const auto d = place(demo, all, {});
  EXPECT_THAT(d.chosen, ElementsAre(&one));
  EXPECT_THAT(d.shortfall, HasSubstr("in 1 of 2 clusters"));
  EXPECT_THAT(d.shortfall, HasSubstr("local-3 is Provisioning"));
}

TEST_F(PlaceTest, TaintsAndSelectors) {
  one.spec.taints = {{.key = "gpu", .value = "", .effect = crds::TaintEffect::NoSchedule}};
  EXPECT_THAT(place(demo, {&one}, {}).chosen, IsEmpty());
  EXPECT_EQ(place(demo, {&one}, {}).blocker->reason, "NoClusterFits");
  demo.spec.placement.tolerations = {
      {.key = "gpu", .operator_ = crds::TolerationOperator::Exists, .value = {}, .effect = {}}};
  EXPECT_THAT(place(demo, {&one}, {}).chosen, ElementsAre(&one));
  demo.spec.placement.cluster_selector =
      kube::LabelSelector{.match_labels = {{"tier", "gold"}}, .match_expressions = {}};
  EXPECT_THAT(place(demo, {&one}, {}).chosen, IsEmpty());
  one.metadata.labels["tier"] = "gold";
  EXPECT_THAT(place(demo, {&one}, {}).chosen, ElementsAre(&one));
}

TEST_F(PlaceTest, NoClusterAtAll) {
  const auto d = place(demo, {}, {});
  ASSERT_TRUE(d.blocker);
  EXPECT_THAT(d.blocker->message, HasSubstr("no Cluster at all"));
}

TEST_F(PlaceTest, GatewayAddress) {
  EXPECT_EQ(gateway_address(one), "10.0.0.1");
  one.status.outputs.clear();
  one.status.public_ips = {"192.0.2.1"};
  EXPECT_EQ(gateway_address(one), "192.0.2.1");
  one.status.public_ips.clear();
  EXPECT_EQ(gateway_address(one), "");
}

}  // namespace
}  // namespace causeway::op::demo
