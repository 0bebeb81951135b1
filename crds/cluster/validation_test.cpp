#include "crds/cluster/validation.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace causeway::crds {
namespace {

Cluster local() {
  Cluster cluster;
  cluster.metadata.name = "lab";
  cluster.spec.source.terraform = TerraformSource{"local", "lab", {}};
  return cluster;
}

TEST(ClusterValidation, AcceptsTheSmallestOne) {
  EXPECT_EQ(to_string(validate(local())), "");
}

TEST(ClusterValidation, UnknownProviderListsTheKnownOnes) {
  Cluster cluster = local();
  cluster.spec.source.terraform->provider = "gcp";
  EXPECT_EQ(
      to_string(validate(cluster)),
      "spec.source.terraform.provider: unknown provider \"gcp\"; accepted: tencentcloud, alicloud, aws, ssh, local");
}

TEST(ClusterValidation, AnInstallationMayHaveProvidersOfItsOwn) {
  Cluster cluster = local();
  cluster.spec.source.terraform->provider = "gcp";
  const std::array<std::string_view, 1> own{"gcp"};
  EXPECT_TRUE(validate(cluster, own).empty());
}

TEST(ClusterValidation, RegionSyntaxIsExplained) {
  Cluster cluster = local();
  cluster.spec.source.terraform->region = "Guangzhou!";
  const FieldErrors errors = validate(cluster);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].path, "spec.source.terraform.region");
  EXPECT_NE(errors[0].accepted.find("lower-case letters"), std::string::npos);
}

TEST(ClusterValidation, NetworksMayNotOverlap) {
  Cluster cluster = local();
  cluster.spec.network = ClusterNetwork{"10.0.0.0/8", "10.200.0.0/16", "172.16.0.0/16"};
  const FieldErrors errors = validate(cluster);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].path, "spec.network.podCIDR");
  cluster.spec.network->cidr = "10.0.0.0/9";
  EXPECT_TRUE(validate(cluster).empty());
}

TEST(ClusterValidation, ReportsEverythingAtOnce) {
  Cluster cluster = local();
  cluster.spec.terraform.timeouts.apply = "5s";
  cluster.spec.terraform.drift_interval = "10s";
  cluster.spec.budget = Budget{.hourly = "-1", .currency = "dollar", .on_exceed = BudgetAction::Warn};
  std::vector<std::string> paths;
  for (const FieldError& error : validate(cluster)) paths.push_back(error.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"spec.budget.hourly", "spec.budget.currency",
                                             "spec.terraform.timeouts.apply", "spec.terraform.driftInterval"}));
}

TEST(ClusterUpdate, RoleSourceAndNetworkStay) {
  const Cluster before = local();
  Cluster after = before;
  after.spec.description = "changed";
  EXPECT_TRUE(validate_update(before, after).empty());
  after.spec.role = ClusterRole::Management;
  after.spec.source.terraform->region = "elsewhere";
  after.spec.network.emplace();
  EXPECT_EQ(validate_update(before, after).size(), 3U);
}

TEST(ClusterDefaults, ProtectionFollowsTheProvider) {
  Cluster cluster = local();
  EXPECT_FALSE(is_protected(cluster));
  cluster.spec.source.terraform->provider = "aws";
  EXPECT_TRUE(is_protected(cluster));
  set_defaults(cluster);
  EXPECT_EQ(cluster.spec.protected_, true);
  cluster.spec.protected_ = false;
  set_defaults(cluster);
  EXPECT_EQ(cluster.spec.protected_, false);
}

TEST(ClusterRegion, ComesFromSourceThenLabelThenName) {
  Cluster cluster = local();
  EXPECT_EQ(region_of(cluster), "lab");
  cluster.metadata.name = "edge";
  cluster.spec.source = ClusterSource{std::nullopt, KubeconfigRef{"k"}, std::nullopt};
  EXPECT_EQ(region_of(cluster), "edge");
  EXPECT_EQ(provider_of(cluster), "");
  cluster.metadata.labels["causeway.dev/region"] = "basement";
  EXPECT_EQ(region_of(cluster), "basement");
}

TEST(ClusterStatus, BeforeTheFirstVisitSaysSo) {
  const auto status = kube::to_json(ClusterStatus{});
  EXPECT_EQ(status.at("observedGeneration").as_int64(), -1);
  EXPECT_EQ(status.at("phase").as_string(), "Pending");
}

}  // namespace
}  // namespace causeway::crds
