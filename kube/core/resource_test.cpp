#include "kube/core/resource.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

TEST(ResourceType, CoreGroupKeepsItsOldPath) {
  EXPECT_EQ(resources::kPod.api_version(), "v1");
  EXPECT_EQ(resources::kPod.path("a", "b", "log"), "/api/v1/namespaces/a/pods/b/log");
}

TEST(ResourceType, GroupsLiveUnderApis) {
  EXPECT_EQ(resources::kDeployment.api_version(), "apps/v1");
  EXPECT_EQ(resources::kDeployment.path("a"), "/apis/apps/v1/namespaces/a/deployments");
}

TEST(ResourceType, EmptyNamespaceMeansAllOfThem) {
  EXPECT_EQ(resources::kSecret.path(""), "/api/v1/secrets");
}

TEST(ResourceType, ClusterScopedIgnoresNamespace) {
  EXPECT_EQ(resources::kNode.path("ignored", "n1", "status"), "/api/v1/nodes/n1/status");
}

TEST(ObjectKey, TextAndHashFollowBothParts) {
  const ObjectKey a{"x", "y"}, b{"y", "x"}, scopeless{"", "y"};
  EXPECT_EQ(a.to_string(), "x/y");
  EXPECT_EQ(scopeless.to_string(), "y");
  EXPECT_NE(ObjectKeyHash{}(a), ObjectKeyHash{}(b));
  EXPECT_EQ(ObjectKeyHash{}(a), ObjectKeyHash{}(ObjectKey{"x", "y"}));
}

}  // namespace
}  // namespace causeway::kube
