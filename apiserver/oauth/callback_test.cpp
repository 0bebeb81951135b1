#include "apiserver/oauth/callback.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::oauth {
namespace {

using ::testing::HasSubstr;

TEST(Callback, IsReadFromTheQuery) {
  const auto callback =
      parse_callback("code=a%2Fb+c&state=s&iss=https%3A%2F%2Fid.example&session_state=x&scope=a&scope=b");
  ASSERT_TRUE(callback) << callback.error().message;
  EXPECT_EQ(callback->code, "a/b c");
  EXPECT_EQ(callback->state, "s");
  EXPECT_EQ(callback->iss, "https://id.example");
  EXPECT_EQ(callback->error, "");
  EXPECT_EQ(parse_callback("error=access_denied&error_description=no%21&state=s")->error_description, "no!");
  EXPECT_EQ(parse_callback("")->state, "");
  EXPECT_EQ(parse_callback("code&state=")->code, "");
}

TEST(Callback, WhatLeavesRoomForTwoReadingsIsRefused) {
  for (const auto& [query, why] : std::vector<std::pair<std::string, std::string>>{
           {"state=a&state=b", "state is there twice"},
           {"code=a&state=s&code=a", "code is there twice"},
           {"iss=a&iss=", "iss is there twice"},
           {"code=%zz", "code cannot be decoded"},
           {"state=a%00b", "state cannot be decoded"},
           {"code=" + std::string(9000, 'a'), "code is longer than 8 KiB"}}) {
    const auto callback = parse_callback(query);
    ASSERT_FALSE(callback) << query;
    EXPECT_EQ(callback.error().kind, FailureKind::kNoAttempt);
    EXPECT_THAT(callback.error().message, HasSubstr(why));
  }
}

}  // namespace
}  // namespace causeway::api::oauth
