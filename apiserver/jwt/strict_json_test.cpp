#include "apiserver/jwt/strict_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::jwt {
namespace {

using ::testing::HasSubstr;

TEST(StrictJson, ReadsWhatIsJson) {
  EXPECT_EQ(parse_json(R"([1, {"a": {"a": 2}}, {"a": 3}])")->as_array().size(), 3U);
  EXPECT_EQ(text_member(parse_object(R"({"a": "b", "c": 1})").value(), "a"), "b");
  EXPECT_EQ(text_member(parse_object(R"({"a": "b", "c": 1})").value(), "c"), "");
  EXPECT_EQ(text_member(parse_object("{}").value(), "a"), "");
}

TEST(StrictJson, NoMemberMayBeThereTwice) {
  for (const auto* text : {R"({"a": 1, "a": 1})", R"({"a": {"b": 1, "c": 2, "b": 3}})", R"([[{"a": 1, "\u0061": 2}]])",
                           R"({"a": {"x": 1}, "b": 2, "a": {"x": 1, "y": 2}})"}) {
    const auto parsed = parse_json(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("twice")) << text;
  }
}

TEST(StrictJson, WhatIsNoJsonIsRefused) {
  for (const auto& text : {std::string(), std::string("{"), std::string("{}{}"), std::string("{'a': 1}"),
                           std::string("{\"a\": 1,}"), std::string("\"\xff\""), std::string("{} // why"),
                           std::string(100, '[') + std::string(100, ']'), std::string("{}\0", 3)})
    EXPECT_FALSE(parse_json(text)) << text;
  for (const auto* text : {"[]", "1", "null", "\"a\""}) EXPECT_FALSE(parse_object(text)) << text;
}

}  // namespace
}  // namespace causeway::api::jwt
