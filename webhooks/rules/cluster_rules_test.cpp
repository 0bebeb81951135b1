#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhooks/rules/rules.hpp"
#include "webhooks/rules/testing.hpp"

namespace causeway::webhooks {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing::World;

TEST(ClusterRules, WrongFieldsAreErrors) {
  EXPECT_THAT(judge_cluster(nullptr, testing::cluster("a", "local-1")).errors, IsEmpty());
  const auto verdict = judge_cluster(nullptr, testing::cluster("a", "r-1", "moon"));
  ASSERT_EQ(verdict.errors.size(), 1u);
  EXPECT_EQ(verdict.errors[0].path, "spec.source.terraform.provider");
  EXPECT_THAT(verdict.errors[0].accepted, HasSubstr("local"));
}

TEST(ClusterRules, LegalAndUnwiseInACloud) {
  auto cloud = testing::cluster("a", "ap-guangzhou", "tencentcloud");
  cloud.spec.protected_ = false;
  cloud.spec.approval = crds::ApprovalPolicy::Auto;
  cloud.spec.terraform.drift_interval = "0s";
  cloud.spec.terraform.variables = {{"db_password", "x"}};
  EXPECT_THAT(
      judge_cluster(nullptr, cloud).warnings,
      ElementsAre(StartsWith("spec.credentialsRef: "), StartsWith("spec.endpoint.allowedCIDRs: "),
                  StartsWith("spec.protected: "), StartsWith("spec.approval: "),
                  StartsWith("spec.terraform.driftInterval: "), StartsWith("spec.terraform.variables.db_password: ")));
  auto local = testing::cluster("a", "local-1");
  local.spec.approval = crds::ApprovalPolicy::Auto;
  EXPECT_THAT(judge_cluster(nullptr, local).warnings, IsEmpty());
}

TEST(ClusterRules, SourceIsForEver) {
  const auto before = testing::cluster("a", "local-1"), now = testing::cluster("a", "local-2");
  const auto verdict = judge_cluster(&before, now);
  ASSERT_EQ(verdict.errors.size(), 1u);
  EXPECT_EQ(verdict.errors[0].path, "spec.source");
}

class ClusterDeletion : public ::testing::Test {
 protected:
  ClusterDeletion() : one(testing::cluster("one", "local-1")), other(testing::cluster("other", "local-2")) {
    world.all_clusters = {one, other};
  }
  std::vector<std::string> refusal() const { return judge_cluster_deletion(one, world).forbidden; }

  const crds::Cluster one, other;
  World world;
};

TEST_F(ClusterDeletion, NotWhileDemosAreThere) {
  EXPECT_THAT(refusal(), IsEmpty());
  const auto placed = testing::placed_demo("digits", "one", "causeway-system");
  world.all_demos = {placed};
  EXPECT_THAT(refusal(), ElementsAre(AllOf(HasSubstr("causeway-system/one runs demos: u-ada/digits"),
                                           HasSubstr("accepted: once"))));
  world.all_demos[0].metadata.deletion_timestamp = "2026-01-01T00:00:00Z";
  EXPECT_THAT(refusal(), IsEmpty());
  world.all_demos[0] = placed;
  world.all_demos[0].status.placements[0].cluster = "other";
  EXPECT_THAT(refusal(), IsEmpty());
}

TEST_F(ClusterDeletion, NamesAFewOfMany) {
  for (int i = 0; i < 9; ++i) {
    world.all_demos.push_back(testing::placed_demo("d" + std::to_string(i), "one", "causeway-system"));
  }
  EXPECT_THAT(refusal(), ElementsAre(HasSubstr("u-ada/d4 and 4 more")));
}

TEST_F(ClusterDeletion, NotWhileItIsTheOnlyPlaceForAPinnedDemo) {
  auto pinned = testing::demo();
  pinned.spec.placement.strategy = crds::PlacementStrategy::Pinned;
  pinned.spec.placement.regions = {"local-1"};
  world.all_demos = {pinned};
  EXPECT_THAT(refusal(), ElementsAre(HasSubstr("u-ada/digits")));
  world.all_demos[0].spec.placement.regions = {"local-1", "local-2"};
  EXPECT_THAT(refusal(), IsEmpty());
  world.all_demos[0].spec.placement.regions = {"local-2"};
  EXPECT_THAT(refusal(), IsEmpty());
  world.all_demos[0].spec.placement.regions = {};
  world.all_demos[0].spec.placement.cluster_selector =
      kube::LabelSelector{.match_labels = {{"a", "b"}}, .match_expressions = {}};
  EXPECT_THAT(refusal(), IsEmpty());
}

}  // namespace
}  // namespace causeway::webhooks
