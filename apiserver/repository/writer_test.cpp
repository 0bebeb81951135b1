#include "apiserver/repository/writer.hpp"

#include <gtest/gtest.h>

namespace causeway::api::repository {
namespace {

namespace json = boost::json;

kube::Object repo(const char* managed_fields) {
  return json::parse(R"({"metadata":{"name":"digits","managedFields":)" + std::string(managed_fields) +
                     R"(},"spec":{"visibility":"Public","description":"d","tags":["a"],"owner":"ada"}})")
      .as_object();
}

TEST(HeldBy, IsWhatTheManagerApplied) {
  EXPECT_EQ(held_by(kSettings, repo(R"([
      {"manager":"causeway-settings","operation":"Apply",
       "fieldsV1":{"f:spec":{"f:visibility":{},"f:tags":{},"f:gone":{}},"f:metadata":{}}},
      {"manager":"kustomize-controller","operation":"Apply","fieldsV1":{"f:spec":{"f:owner":{}}}}])")),
            (json::object{{"visibility", "Public"}, {"tags", json::array{"a"}}}));
}

TEST(HeldBy, IsNothingOfWhatOthersWrote) {
  EXPECT_TRUE(held_by(kSettings, repo(R"([{"manager":"causeway-settings","operation":"Update",
      "fieldsV1":{"f:spec":{"f:visibility":{}}}}])"))
                  .empty());
  EXPECT_TRUE(held_by(kSettings, repo("[]")).empty());
  EXPECT_TRUE(
      held_by(kSettings, repo(R"([1, {"manager":7}, {"manager":"causeway-settings","operation":"Apply"}])")).empty());
  EXPECT_TRUE(held_by(kSettings, {}).empty());
}

}  // namespace
}  // namespace causeway::api::repository
