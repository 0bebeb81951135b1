#include "apiserver/tenant/manifests.hpp"

#include <gtest/gtest.h>

namespace causeway::api::tenant {
namespace {

TEST(TenantManifests, ANamespaceSaysWhoseItIs) {
  EXPECT_EQ(boost::json::value(namespace_of({7, "Ada", "u-ada", {7}})),
            boost::json::parse(R"({"apiVersion":"v1","kind":"Namespace",
                                   "metadata":{"name":"u-ada","labels":{"causeway.dev/owner":"Ada"}}})"));
}

TEST(TenantManifests, ItsPeopleMayWorkThere) {
  const auto binding = role_binding_of({9, "lab", "o-lab", {7, 8}});
  EXPECT_EQ(binding.at("metadata").at("namespace").as_string(), "o-lab");
  EXPECT_EQ(binding.at("roleRef").at("name").as_string(), "causeway-tenant");
  EXPECT_EQ(binding.at("subjects"), boost::json::parse(R"([
    {"kind":"ServiceAccount","name":"user-7","namespace":"causeway-people"},
    {"kind":"ServiceAccount","name":"user-8","namespace":"causeway-people"}])"));
}

TEST(TenantManifests, NobodyMayWorkForADisabledAccount) {
  EXPECT_TRUE(role_binding_of({7, "ada", "u-ada", {}}).at("subjects").as_array().empty());
}

}  // namespace
}  // namespace causeway::api::tenant
