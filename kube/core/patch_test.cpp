#include "kube/core/patch.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace causeway::kube {
namespace {

json::value parse(std::string_view text) {
  return json::parse(text);
}

struct Case {
  const char *target, *patch, *result;
};

// RFC 7386, appendix A.
class Rfc7386 : public testing::TestWithParam<Case> {};

TEST_P(Rfc7386, Apply) {
  json::value target = parse(GetParam().target);
  apply_merge_patch(target, parse(GetParam().patch));
  EXPECT_EQ(target, parse(GetParam().result));
}

INSTANTIATE_TEST_SUITE_P(
    AppendixA, Rfc7386,
    testing::Values(Case{R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
                    Case{R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
                    Case{R"({"a":"b"})", R"({"a":null})", R"({})"},
                    Case{R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
                    Case{R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
                    Case{R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
                    Case{R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
                    Case{R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
                    Case{R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"}, Case{R"({"a":"b"})", R"(["c"])", R"(["c"])"},
                    Case{R"({"a":"foo"})", "null", "null"}, Case{R"({"a":"foo"})", R"("bar")", R"("bar")"},
                    Case{R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
                    Case{R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
                    Case{"{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"}));

TEST(MergePatch, SaysOnlyWhatDiffers) {
  const Object from = parse(R"({"a":1,"b":{"c":[1],"d":2},"gone":"x","same":{"y":1}})").as_object();
  const Object to = parse(R"({"a":1,"b":{"c":[1,2],"d":2},"same":{"y":1},"new":{"z":{}}})").as_object();
  EXPECT_EQ(json::value(merge_patch(from, to)), parse(R"({"gone":null,"b":{"c":[1,2]},"new":{"z":{}}})"));
  EXPECT_TRUE(merge_patch(to, to).empty());
}

// Small random objects without null: a merge patch cannot say null.
Object object_from(const std::map<std::string, std::map<std::string, int>>& content) {
  Object object;
  for (const auto& [key, members] : content) {
    Object inner;
    for (const auto& [name, value] : members) inner.emplace(name, value);
    if (members.size() == 1) {
      object.emplace(key, members.begin()->second);
    } else {
      object.emplace(key, std::move(inner));
    }
  }
  return object;
}

RC_GTEST_PROP(MergePatch, TurnsOneIntoTheOther,
              (const std::map<std::string, std::map<std::string, int>>& a,
               const std::map<std::string, std::map<std::string, int>>& b)) {
  const Object to = object_from(b);
  json::value target = object_from(a);
  apply_merge_patch(target, merge_patch(object_from(a), to));
  RC_ASSERT(target == json::value(to));
}

TEST(FinalizerPatches, TestBeforeTheyChange) {
  ObjectMeta meta;
  EXPECT_EQ(
      json::value(add_finalizer_patch(meta, "x/y")),
      parse(
          R"([{"op":"test","path":"/metadata/finalizers","value":null},{"op":"add","path":"/metadata/finalizers","value":["x/y"]}])"));
  meta.finalizers = {"a"};
  EXPECT_EQ(
      json::value(add_finalizer_patch(meta, "x/y")),
      parse(
          R"([{"op":"test","path":"/metadata/finalizers","value":["a"]},{"op":"add","path":"/metadata/finalizers/-","value":"x/y"}])"));
  meta.finalizers = {"a", "x/y"};
  EXPECT_EQ(
      json::value(remove_finalizer_patch(meta, "x/y")),
      parse(
          R"([{"op":"test","path":"/metadata/finalizers/1","value":"x/y"},{"op":"remove","path":"/metadata/finalizers/1"}])"));
}

TEST(FinalizerPatches, NothingToDoIsEmpty) {
  ObjectMeta meta;
  EXPECT_TRUE(remove_finalizer_patch(meta, "x").empty());
  meta.finalizers = {"x"};
  EXPECT_TRUE(add_finalizer_patch(meta, "x").empty());
}

}  // namespace
}  // namespace causeway::kube
