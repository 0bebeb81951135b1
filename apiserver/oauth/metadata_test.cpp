#include "apiserver/oauth/metadata.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::oauth {
namespace {

using ::testing::HasSubstr;

Provider provider() {
  Provider p;
  p.name = "company";
  p.issuer = "https://id.example";
  p.client_id = "causeway";
  p.client_secret_file = "/secret";
  return p;
}
json::object document(const json::object& changes = {}) {
  json::object all{{"issuer", "https://id.example"},
                   {"authorization_endpoint", "https://id.example/authorize"},
                   {"token_endpoint", "https://token.example/"},
                   {"jwks_uri", "https://id.example/keys"}};
  for (const auto& [name, value] : changes) all[name] = value;
  return all;
}
Failure refusal(const json::object& changes) {
  const auto read = read_metadata(document(changes), provider());
  return read ? Failure{} : read.error();
}

TEST(Metadata, IsWhereTheIssuerHasIt) {
  auto p = provider();
  EXPECT_EQ(discovery_endpoint(p).url(), "https://id.example/.well-known/openid-configuration");
  p.issuer = "https://id.example/realms/a/";
  EXPECT_EQ(discovery_endpoint(p).url(), "https://id.example/realms/a/.well-known/openid-configuration");
}

TEST(Metadata, IsRead) {
  const auto plain = read_metadata(document(), provider()).value();
  EXPECT_EQ(plain.authorization.url(), "https://id.example/authorize");
  EXPECT_EQ(plain.token.url(), "https://token.example/");
  EXPECT_EQ(plain.jwks.url(), "https://id.example/keys");
  EXPECT_EQ(plain.userinfo, std::nullopt);
  EXPECT_EQ(plain.authentication, ClientAuthentication::kBasic);
  EXPECT_FALSE(plain.sends_issuer);
  const auto more =
      read_metadata(
          document({{"userinfo_endpoint", "https://id.example/me"},
                    {"authorization_response_iss_parameter_supported", true},
                    {"token_endpoint_auth_methods_supported", json::array{"private_key_jwt", "client_secret_post"}},
                    {"id_token_signing_alg_values_supported", json::array{"none", "HS256", "PS256"}}}),
          provider())
          .value();
  EXPECT_EQ(more.userinfo->url(), "https://id.example/me");
  EXPECT_EQ(more.authentication, ClientAuthentication::kPost);
  EXPECT_TRUE(more.sends_issuer);
}

TEST(Metadata, ThatCannotBeUsedIsRefused) {
  for (const auto* issuer : {"https://id.example/", "https://evil.example", ""}) {
    EXPECT_EQ(refusal({{"issuer", issuer}}).kind, FailureKind::kMisconfigured);
    EXPECT_THAT(refusal({{"issuer", issuer}}).message, HasSubstr("not of the configured issuer"));
  }
  for (const auto* name : {"authorization_endpoint", "token_endpoint", "jwks_uri"}) {
    EXPECT_THAT(refusal({{name, nullptr}}).message, HasSubstr(std::string(name) + " is missing"));
    EXPECT_THAT(refusal({{name, json::array{"https://id.example"}}}).message, HasSubstr("is missing"));
    for (const auto* url : {"http://id.example/", "javascript:alert(1)", "/relative"})
      EXPECT_THAT(refusal({{name, url}}).message, HasSubstr(std::string(name) + ": ")) << url;
  }
  EXPECT_THAT(refusal({{"userinfo_endpoint", "http://id.example/"}}).message, HasSubstr("userinfo_endpoint"));
  EXPECT_EQ(refusal({{"token_endpoint_auth_methods_supported", json::array{"private_key_jwt"}}}).kind,
            FailureKind::kMisconfigured);
  EXPECT_THAT(refusal({{"id_token_signing_alg_values_supported", json::array{"HS256", "none"}}}).message,
              HasSubstr("signs with none of"));
}

TEST(Metadata, TheConfigurationGoesBeforeTheDocument) {
  auto p = provider();
  p.endpoints["token"] = parse_endpoint("https://mine.example/token").value();
  EXPECT_FALSE(configured_metadata(p));
  EXPECT_EQ(read_metadata(document({{"token_endpoint", "http://broken"}}), p)->token.url(),
            "https://mine.example/token");
  p.endpoints["authorization"] = parse_endpoint("https://mine.example/authorize").value();
  p.endpoints["jwks"] = parse_endpoint("https://mine.example/keys").value();
  ASSERT_TRUE(configured_metadata(p));
  EXPECT_EQ(configured_metadata(p)->jwks.url(), "https://mine.example/keys");
}

}  // namespace
}  // namespace causeway::api::oauth
