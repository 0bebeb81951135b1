#include "kube/core/object.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace causeway::kube {
namespace {

Object parse(std::string_view text) {
  return json::parse(text).as_object();
}

TEST(ObjectAccess, PathsThatLeadNowhereAreEmpty) {
  const Object o = parse(R"({"a":{"b":"text","n":3,"t":true,"l":[1]},"s":"x"})");
  EXPECT_EQ(string_at(o, "a.b"), "text");
  EXPECT_EQ(int_at(o, "a.n"), 3);
  EXPECT_TRUE(bool_at(o, "a.t"));
  ASSERT_NE(array_at(o, "a.l"), nullptr);
  EXPECT_EQ(find(o, "a.c"), nullptr);
  EXPECT_EQ(find(o, "s.b"), nullptr);
  EXPECT_EQ(find(o, ""), nullptr);
  EXPECT_EQ(string_at(o, "a.n"), "");
  EXPECT_EQ(int_at(o, "a.b", 7), 7);
  EXPECT_FALSE(bool_at(o, "a.b"));
  EXPECT_EQ(object_at(o, "s"), nullptr);
}

TEST(ObjectAccess, SetMakesTheWay) {
  Object o = parse(R"({"a":"in the way"})");
  set_at(o, "a.b.c", 1);
  set_at(o, "a.b.d", "x");
  EXPECT_EQ(o, parse(R"({"a":{"b":{"c":1,"d":"x"}}})"));
}

TEST(ObjectAccess, MetadataAndKeysWithDots) {
  const Object o = parse(R"({"metadata":{"name":"n","namespace":"s","uid":"u","resourceVersion":"5",
    "labels":{"causeway.dev/owner":"ada"},"annotations":{"a.b/c":"d"},"deletionTimestamp":"2026-01-01T00:00:00Z"}})");
  EXPECT_EQ(key_of(o), (ObjectKey{"s", "n"}));
  EXPECT_EQ(uid_of(o), "u");
  EXPECT_EQ(resource_version_of(o), "5");
  EXPECT_EQ(label_of(o, "causeway.dev/owner"), "ada");
  EXPECT_EQ(annotation_of(o, "a.b/c"), "d");
  EXPECT_EQ(label_of(o, "missing"), "");
  EXPECT_TRUE(deleting(o));
  EXPECT_FALSE(deleting(parse("{}")));
}

TEST(ObjectAccess, ConditionsSkipWhatIsMalformed) {
  const Object o =
      parse(R"({"status":{"conditions":[{"type":"Ready","status":"True","observedGeneration":4,"reason":"R"},
    {"type":7},{"type":"B","status":"False"}]}})");
  const Conditions conditions = conditions_of(o);
  ASSERT_EQ(conditions.size(), 2U);
  EXPECT_EQ(conditions[0].observed_generation, 4);
  EXPECT_EQ(conditions[1].type, "B");
}

TEST(MakeObject, ClusterScopedHasNoNamespace) {
  EXPECT_EQ(make_object(resources::kDeployment, "s", "n"),
            parse(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"n","namespace":"s"}})"));
  EXPECT_EQ(make_object(resources::kNode, "s", "n"),
            parse(R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}})"));
}

TEST(SecretValue, DecodesOrTellsThatItIsNotThere) {
  const Object secret = parse(R"({"data":{"token":"c2VjcmV0AA==","dotted.key":"eA==","bad":"%%"}})");
  EXPECT_EQ(secret_value(secret, "token"), std::string("secret\0", 7));
  EXPECT_EQ(secret_value(secret, "dotted.key"), "x");
  EXPECT_EQ(secret_value(secret, "bad"), std::nullopt);
  EXPECT_EQ(secret_value(secret, "missing"), std::nullopt);
}

}  // namespace
}  // namespace causeway::kube
