#include "kube/core/codec.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

enum class Mode { Fast, Slow };
BOOST_DESCRIBE_ENUM(Mode, Fast, Slow)

struct Inner {
  std::string cpu;
  std::int64_t count = 1;
  bool operator==(const Inner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (cpu, count))
constexpr auto field_rows(const Inner*) {
  return std::array{Row{.member = "count", .doc = "c", .always = true},
                    Row{.member = "cpu", .doc = "q", .format = "quantity"}};
}

struct Spec {
  std::string pod_cidr, namespace_, title;
  std::int64_t generation = -1;
  int small = 0;
  bool on = true;
  double ratio = 0;
  Mode mode = Mode::Fast;
  std::optional<bool> maybe;
  std::optional<Inner> inner;
  Inner plain;
  std::vector<Inner> list;
  std::map<std::string, std::string> labels;
  std::map<std::string, json::value> free;
  json::value any;
  bool operator==(const Spec&) const = default;
};
BOOST_DESCRIBE_STRUCT(Spec, (),
                      (pod_cidr, namespace_, title, generation, small, on, ratio, mode, maybe, inner, plain, list,
                       labels, free, any))
constexpr auto field_rows(const Spec*) {
  return std::array{Row{.member = "pod_cidr", .doc = "d", .json = "podCIDR"},
                    Row{.member = "namespace_", .doc = "d"},
                    Row{.member = "title", .doc = "d", .required = true},
                    Row{.member = "generation", .doc = "d", .always = true},
                    Row{.member = "small", .doc = "d"},
                    Row{.member = "on", .doc = "d"},
                    Row{.member = "ratio", .doc = "d"},
                    Row{.member = "mode", .doc = "d"},
                    Row{.member = "maybe", .doc = "d"},
                    Row{.member = "inner", .doc = "d"},
                    Row{.member = "plain", .doc = "d"},
                    Row{.member = "list", .doc = "d"},
                    Row{.member = "labels", .doc = "d"},
                    Row{.member = "free", .doc = "d"},
                    Row{.member = "any", .doc = "d"}};
}

struct Thing {
  static constexpr ResourceType kResource{"example.org", "v1", "Thing", "things"};
  ObjectMeta metadata;
  Spec spec;
  bool operator==(const Thing&) const = default;
};
BOOST_DESCRIBE_STRUCT(Thing, (), (metadata, spec))

// What makes a struct with a forgotten, doubled or misspelt row fail to compile.
constexpr std::array<std::string_view, 2> kMembers{"a", "b"};
static_assert(one_row_each(std::array{Row{.member = "b", .doc = ""}, Row{.member = "a", .doc = ""}}, kMembers));
static_assert(!one_row_each(std::array{Row{.member = "a", .doc = ""}}, kMembers));
static_assert(!one_row_each(std::array{Row{.member = "a", .doc = ""}, Row{.member = "a", .doc = ""}}, kMembers));
static_assert(!one_row_each(std::array{Row{.member = "a", .doc = ""}, Row{.member = "c", .doc = ""}}, kMembers));

json::value parse(std::string_view text) {
  return json::parse(text);
}
std::string failure(std::string_view text) {
  const auto result = from_json<Thing>(parse(text));
  return result ? "accepted" : result.error().message;
}

TEST(JsonNames, CamelCaseUnlessTheRowSaysOtherwise) {
  EXPECT_EQ(camel_case("resource_version").view(), "resourceVersion");
  EXPECT_EQ(camel_case("namespace_").view(), "namespace");
  EXPECT_EQ(camel_case("uid").view(), "uid");
  EXPECT_EQ(FieldsOf<Spec>::kNames[0].view(), "podCIDR");
}

TEST(Encode, LeavesOutDefaultsButNotRequiredOnes) {
  EXPECT_EQ(to_json(Spec{}), parse(R"({"title":"","generation":-1})"));
}

TEST(Encode, WhatDiffersFromTheStructsOwnDefaultIsThere) {
  Spec spec;
  spec.on = false;
  spec.generation = 0;
  spec.maybe = false;
  spec.inner.emplace();
  EXPECT_EQ(to_json(spec), parse(R"({"title":"","generation":0,"on":false,"maybe":false,"inner":{"count":1}})"));
}

TEST(Encode, WholeObject) {
  Thing thing;
  thing.metadata.name = "n";
  thing.metadata.labels["a.b/c"] = "d";
  EXPECT_EQ(json::value(encode(thing)),
            parse(R"({"apiVersion":"example.org/v1","kind":"Thing","metadata":{"name":"n","labels":{"a.b/c":"d"}}})"));
}

TEST(Codec, RoundTripOfEverything) {
  Thing thing;
  thing.metadata.name = "n";
  thing.metadata.namespace_ = "s";
  thing.metadata.generation = 1LL << 53;
  thing.metadata.deletion_timestamp = "2026-01-01T00:00:00Z";
  thing.metadata.owner_references.push_back({"v1", "Pod", "p", "u", true, false});
  thing.spec = Spec{.pod_cidr = "10.0.0.0/8",
                    .namespace_ = "x",
                    .title = "ü\n",
                    .generation = 5,
                    .small = -7,
                    .on = false,
                    .ratio = 0.25,
                    .mode = Mode::Slow,
                    .maybe = true,
                    .inner = Inner{"2", 0},
                    .plain = Inner{"1", 3},
                    .list = {{"a", 1}, {"b", 0}},
                    .labels = {{"k", "v"}},
                    .free = {{"x", parse("[1,{\"y\":null}]")}},
                    .any = parse("{\"z\":[]}")};
  const auto back = decode<Thing>(encode(thing));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, thing);
}

TEST(Decode, IgnoresWhatItDoesNotKnow) {
  const auto thing =
      from_json<Thing>(parse(R"({"apiVersion":"x","kind":"y","spec":{"title":"t","newField":{"a":1}},"status":3})"));
  ASSERT_TRUE(thing);
  EXPECT_EQ(thing->spec.title, "t");
}

TEST(Decode, AbsentAndNullKeepTheDefault) {
  const auto thing = from_json<Thing>(parse(R"({"spec":{"on":null,"list":null,"maybe":null}})"));
  ASSERT_TRUE(thing);
  EXPECT_EQ(thing->spec, Spec{});
}

TEST(Decode, TellsThePathOfAWrongType) {
  EXPECT_EQ(failure(R"({"spec":{"title":1}})"), "spec.title: expected a string, found a number");
  EXPECT_EQ(failure(R"({"spec":{"list":[{},{"count":"x"}]}})"),
            "spec.list[1].count: expected a whole number, found a string");
  EXPECT_EQ(failure(R"({"spec":{"labels":{"a":"b","c.d/e":2}}})"),
            "spec.labels[\"c.d/e\"]: expected a string, found a number");
  EXPECT_EQ(failure(R"({"spec":{"podCIDR":[]}})"), "spec.podCIDR: expected a string, found a list");
  EXPECT_EQ(failure(R"({"spec":[]})"), "spec: expected an object, found a list");
  EXPECT_EQ(failure("[]"), "expected an object, found a list");
  EXPECT_EQ(failure(R"({"spec":{"on":"yes"}})"), "spec.on: expected true or false, found a string");
}

TEST(Decode, UnknownEnumeratorNamesTheKnownOnes) {
  EXPECT_EQ(failure(R"({"spec":{"mode":"Medium"}})"), "spec.mode: unknown value \"Medium\", accepted: Fast, Slow");
}

TEST(Decode, NumbersAreWholeAndFit) {
  EXPECT_EQ(failure(R"({"spec":{"small":2147483648}})"),
            "spec.small: expected a whole number from -2147483648 to 2147483647");
  EXPECT_NE(failure(R"({"spec":{"generation":18446744073709551615}})"), "accepted");
  EXPECT_NE(failure(R"({"spec":{"generation":1.5}})"), "accepted");
  EXPECT_NE(failure(R"({"spec":{"generation":9.3e18}})"), "accepted");
  const auto thing = from_json<Thing>(parse(R"({"spec":{"generation":1e3,"ratio":2}})"));
  ASSERT_TRUE(thing);
  EXPECT_EQ(thing->spec.generation, 1000);
  EXPECT_EQ(thing->spec.ratio, 2.0);
}

TEST(Decode, QuantitiesMayBeNumbersAndOtherTextMayNot) {
  const auto inner = from_json<Inner>(parse(R"({"cpu":2})"));
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->cpu, "2");
  EXPECT_NE(failure(R"({"spec":{"title":2}})"), "accepted");
}

TEST(Decode, ListsAreReplacedNotAppended) {
  Spec spec;
  spec.labels["old"] = "x";
  codec::Failure ignored;
  ASSERT_TRUE(codec::decode_into(spec, parse(R"({"labels":{"new":"y"}})"), ignored));
  EXPECT_EQ(spec.labels, (std::map<std::string, std::string>{{"new", "y"}}));
}

TEST(Conditions, AreWrittenWithAllTheirRequiredMembers) {
  Condition condition{.type = "Ready",
                      .status = "True",
                      .observed_generation = 0,
                      .last_transition_time = "t",
                      .reason = "R",
                      .message = ""};
  EXPECT_EQ(to_json(condition),
            parse(R"({"type":"Ready","status":"True","lastTransitionTime":"t","reason":"R","message":""})"));
}

}  // namespace
}  // namespace causeway::kube
