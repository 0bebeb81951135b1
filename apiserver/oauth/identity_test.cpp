#include "apiserver/oauth/identity.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::oauth {
namespace {

Identity identity(json::object claims) {
  claims.emplace("sub", "17");
  return identity_of("company", "https://id.example", claims).value();
}

TEST(Identity, IsWhatTheProviderTold) {
  const auto ada = identity({{"email", "Ada@example.org"},
                             {"email_verified", true},
                             {"name", "Ada Lovelace 用户"},
                             {"preferred_username", "ada"},
                             {"picture", "https://id.example/ada.png?s=80"},
                             {"groups", json::array{"a", "b"}},
                             {"nonce", "n"},
                             {"iss", "https://id.example"}});
  EXPECT_EQ(ada.provider, "company");
  EXPECT_EQ(ada.issuer, "https://id.example");
  EXPECT_EQ(ada.subject, "17");
  EXPECT_EQ(ada.email, "Ada@example.org");
  EXPECT_TRUE(ada.email_verified);
  EXPECT_EQ(ada.name, "Ada Lovelace 用户");
  EXPECT_EQ(ada.preferred_username, "ada");
  EXPECT_EQ(ada.avatar_url, "https://id.example/ada.png?s=80");
  EXPECT_TRUE(ada.claims.contains("groups"));
  EXPECT_FALSE(ada.claims.contains("nonce"));
  EXPECT_FALSE(ada.claims.contains("iss"));
  EXPECT_EQ(identity({{"nickname", "ada"}}).preferred_username, "ada");  // GitLab's
}

TEST(Identity, NeedsASubject) {
  for (const json::value& sub :
       {json::value(""), json::value(17), json::value(nullptr), json::value(std::string(256, '1')), json::value("a\nb"),
        json::value(std::string("a\0b", 3))}) {
    const auto none = identity_of("company", "https://id.example", {{"sub", sub}});
    ASSERT_FALSE(none) << sub;
    EXPECT_EQ(none.error().kind, FailureKind::kBadToken);
  }
  EXPECT_FALSE(identity_of("company", "https://id.example", {}));
}

TEST(Identity, AnAddressIsVerifiedOnlyWhenItIsSaid) {
  const json::object ada{{"email", "ada@example.org"}};
  EXPECT_FALSE(identity(ada).email_verified);
  for (const auto& [said, verified] : std::vector<std::pair<json::value, bool>>{{true, true},
                                                                                {"true", true},
                                                                                {false, false},
                                                                                {"false", false},
                                                                                {1, false},
                                                                                {"yes", false},
                                                                                {nullptr, false}}) {
    auto claims = ada;
    claims["email_verified"] = said;
    EXPECT_EQ(identity(claims).email_verified, verified) << said;
  }
  EXPECT_FALSE(identity({{"email_verified", true}}).email_verified);
}

TEST(Identity, WhatCannotBeShownIsLeftOut) {
  for (const auto& email :
       {std::string("ada"), std::string("@example.org"), std::string("ada@"), std::string("a@b@c"),
        std::string("a b@example.org"), std::string("ada@example.org\r\n"), std::string(250, 'a') + "@b.example"})
    EXPECT_EQ(identity({{"email", email}, {"email_verified", true}}).email, "") << email;
  for (const auto& url : {"http://id.example/a.png", "javascript:alert(1)", "data:image/png;base64,AA==",
                          "//id.example", "https://id.example/\" onload=\"x", "http://localhost/a.png"})
    EXPECT_EQ(identity({{"picture", url}}).avatar_url, "") << url;
  EXPECT_EQ(identity({{"name", std::string(256, 'a')}}).name, "");
  EXPECT_EQ(identity({{"name", "a\x1b[31m"}}).name, "");
  EXPECT_EQ(identity({{"name", json::array{"Ada"}}}).name, "");
}

TEST(Identity, ClaimsAreBounded) {
  json::object many{{"first", "kept"}, {"huge", std::string(5000, 'x')}, {"nul", std::string("a\0b", 3)}};
  for (int i = 0; i < 1000; i++) many["claim" + std::to_string(i)] = "0123456789";
  const auto kept = bounded_claims(many);
  EXPECT_LE(json::serialize(kept).size(), 4096U);
  EXPECT_GT(json::serialize(kept).size(), 4000U);
  EXPECT_TRUE(kept.contains("first"));
  EXPECT_FALSE(kept.contains("huge"));
  EXPECT_FALSE(kept.contains("nul"));
}

}  // namespace
}  // namespace causeway::api::oauth
