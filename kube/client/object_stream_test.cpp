#include "kube/client/object_stream.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace causeway::kube {
namespace {

using Shape = ObjectStreamOptions::Shape;

struct Outcome {
  std::vector<Object> objects;
  std::string type, version, token;
  std::string error;
};

Outcome parse(Shape shape, std::string_view text, bool managed_fields, std::vector<std::size_t> cuts = {}) {
  Outcome out;
  ObjectStream stream({.shape = shape, .managed_fields = managed_fields},
                      [&](Object o) { out.objects.push_back(std::move(o)); });
  std::size_t begin = 0;
  cuts.push_back(text.size());
  for (const auto cut : cuts) {
    if (auto ok = stream.feed(text.substr(begin, cut - begin)); !ok) {
      out.error = ok.error().message;
      return out;
    }
    begin = cut;
  }
  if (auto ok = stream.finish(); !ok) out.error = ok.error().message;
  out.type = stream.type();
  out.version = stream.resource_version();
  out.token = stream.continue_token();
  return out;
}

const std::string kList = R"({"kind":"ConfigMapList","metadata":{"resourceVersion":"42","continue":"to\u006ben",
  "remainingItemCount":3},"items":[
  {"metadata":{"name":"a","managedFields":[{"manager":"m","fieldsV1":{"f:data":{".":{}}}}],"uid":"u"},
   "data":{"k":"v\n\u00e4","managedFields":"mine"},"numbers":[1,-2,3.5,18446744073709551615,true,null,{},[]]},
  {"metadata":{"managedFields":null,"name":"b","ownerReferences":[{"metadata":{"managedFields":1}}]}},
  {"metadata":{"managedFields":[]}}]}
)";

TEST(ObjectStream, GivesTheItemsOfAList) {
  const auto out = parse(Shape::kList, kList, true);
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.version, "42");
  EXPECT_EQ(out.token, "token");
  const auto whole = json::parse(kList).as_object().at("items").as_array();
  ASSERT_EQ(out.objects.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(out.objects[i], whole[i].as_object()) << i;
}

TEST(ObjectStream, LeavesOutManagedFieldsAndNothingElse) {
  const auto out = parse(Shape::kList, kList, false);
  auto whole = json::parse(kList).as_object().at("items").as_array();
  ASSERT_EQ(out.objects.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    whole[i].at("metadata").as_object().erase("managedFields");
    EXPECT_EQ(out.objects[i], whole[i].as_object()) << i;
  }
}

TEST(ObjectStream, GivesTheSameWhereverTheTextIsCut) {
  for (const bool managed : {true, false}) {
    const auto expected = parse(Shape::kList, kList, managed);
    for (std::size_t cut = 0; cut <= kList.size(); ++cut) {
      const auto out = parse(Shape::kList, kList, managed, {cut, std::min(cut + 1, kList.size())});
      EXPECT_EQ(out.error, "") << cut;
      EXPECT_EQ(out.objects, expected.objects) << cut;
      EXPECT_EQ(out.token, expected.token) << cut;
    }
  }
}

TEST(ObjectStream, AnEmptyListMayBeNull) {
  EXPECT_EQ(parse(Shape::kList, R"({"items":null,"metadata":{"resourceVersion":"7"}})", true).version, "7");
  EXPECT_EQ(parse(Shape::kList, R"({"metadata":{"resourceVersion":"7"},"items":[]})", true).error, "");
}

TEST(ObjectStream, GivesTheObjectOfAnEventInAnyOrder) {
  for (const auto* text : {R"({"type":"ADDED","object":{"metadata":{"name":"a"},"type":"x"}})",
                           R"({"object":{"metadata":{"name":"a"},"type":"x"},"type":"ADDED"})"}) {
    const auto out = parse(Shape::kEvent, text, true);
    EXPECT_EQ(out.error, "");
    EXPECT_EQ(out.type, "ADDED");
    ASSERT_EQ(out.objects.size(), 1u);
    EXPECT_EQ(name_of(out.objects[0]), "a");
  }
}

TEST(ObjectStream, RefusesWhatIsNotAnAnswer) {
  EXPECT_NE(parse(Shape::kList, "<html>bad gateway</html>", true).error, "");
  EXPECT_NE(parse(Shape::kList, "[]", true).error, "");
  EXPECT_NE(parse(Shape::kList, "3", true).error, "");
  EXPECT_NE(parse(Shape::kList, "", true).error, "");
  EXPECT_NE(parse(Shape::kList, kList.substr(0, kList.size() - 3), true).error, "") << "cut short";
  EXPECT_NE(parse(Shape::kList, R"({"items":[]} {"more":1})", true).error, "");
  EXPECT_NE(parse(Shape::kEvent, R"({"type":"ADDED","object":{)" + std::string(5000, '['), true).error, "");
}

TEST(ObjectStream, AnItemThatIsNoObjectDoesNotPassAsNone) {
  for (const char* item : {"1", "null", "true", "\"a\"", "[1]", "[{}]", "{},2"}) {
    ObjectStream stream({.shape = ObjectStreamOptions::Shape::kList}, [](Object) {});
    EXPECT_FALSE(stream.feed(R"({"items":[)" + std::string(item) + "]}").ok()) << item;
  }
}

TEST(ObjectStream, TakesDeepObjects) {
  std::string deep = "1";
  for (int i = 0; i < 100; ++i) deep = "{\"p\":" + deep + "}";
  EXPECT_EQ(parse(Shape::kEvent, R"({"type":"ADDED","object":{"spec":)" + deep + "}}", true).error, "");
}

}  // namespace
}  // namespace causeway::kube
