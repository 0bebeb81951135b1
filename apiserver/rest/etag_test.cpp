#include "apiserver/rest/etag.hpp"

#include <gtest/gtest.h>

namespace causeway::api::rest {
namespace {

TEST(ETag, ComparesAsInTheTableOfRfc9110) {
  struct Row {
    const char *a, *b;
    bool strong, weak;
  };
  for (const Row& row : {Row{"W/\"1\"", "W/\"1\"", false, true}, Row{"W/\"1\"", "W/\"2\"", false, false},
                         Row{"W/\"1\"", "\"1\"", false, true}, Row{"\"1\"", "\"1\"", true, true}}) {
    EXPECT_EQ(strong_match(row.a, row.b), row.strong) << row.a << row.b;
    EXPECT_EQ(weak_match(row.a, row.b), row.weak) << row.a << row.b;
  }
}

Precondition judged(const char* header, const char* value, const char* method, std::optional<std::string> current) {
  return judge({{header, value}}, method, current);
}

TEST(Preconditions, IfNoneMatchAnswersAGetWith304) {
  const auto get = [](const char* value) { return judged("If-None-Match", value, "GET", "\"1\""); };
  EXPECT_EQ(get("\"1\""), Precondition::kNotModified);
  EXPECT_EQ(get("W/\"1\""), Precondition::kNotModified);
  EXPECT_EQ(get("\"0\", \"1\""), Precondition::kNotModified);
  EXPECT_EQ(get("\"0\",,\"1,2\" , W/\"3\""), Precondition::kHolds);
  EXPECT_EQ(get("*"), Precondition::kNotModified);
  EXPECT_EQ(judged("If-None-Match", "\"1\"", "HEAD", "\"1\""), Precondition::kNotModified);
  EXPECT_EQ(judged("If-None-Match", "*", "PUT", "\"1\""), Precondition::kFails);
  EXPECT_EQ(judged("If-None-Match", "*", "PUT", std::nullopt), Precondition::kHolds);
}

TEST(Preconditions, IfMatchComparesStrongly) {
  const auto put = [](const char* value) { return judged("If-Match", value, "PUT", "\"1\""); };
  EXPECT_EQ(put("\"1\""), Precondition::kHolds);
  EXPECT_EQ(put("W/\"1\""), Precondition::kFails);
  EXPECT_EQ(put("\"2\""), Precondition::kFails);
  EXPECT_EQ(put("*"), Precondition::kHolds);
  EXPECT_EQ(judged("If-Match", "*", "PUT", std::nullopt), Precondition::kFails);
  EXPECT_EQ(judged("If-Match", "\"1\"", "PUT", std::nullopt), Precondition::kFails);
  EXPECT_EQ(judge({}, "PUT", "\"1\""), Precondition::kHolds);
}

TEST(Preconditions, SeveralFieldsAreOneList) {
  EXPECT_EQ(judge({{"If-Match", "\"0\""}, {"If-Match", "\"1\""}}, "PUT", "\"1\""), Precondition::kHolds);
  EXPECT_EQ(judge({{"If-Match", "*"}, {"If-Match", "\"1\""}}, "PUT", "\"1\""), Precondition::kMalformed);
}

TEST(Preconditions, WhatIsNoTagIsMalformed) {
  for (const char* bad : {"", "1", "\"1", "\"1\" \"2\"", "w/\"1\"", "\"a b\"", "*, \"1\"", ","})
    EXPECT_EQ(judged("If-Match", bad, "PUT", "\"1\""), Precondition::kMalformed) << bad;
}

}  // namespace
}  // namespace causeway::api::rest
