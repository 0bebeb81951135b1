#include "operator/federation/sightings.hpp"

#include <gtest/gtest.h>

#include "crds/assignment/assignment.hpp"
#include "operator/federation/names.hpp"

namespace causeway::op::federation {
namespace {

using namespace std::chrono_literals;
namespace resources = kube::resources;

const std::string kUid = "0d6f2c1e-5a0b-4b53-9d1c-2f6f5f0f7a11";

kube::Object labelled(const kube::ResourceType& type, std::string_view name) {
  auto o = kube::make_object(type, crds::cluster_namespace(kUid), name);
  o["metadata"].as_object()["labels"] = {{kClusterUidLabel, kUid}};
  return o;
}

kube::Object lease(std::string_view version, bool renewed = true, std::string_view name = kRegionLease) {
  auto o = labelled(resources::kLease, name);
  o["metadata"].as_object()["resourceVersion"] = version;
  if (renewed) o["spec"] = {{"renewTime", "2020-01-01T00:00:00.000000Z"}};  // nobody goes by it
  return o;
}

kube::Object report(const std::string& region_uid) {
  auto o = labelled(resources::kConfigMap, kRegionReport);
  o["data"] = {{"report", R"({"agentVersion":"1","uid":")" + region_uid + "\"}"}};
  return o;
}

kube::Object home(std::string_view region_uid) {
  auto o = labelled(resources::kNamespace, crds::cluster_namespace(kUid));
  o["metadata"].as_object()["annotations"] = {{kRegionUidAnnotation, region_uid}};
  return o;
}

class SightingsTest : public ::testing::Test {
 protected:
  Liveness liveness() const { return sightings.view(kUid).liveness; }
  base::ManualClock clock;
  Sightings sightings{clock};
};

TEST_F(SightingsTest, ALeaseFirstSeenLongAfterTheHubsStartHasItsGrace) {
  clock.advance(10h);
  EXPECT_TRUE(sightings.lease(lease("7")));
  EXPECT_EQ(liveness(), Liveness::kAlive) << "that it was silent for ten hours, nobody has seen";
  clock.advance(39s);
  EXPECT_TRUE(sightings.tick().empty());
  clock.advance(1s);
  EXPECT_EQ(sightings.tick(), std::vector{kUid});
  EXPECT_EQ(liveness(), Liveness::kUnknown) << "the first look is not a renewal";
  clock.advance(5min);
  EXPECT_EQ(liveness(), Liveness::kGone);
}

TEST_F(SightingsTest, TheGraceIsTheLeasesAlsoWhenTheNamespaceIsOlder) {
  sightings.home(home("a"));
  clock.advance(10h);
  sightings.lease(lease("7"));
  EXPECT_EQ(liveness(), Liveness::kAlive);
}

TEST_F(SightingsTest, NeverSeenUntilTheFirstRenewalHoweverLate) {
  EXPECT_EQ(liveness(), Liveness::kNeverSeen);
  sightings.lease(lease("1", false));
  clock.advance(20min);
  EXPECT_EQ(liveness(), Liveness::kNeverSeen);
  EXPECT_TRUE(sightings.lease(lease("2")));
  EXPECT_EQ(liveness(), Liveness::kAlive);
}

TEST_F(SightingsTest, TellsHowLongItHasBeenSilent) {
  EXPECT_EQ(sightings.view(kUid).silence, std::nullopt);
  sightings.lease(lease("1"));
  clock.advance(7s);
  EXPECT_EQ(sightings.view(kUid).silence, 7s);
  sightings.lease(lease("2"));
  EXPECT_EQ(sightings.view(kUid).silence, 0s);
}

TEST_F(SightingsTest, AnotherLeaseWithTheLabelSaysNothing) {
  sightings.lease(lease("1", false));
  sightings.lease(lease("2"));
  sightings.home(home("a"));
  sightings.report(report("a"));
  EXPECT_FALSE(sightings.lease(lease("3", true, "lock-tfstate-default-x1"), true)) << "Terraform's lock";
  EXPECT_EQ(liveness(), Liveness::kAlive);
  EXPECT_EQ(sightings.view(kUid).report.uid, "a");
  clock.advance(50s);
  EXPECT_FALSE(sightings.lease(lease("9", true, "lock-tfstate-default-x1")));
  EXPECT_EQ(liveness(), Liveness::kUnknown) << "and is no sign of life";
}

TEST_F(SightingsTest, WithoutItsLeaseARegionIsNeverSeenAndStillTheOneItIs) {
  sightings.home(home("a"));
  sightings.lease(lease("1"));
  sightings.report(report("b"));
  EXPECT_TRUE(sightings.view(kUid).refused);
  EXPECT_TRUE(sightings.lease(lease("1"), true));
  EXPECT_EQ(liveness(), Liveness::kNeverSeen);
  EXPECT_TRUE(sightings.view(kUid).refused) << "which cluster it is does not hang on the Lease";
}

TEST_F(SightingsTest, WithItsNamespaceEverythingIsForgotten) {
  sightings.home(home("a"));
  sightings.lease(lease("1"));
  sightings.report(report("a"));
  auto run = labelled(resources::kNamespace, crds::run_namespace(kUid));
  EXPECT_FALSE(sightings.home(run, true)) << "a run's namespace is not the region's";
  EXPECT_EQ(liveness(), Liveness::kAlive);
  EXPECT_TRUE(sightings.home(home("a"), true));
  EXPECT_EQ(liveness(), Liveness::kNeverSeen);
  EXPECT_EQ(sightings.view(kUid).report, crds::ClusterAgent{});
}

TEST_F(SightingsTest, AnotherClusterInItsNameIsRefusedUntilTheRightOneReports) {
  sightings.home(home("a"));
  EXPECT_FALSE(sightings.view(kUid).refused);
  EXPECT_TRUE(sightings.report(report("b")));
  EXPECT_TRUE(sightings.view(kUid).refused);
  EXPECT_TRUE(sightings.report(report("a")));
  EXPECT_FALSE(sightings.view(kUid).refused);
  EXPECT_FALSE(sightings.report(report("a"))) << "nothing new";

  sightings.report(report("b"));
  auto broken = report("b");
  broken["data"] = {{"report", "{"}};
  EXPECT_FALSE(sightings.report(broken));
  EXPECT_TRUE(sightings.view(kUid).refused);
  EXPECT_TRUE(sightings.report(labelled(resources::kConfigMap, kRegionReport))) << "taken back";
  EXPECT_FALSE(sightings.view(kUid).refused);
}

}  // namespace
}  // namespace causeway::op::federation
