#include "apiserver/jwt/claims.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::jwt {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const base::WallTime kNow{1'800'000'000s};
constexpr std::int64_t kSeconds = 1'800'000'000;

json::object claims(json::object changes = {}) {
  json::object all{{"iss", "https://id.example"}, {"aud", "us"}, {"iat", kSeconds - 5}, {"exp", kSeconds + 300}};
  for (const auto& [name, value] : changes) {
    if (value.is_null()) {
      all.erase(name);
    } else {
      all[name] = value;
    }
  }
  return all;
}
std::string refusal(const json::object& all) {
  const auto checked = check_claims(all, {.issuer = "https://id.example", .audience = "us"}, kNow);
  return checked ? "" : checked.error().message;
}

TEST(Claims, OfATokenForUsAreTaken) {
  EXPECT_EQ(refusal(claims()), "");
  EXPECT_EQ(refusal(claims({{"aud", {"them", "us"}}})), "");
  EXPECT_EQ(refusal(claims({{"nbf", kSeconds}})), "");
  EXPECT_EQ(refusal(claims({{"exp", 1.8e9 + 0.5}})), "");
  EXPECT_EQ(refusal(claims({{"exp", 253'402'300'799}})), "");
}

TEST(Claims, IssuerAndAudienceAreExactlyTheExpected) {
  for (const auto* iss : {"https://id.example/", "https://ID.example", "", "https://id.example.org"})
    EXPECT_THAT(refusal(claims({{"iss", iss}})), HasSubstr("\"iss\"")) << iss;
  EXPECT_THAT(refusal(claims({{"iss", nullptr}})), HasSubstr("\"iss\""));
  EXPECT_THAT(refusal(claims({{"iss", json::array{"https://id.example"}}})), HasSubstr("\"iss\""));
  for (const json::value& aud : {json::value("them"), json::value(""), json::value(json::array{}), json::value(7),
                                 json::value(json::array{"us", 7}), json::value(nullptr)})
    EXPECT_THAT(refusal(claims({{"aud", aud}})), HasSubstr("\"aud\""));
}

TEST(Claims, TimesAreWithinAMinuteOfEachOther) {
  EXPECT_EQ(refusal(claims({{"exp", kSeconds - 59}})), "");
  EXPECT_THAT(refusal(claims({{"exp", kSeconds - 60}})), HasSubstr("expired"));
  EXPECT_EQ(refusal(claims({{"iat", kSeconds + 60}})), "");
  EXPECT_THAT(refusal(claims({{"iat", kSeconds + 61}})), HasSubstr("clocks"));
  EXPECT_EQ(refusal(claims({{"nbf", kSeconds + 60}})), "");
  EXPECT_THAT(refusal(claims({{"nbf", kSeconds + 61}})), HasSubstr("not valid yet"));
}

TEST(Claims, WhatIsNoTimeIsRefused) {
  for (const auto* name : {"exp", "iat", "nbf"})
    for (const json::value& time : {json::value("1800000300"), json::value(-1), json::value(1e300), json::value(true),
                                    json::value(std::uint64_t{18'446'744'073'709'551'615U})})
      EXPECT_THAT(refusal(claims({{name, time}})), HasSubstr(name)) << name << ' ' << time;
  EXPECT_THAT(refusal(claims({{"exp", nullptr}})), HasSubstr("\"exp\" is missing"));
  EXPECT_THAT(refusal(claims({{"iat", nullptr}})), HasSubstr("\"iat\" is missing"));
}

TEST(Claims, AudiencesAreOneOrSeveral) {
  EXPECT_THAT(audiences({{"aud", "a"}}).value(), ElementsAre("a"));
  EXPECT_THAT(audiences({{"aud", {"a", "b"}}}).value(), ElementsAre("a", "b"));
  EXPECT_EQ(audiences({}), std::nullopt);
}

}  // namespace
}  // namespace causeway::api::jwt
