#include "apiserver/oauth/id_token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::oauth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::int64_t kSeconds = 1'800'000'000;

std::string refusal(const json::object& changes) {
  json::object claims{{"iss", "https://id.example"}, {"aud", "causeway"}, {"sub", "17"}, {"iat", kSeconds},
                      {"exp", kSeconds + 60},        {"nonce", "n"}};
  for (const auto& [name, value] : changes) {
    if (value.is_null()) {
      claims.erase(name);
    } else {
      claims[name] = value;
    }
  }
  // OpenID Connect Core 1.0, A.4
  const IdTokenContext context{"https://id.example", "causeway", "n", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"};
  const auto checked = check_id_token(claims, context, base::WallTime(std::chrono::seconds(kSeconds)));
  if (checked) return "";
  EXPECT_EQ(checked.error().kind, FailureKind::kBadToken);
  return checked.error().message;
}

TEST(IdToken, OfThisAttemptIsTaken) {
  EXPECT_EQ(refusal({}), "");
  EXPECT_EQ(refusal({{"azp", "causeway"}}), "");
  EXPECT_EQ(refusal({{"aud", json::array{"causeway"}}}), "");
  EXPECT_EQ(refusal({{"aud", json::array{"other", "causeway"}}, {"azp", "causeway"}}), "");
  EXPECT_EQ(refusal({{"at_hash", "77QmUPtjPfzWtF2AnpK9RQ"}}), "");
}

TEST(IdToken, OfAnotherIsRefused) {
  EXPECT_THAT(refusal({{"iss", "https://evil.example"}}), HasSubstr("iss"));
  EXPECT_THAT(refusal({{"aud", "other"}}), HasSubstr("aud"));
  EXPECT_THAT(refusal({{"aud", json::array{"causeway", "other"}}}), HasSubstr("azp"));
  EXPECT_THAT(refusal({{"azp", "other"}}), HasSubstr("azp"));
  EXPECT_THAT(refusal({{"azp", 7}}), HasSubstr("azp"));
  EXPECT_THAT(refusal({{"exp", kSeconds - 61}}), HasSubstr("expired"));
  EXPECT_THAT(refusal({{"nonce", nullptr}}), HasSubstr("nonce"));
  EXPECT_THAT(refusal({{"nonce", "m"}}), HasSubstr("nonce"));
  EXPECT_THAT(refusal({{"nonce", ""}}), HasSubstr("nonce"));
  EXPECT_THAT(refusal({{"at_hash", "77QmUPtjPfzWtF2AnpK9RR"}}), HasSubstr("at_hash"));
  EXPECT_THAT(refusal({{"at_hash", 7}}), HasSubstr("at_hash"));
}

// Whoever forgets the nonce gets no token, rather than any.
TEST(IdToken, AnAttemptWithoutANonceTakesNone) {
  EXPECT_FALSE(check_id_token({{"iss", "i"}, {"aud", "a"}, {"iat", 1}, {"exp", 9}, {"nonce", ""}}, {"i", "a", "", "t"},
                              base::WallTime(1s)));
}

}  // namespace
}  // namespace causeway::api::oauth
