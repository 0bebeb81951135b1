#include "apiserver/rest/schema_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>

#include "apiserver/rest/schema.hpp"
#include "apiserver/rest/test_notes.hpp"

namespace causeway::api::rest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> wrong(const char* schema, const char* value) {
  SchemaCheck check({});
  const auto* node = check.compile(json::parse(schema).as_object());
  std::vector<std::string> out;
  for (const auto& error : SchemaCheck::check(*node, json::parse(value)))
    out.push_back(error.pointer + " " + error.detail);
  return out;
}

TEST(SchemaCheck, Types) {
  const char* kTypes[][3] = {{R"({"type":"string"})", "\"a\"", "1"},   {R"({"type":"integer"})", "1.0", "1.5"},
                             {R"({"type":"number"})", "1.5", "\"1\""}, {R"({"type":"boolean"})", "true", "0"},
                             {R"({"type":"array"})", "[]", "{}"},      {R"({"type":"object"})", "{}", "null"},
                             {R"({"type":"integer"})", "-1", "\"1\""}, {R"({"type":"string"})", "\"\"", "null"}};
  for (const auto& [schema, good, bad] : kTypes) {
    EXPECT_THAT(wrong(schema, good), IsEmpty()) << schema << good;
    EXPECT_EQ(wrong(schema, bad).size(), 1u) << schema << bad;
  }
  EXPECT_EQ(wrong(R"({"type":"number"})", "1e999").size(), 1u);
  EXPECT_EQ(wrong(R"({"type":"integer"})", "1e999").size(), 1u);
  EXPECT_THAT(wrong("{}", "[1,{}]"), IsEmpty());
}

TEST(SchemaCheck, Constraints) {
  EXPECT_THAT(wrong(R"({"type":"string","minLength":1,"maxLength":2})", "\"\""), ElementsAre(" must not be empty"));
  EXPECT_THAT(wrong(R"({"type":"string","maxLength":2})", "\"个人\""), IsEmpty()) << "characters, not bytes";
  EXPECT_EQ(wrong(R"({"type":"string","maxLength":2})", "\"abc\"").size(), 1u);
  EXPECT_EQ(wrong(R"({"type":"string","pattern":"^[a-z]+$"})", "\"a1\"").size(), 1u);
  EXPECT_EQ(wrong(R"({"type":"string","pattern":"^[a-z]+$"})", "\"a\\n\"").size(), 1u) << "$ is the end, no line's";
  EXPECT_THAT(wrong(R"({"type":"string","enum":["red","green"]})", "\"blue\""),
              ElementsAre(" has to be one of red, green"));
  EXPECT_EQ(wrong(R"({"type":"integer","minimum":0,"maximum":5})", "6").size(), 1u);
  EXPECT_EQ(wrong(R"({"type":"integer","minimum":0,"maximum":5})", "-1").size(), 1u);
  EXPECT_EQ(wrong(R"({"type":"array","items":{"type":"string"},"maxItems":1})", "[\"a\",\"b\"]").size(), 1u);
  EXPECT_THAT(wrong(R"({"type":"array","items":{"type":"string"}})", "[\"a\",1]"), ElementsAre("/1 has to be a text"));
  EXPECT_THAT(wrong(R"({"type":"array","items":{},"uniqueItems":true})", "[1,2,1]"), ElementsAre("/2 is there twice"));
  EXPECT_EQ(wrong(R"({"type":"string","format":"date-time"})", "\"yesterday\"").size(), 1u);
  EXPECT_THAT(wrong(R"({"type":"string","format":"date-time"})", "\"2026-11-24T10:00:00+08:00\""), IsEmpty());
  EXPECT_THAT(
      wrong(R"({"type":"object","additionalProperties":{"type":"integer"},"maxProperties":2})", R"({"a/b":"x"})"),
      ElementsAre("/a~1b has to be a whole number"));
}

TEST(SchemaCheck, TellsAllThatIsWrongAtOnce) {
  Components components;
  const json::object reference = value_schema<test::NewNote>(kube::Row{}, components);
  SchemaCheck check(json::object{{"NewNote", components.schemas().at("NewNote")}});
  const auto* node = check.compile(reference);
  const auto errors = SchemaCheck::check(
      *node, json::parse(R"({"text": 1, "stars": 9, "tags": ["a", "a"], "colour": "blue", "extra": 1, "due": "x"})"));
  std::vector<std::string> pointers;
  for (const auto& error : errors) pointers.push_back(error.pointer);
  EXPECT_THAT(pointers, ElementsAre("/name", "/text", "/stars", "/tags/1", "/colour", "/due", "/extra"));
}

TEST(SchemaCheck, StopsCountingAtFifty) {
  std::string list = "[0";
  for (int i = 0; i < 1000; ++i) list += ",0";
  EXPECT_EQ(wrong(R"({"type":"array","items":{"type":"string"}})", (list + "]").c_str()).size(), 50u);
}

TEST(SchemaCheck, ATextMadeForTheEngineIsRefusedInTime) {
  const std::string hostile = "\"" + std::string(5000, 'a') + "!\"";
  EXPECT_EQ(wrong(R"({"type":"string","pattern":"^(a|a)*$"})", hostile.c_str()).size(), 1u);
}

TEST(SchemaCheck, RefusesWordsItDoesNotKnow) {
  EXPECT_THROW(wrong(R"({"oneOf":[]})", "1"), std::logic_error);
  EXPECT_THROW(wrong(R"({"$ref":"#/components/schemas/None"})", "1"), std::logic_error);
  EXPECT_THROW(wrong(R"({"type":"object","properties":{},"required":["a"]})", "{}"), std::logic_error);
}

struct Tree {
  std::string name;
  std::vector<Tree> children;
  bool operator==(const Tree&) const = default;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (name, children))
constexpr auto field_rows(const Tree*) {
  return std::array{kube::Row{.member = "name", .doc = "N.", .required = true},
                    kube::Row{.member = "children", .doc = "C."}};
}

TEST(Schema, ATypeMayHoldItself) {
  Components components;
  const json::object reference = value_schema<Tree>(kube::Row{}, components);
  SchemaCheck check(json::object{{"Tree", components.schemas().at("Tree")}});
  const auto* node = check.compile(reference);
  EXPECT_THAT(SchemaCheck::check(*node, json::parse(R"({"name":"a","children":[{"name":"b"}]})")), IsEmpty());
  EXPECT_THAT(SchemaCheck::check(*node, json::parse(R"({"name":"a","children":[{"children":[]}]})")),
              ElementsAre(SchemaError{"/children/0/name", "is missing"}));
}

TEST(Schema, RowsBecomeWords) {
  Components components;
  static_cast<void>(value_schema<test::NewNote>(kube::Row{}, components));
  EXPECT_EQ(components.schemas().at("NewNote"), json::parse(R"({
    "type": "object",
    "properties": {
      "name": {"type": "string", "minLength": 1, "maxLength": 20, "pattern": "^[a-z0-9-]+$", "description": "Its name."},
      "text": {"type": "string", "maxLength": 100, "description": "What it says."},
      "stars": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 5, "description": "How good it is."},
      "tags": {"type": "array", "items": {"type": "string", "maxLength": 8}, "maxItems": 3, "uniqueItems": true,
               "description": "What it is about."},
      "colour": {"type": "string", "enum": ["red", "green"], "description": "Of the paper."},
      "due": {"type": "string", "format": "date-time", "description": "When it is over."}},
    "additionalProperties": false,
    "required": ["name"]})"));
}

namespace elsewhere {
struct NewNote {
  std::string other;
};
BOOST_DESCRIBE_STRUCT(NewNote, (), (other))
constexpr auto field_rows(const NewNote*) {
  return std::array{kube::Row{.member = "other", .doc = "O."}};
}
}  // namespace elsewhere

TEST(Schema, TwoTypesOfOneNameAreAMistake) {
  Components components;
  static_cast<void>(value_schema<test::NewNote>(kube::Row{}, components));
  static_cast<void>(value_schema<test::NewNote>(kube::Row{}, components));
  EXPECT_THROW(static_cast<void>(value_schema<elsewhere::NewNote>(kube::Row{}, components)), std::logic_error);
}

}  // namespace
}  // namespace causeway::api::rest
