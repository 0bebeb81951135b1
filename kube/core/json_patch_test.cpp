#include "kube/core/json_patch.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace causeway::kube {
namespace {

json::value parse(std::string_view text) {
  return json::parse(text);
}

// Enough of RFC 6902 for what json_patch() says: the API server applies the whole of it.
json::value apply(json::value document, const json::array& patch) {
  for (const json::value& item : patch) {
    const Object& operation = item.as_object();
    const std::string path(operation.at("path").as_string());
    if (path.empty()) {
      document = operation.at("value");
      continue;
    }
    const std::size_t slash = path.rfind('/');
    std::string last = path.substr(slash + 1);
    for (const auto& [escaped, plain] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}}) {
      for (std::size_t at = 0; (at = last.find(escaped, at)) != std::string::npos; ++at) last.replace(at, 2, plain);
    }
    json::value& parent = slash == 0 ? document : document.at_pointer(path.substr(0, slash));
    if (parent.is_array()) {
      parent.as_array().at(std::stoul(last)) = operation.at("value");
    } else if (operation.at("op") == "remove") {
      EXPECT_TRUE(parent.as_object().contains(last)) << path;
      parent.as_object().erase(last);
    } else {
      EXPECT_EQ(parent.as_object().contains(last), operation.at("op") == "replace") << path;
      parent.as_object()[last] = operation.at("value");
    }
  }
  return document;
}

TEST(JsonPatch, NamesWhatIsDifferentAndNothingElse) {
  EXPECT_EQ(json_patch(parse(R"({"a":1})"), parse(R"({"a":1})")), json::array{});
  EXPECT_EQ(json::value(json_patch(parse(R"({"a":{"b":1,"c":2},"d":3})"), parse(R"({"a":{"b":4,"e/~f":5}})"))),
            parse(R"([{"op":"remove","path":"/d"},{"op":"remove","path":"/a/c"},
                      {"op":"replace","path":"/a/b","value":4},{"op":"add","path":"/a/e~1~0f","value":5}])"));
  EXPECT_EQ(json::value(json_patch(parse(R"([{"a":1},{"a":2}])"), parse(R"([{"a":1},{"a":3}])"))),
            parse(R"([{"op":"replace","path":"/1/a","value":3}])"));
  EXPECT_EQ(json::value(json_patch(parse(R"({"l":[1,2]})"), parse(R"({"l":[1]})"))),
            parse(R"([{"op":"replace","path":"/l","value":[1]}])"));
}

json::value any_value(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 5 : 3);
  if (kind == 0) return *rc::gen::inRange(0, 3);
  if (kind == 1) return *rc::gen::element("x", "y", "");
  if (kind == 2) return nullptr;
  if (kind == 3) {
    json::array array;
    for (int n = *rc::gen::inRange(0, 3); n > 0; --n) array.push_back(any_value(depth - 1));
    return array;
  }
  Object object;
  for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
    object[*rc::gen::element("a", "b", "c/d", "e~f", "")] = any_value(depth - 1);
  }
  return object;
}

RC_GTEST_PROP(JsonPatchProperty, TurnsOneIntoTheOther, ()) {
  const json::value from = any_value(4), to = any_value(4);
  RC_ASSERT(apply(from, json_patch(from, to)) == to);
}

TEST(CarryChanges, LeavesAloneWhatTheTypeDoesNotSpeakOf) {
  json::value target =
      parse(R"({"build":{"timeout":"30m"},"models":[{"name":"a","revision":"main","repoRef":{"name":"m"}}],"new":1})");
  carry_changes(
      target, parse(R"({"models":[{"name":"a","repoRef":{"name":"m"}}]})"),
      parse(R"({"build":{"mode":"Template"},"models":[{"name":"a","repoRef":{"name":"m","namespace":"u"}}]})"));
  EXPECT_EQ(target, parse(R"({"build":{"timeout":"30m","mode":"Template"},"new":1,
    "models":[{"name":"a","revision":"main","repoRef":{"name":"m","namespace":"u"}}]})"));
}

TEST(CarryChanges, RemovesWhatWasRemoved) {
  json::value target = parse(R"({"a":1,"b":{"c":2,"d":3}})");
  carry_changes(target, parse(R"({"a":1,"b":{"c":2}})"), parse(R"({"b":{}})"));
  EXPECT_EQ(target, parse(R"({"b":{"d":3}})"));
}

}  // namespace
}  // namespace causeway::kube
