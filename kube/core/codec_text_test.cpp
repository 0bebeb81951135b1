#include "kube/core/codec_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace causeway::kube {
namespace {

enum class Mode { Fast, Slow };
BOOST_DESCRIBE_ENUM(Mode, Fast, Slow)

struct Size {
  std::string cpu;
  std::int64_t count = 1;
  bool operator==(const Size&) const = default;
};
BOOST_DESCRIBE_STRUCT(Size, (), (cpu, count))
constexpr auto field_rows(const Size*) {
  return std::array{Row{.member = "cpu", .doc = "q", .format = "quantity"}, Row{.member = "count", .doc = "c"}};
}

struct Spec {
  std::string title, image;
  int small = 3;
  bool on = true;
  double ratio = 0;
  Mode mode = Mode::Slow;
  std::optional<std::int64_t> maybe;
  std::optional<Size> size;
  std::vector<Size> sizes;
  std::vector<std::string> names{"default"};
  std::map<std::string, std::string> labels{{"a", "default"}};
  std::map<std::string, json::value> free;
  json::value any;
  json::object object;
  bool operator==(const Spec&) const = default;
};
BOOST_DESCRIBE_STRUCT(Spec, (),
                      (title, image, small, on, ratio, mode, maybe, size, sizes, names, labels, free, any, object))

struct Thing {
  static constexpr ResourceType kResource{"example.org", "v1", "Thing", "things"};
  ObjectMeta metadata;
  Spec spec;
  bool operator==(const Thing&) const = default;
};
BOOST_DESCRIBE_STRUCT(Thing, (), (metadata, spec))

std::optional<Thing> read(std::string_view text) {
  Thing thing;
  if (!from_text(text, thing)) return std::nullopt;
  return thing;
}

// What the parser and from_json make of it; nullopt where either refuses.
std::optional<Thing> parsed(std::string_view text) {
  boost::system::error_code ec;
  const auto value = json::parse(text, ec);
  if (ec) return std::nullopt;
  auto thing = from_json<Thing>(value);
  if (!thing) return std::nullopt;
  return std::move(*thing);
}

TEST(FromText, EverythingAsFromJsonMakesIt) {
  constexpr std::string_view kText = R"({
    "apiVersion": "example.org/v1", "kind": "Thing",
    "metadata": {"name": "n", "namespace": "s", "generation": 9007199254740993, "labels": {"a.b/c": "d"},
      "managedFields": [{"manager": "m", "fieldsV1": {"f:spec": {"k:{\"name\":\"x\"}": {".": {}}}}}],
      "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "controller": true}],
      "finalizers": ["a/b", "c"], "deletionTimestamp": "2026-01-01T00:00:00Z"},
    "spec": {"title": "ü \u003c\"\n", "small": -5, "on": false, "ratio": 2.5e1, "mode": "Fast", "maybe": 0,
      "size": {"cpu": 2}, "sizes": [{"cpu": "1", "count": 4}, {}, {"cpu": -3}], "names": [], "labels": {},
      "free": {"x": [1, {"y": null}], "z": "w"}, "any": [true, 1.5], "object": {"k": {}},
      "image": null, "unknown": {"deep": [[["}"]]]}, "odd": 1e400}
  })";
  const auto thing = read(kText);
  ASSERT_TRUE(thing);
  auto without_odd = std::string(kText);
  without_odd.replace(without_odd.find("1e400"), 5, "1");  // the parser has no such number
  ASSERT_TRUE(parsed(without_odd));
  EXPECT_EQ(*thing, *parsed(without_odd));
  EXPECT_EQ(thing->spec.size->cpu, "2");
  EXPECT_EQ(thing->spec.title, "ü <\"\n");
}

TEST(FromText, WhatIsWrongIsLeftToTheParser) {
  for (const char* text : {"",
                           "null",
                           "[]",
                           "1",
                           "{",
                           "{}x",
                           R"({"spec":1})",
                           R"({"spec":{"title":1}})",
                           R"({"spec":{"title":tru}})",
                           R"({"spec":{"small":3000000000}})",
                           R"({"spec":{"small":"1"}})",
                           R"({"spec":{"on":1}})",
                           R"({"spec":{"on":truth}})",
                           R"({"spec":{"mode":"Middling"}})",
                           R"({"spec":{"sizes":{}}})",
                           R"({"spec":{"sizes":[1]}})",
                           R"({"spec":{"sizes":[{}],}})",
                           R"({"spec":{"sizes":[{},]}})",
                           R"({"spec":{"labels":[]}})",
                           R"({"spec":{"labels":{"a":1}}})",
                           R"({"spec":{"object":[]}})",
                           R"({"spec":{"title" "x"}})",
                           R"({"spec":{"names":["a","b"})",
                           R"({"spec":{"ratio":"2"}})",
                           R"({"spec":{"size":{"cpu":1.5}}})",
                           R"({"spec":{"image":nul}})",
                           "{\"spec\":{\"title\":\"\xC3(\"}}"}) {
    EXPECT_FALSE(read(text)) << text;
    EXPECT_FALSE(parsed(text)) << text;
  }
}

TEST(FromText, WhatIsRareIsLeftToTheParser) {
  for (const char* text : {R"({"spec":{"title":"\ud83d\ude00"}})", R"({"spec":{"small":1e1}})",
                           R"({"spec":{"title":"a","title":"b"}})", R"({"spec":{"labels":{"a":"1","a":"2"}}})"}) {
    EXPECT_FALSE(read(text)) << text;
    EXPECT_TRUE(parsed(text)) << text;
  }
}

// Cut anywhere, or with any one byte changed: never another value than the parser's.
TEST(FromText, AgreesWithTheParserOnDamagedText) {
  const std::string text =
      R"({"metadata":{"name":"n","labels":{"a":"b"}},"spec":{"title":"x\ny","small":12,"on":false,)"
      R"("size":{"cpu":"1","count":2},"names":["a"],"free":{"k":[1]},"mode":"Fast"}})";
  for (std::size_t cut = 0; cut < text.size(); ++cut) EXPECT_FALSE(read(text.substr(0, cut))) << cut;
  for (std::size_t at = 0; at < text.size(); ++at)
    for (const char c : std::string("\"\\{}[],:01 -ne\x01\xC3")) {
      auto damaged = text;
      damaged[at] = c;
      const auto thing = read(damaged), right = parsed(damaged);
      // An unknown member is passed over, where the parser reads and may refuse it.
      if (thing && right) {
        EXPECT_EQ(*thing, *right) << damaged;
      }
    }
}

RC_GTEST_PROP(FromText, ReadsWhatToJsonWrites, ()) {
  Thing thing;
  thing.metadata.name = *rc::gen::string<std::string>();
  thing.metadata.generation = *rc::gen::inRange<std::int64_t>(-100000, 100000);
  thing.spec.title = *rc::gen::string<std::string>();
  thing.spec.small = *rc::gen::arbitrary<int>();
  thing.spec.names = *rc::gen::arbitrary<std::vector<std::string>>();
  thing.spec.labels = *rc::gen::arbitrary<std::map<std::string, std::string>>();
  const auto text = json::serialize(encode(thing));
  if (codec::valid_utf8(text)) {
    const auto again = read(text);
    RC_ASSERT(again.has_value());
    // What is left out as a default, and a default that is not empty, are the codec's own matter.
    RC_ASSERT(*again == *parsed(text));
  } else {
    RC_ASSERT(!read(text));
  }
}

}  // namespace
}  // namespace causeway::kube
