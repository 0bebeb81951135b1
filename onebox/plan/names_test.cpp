#include "onebox/plan/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::onebox {
namespace {

using ::testing::HasSubstr;

TEST(InstanceId, IsSixHexCharactersOfThePath) {
  const auto id = instance_id("/srv/causeway");
  EXPECT_EQ(id.size(), 6u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(id, instance_id("/srv/causeway/"));
  EXPECT_EQ(id, instance_id("/srv/./causeway"));
  EXPECT_NE(id, instance_id("/srv/causeway2"));
}

TEST(Names, FitTheKernelsLimitForLinks) {
  const Names names{"a1b2c3"};
  EXPECT_LE(names.link(254).size(), 15u);
  EXPECT_EQ(names.bridge(), "cwa1b2c3");
  EXPECT_EQ(names.netns("hub"), "cw-a1b2c3-hub");
  EXPECT_EQ(names.cgroup("hub"), "/causeway-a1b2c3/hub");
  EXPECT_LE(names.chain("FORWARD").size(), 28u);
  EXPECT_EQ(names.hardware_address(1), "02:63:a1:b2:c3:01");
  EXPECT_EQ(names.hardware_address(254), "02:63:a1:b2:c3:fe");
}

TEST(Names, OfOneInstanceNeverPrefixAnothers) {
  // Cleaning up goes by prefix.
  const Names one{"aaaaaa"}, other{"aaaaab"};
  EXPECT_FALSE(other.link(2).starts_with(one.bridge()));
  EXPECT_FALSE(other.netns("hub").starts_with(one.netns_prefix()));
}

TEST(ClusterId, TakesUidsAndRefusesPaths) {
  EXPECT_TRUE(check_cluster_id("0d5ce7a4-8d54-4d1e-a6e1-2f6d3a4b5c6d"));
  EXPECT_TRUE(check_cluster_id("hub"));
  for (const char* bad : {"", "..", "a/b", "A", "-a", "a-", "a b", "shared"})
    EXPECT_FALSE(check_cluster_id(bad)) << bad;
  EXPECT_FALSE(check_cluster_id(std::string(64, 'a')));
}

TEST(NodeName, IsADnsLabelOfTheClustersName) {
  EXPECT_EQ(node_name("Berlin Mitte", "id"), "berlin-mitte");
  EXPECT_EQ(node_name("--", "some-id"), "some-id");
  EXPECT_EQ(node_name("", "some-id"), "some-id");
  EXPECT_EQ(node_name(std::string(80, 'x'), "id").size(), 63u);
}

TEST(Region, UnknownOneIsAnsweredWithThoseThereAre) {
  EXPECT_TRUE(check_region("local-9"));
  auto refused = check_region("eu-west-1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("eu-west-1"));
  EXPECT_THAT(refused.error().message, HasSubstr("local-1, local-2"));
  EXPECT_FALSE(check_region("local-10"));
}

}  // namespace
}  // namespace causeway::onebox
