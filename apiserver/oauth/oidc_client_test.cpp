#include "apiserver/oauth/oidc_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/oauth/fake_provider.hpp"

namespace causeway::api::oauth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

struct OidcClientTest : ::testing::Test {
  OidcClient& client() {
    if (!made) made = std::make_unique<OidcClient>(fake.provider, HttpLimits{}, clock);
    return *made;
  }
  Outcome<Identity> identify() {
    return client().identify({"code-1", "verifier", "nonce", "https://causeway.example/callback"}, Budget(20s));
  }
  Failure refusal() {
    const auto identity = identify();
    EXPECT_FALSE(identity);
    return identity ? Failure{FailureKind::kDatabase} : identity.error();
  }
  void expect_bad_token(const std::string& why) {
    const auto failure = refusal();
    EXPECT_EQ(failure.kind, FailureKind::kBadToken) << failure.message;
    EXPECT_THAT(failure.message, HasSubstr(why));
  }
  // A header and the claims, signed by the provider's key whatever the header says.
  std::string forged(const std::string& header) {
    auto claims = fake.claims;
    claims["nonce"] = "nonce";
    const auto text = base::base64url_encode(header) + '.' + base::base64url_encode(json::serialize(claims));
    return text + '.' + base::base64url_encode(fake.key.sign(jwt::Algorithm::kEs256, text));
  }
  void gives(const json::object& changes) {
    auto tokens = fake.tokens();
    for (const auto& [name, value] : changes) tokens[name] = value;
    fake.http.on("/token", tokens);
  }

  base::ManualClock clock;
  test::FakeOidc fake{clock};
  std::unique_ptr<OidcClient> made;
};

TEST_F(OidcClientTest, SendsBrowsersToTheProvider) {
  const auto url = client().authorization_url({"state", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "nonce"},
                                              "https://causeway.example/callback", Budget(20s));
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(*url,
            fake.http.url() +
                "/authorize?tenant=7&response_type=code&client_id=causeway"
                "&redirect_uri=https%3A%2F%2Fcauseway.example%2Fcallback&scope=openid%20email&state=state&nonce=nonce"
                "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
}

TEST_F(OidcClientTest, FindsOutWhoItIs) {
  const auto ada = identify();
  ASSERT_TRUE(ada) << ada.error().message;
  EXPECT_EQ(ada->issuer, fake.http.url());
  EXPECT_EQ(ada->subject, "17");
  EXPECT_EQ(ada->email, "ada@example.org");
  EXPECT_TRUE(ada->email_verified);
  const auto asked = fake.http.asked("/token").at(0);
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.headers.get("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(asked.body,
            "grant_type=authorization_code&code=code-1&redirect_uri=https%3A%2F%2Fcauseway.example%2Fcallback"
            "&code_verifier=verifier");
  EXPECT_EQ(asked.headers.get("Authorization"), "Basic " + base::base64_encode("causeway:s3cret%26more"));
  // The token told e-mail and name: nothing else is asked.
  EXPECT_TRUE(fake.http.asked("/userinfo").empty());
}

TEST_F(OidcClientTest, SecretsGoInTheBodyWhereTheProviderWantsThat) {
  fake.document["token_endpoint_auth_methods_supported"] = json::array{"client_secret_post"};
  ASSERT_TRUE(identify());
  EXPECT_THAT(fake.http.asked("/token").at(0).body, HasSubstr("&client_id=causeway&client_secret=s3cret%26more"));
  EXPECT_EQ(fake.http.asked("/token").at(0).headers.get("Authorization"), std::nullopt);
}

TEST_F(OidcClientTest, APublicClientHasNoSecret) {
  fake.provider.client_secret_file.clear();
  ASSERT_TRUE(identify());
  EXPECT_THAT(fake.http.asked("/token").at(0).body, HasSubstr("&client_id=causeway"));
  EXPECT_THAT(fake.http.asked("/token").at(0).body, Not(HasSubstr("secret")));
}

TEST_F(OidcClientTest, ASecretIsReadAgain) {
  ASSERT_TRUE(identify());
  ASSERT_TRUE(base::write_file_atomic(fake.provider.client_secret_file, "rotated"));
  ASSERT_TRUE(identify());
  EXPECT_EQ(fake.http.asked("/token").at(1).headers.get("Authorization"),
            "Basic " + base::base64_encode("causeway:rotated"));
  ASSERT_TRUE(base::write_file_atomic(fake.provider.client_secret_file, "\n"));
  EXPECT_EQ(refusal().kind, FailureKind::kMisconfigured);
  std::filesystem::remove(fake.provider.client_secret_file);
  EXPECT_EQ(refusal().kind, FailureKind::kMisconfigured);
  EXPECT_EQ(fake.http.asked("/token").size(), 2U);
}

TEST_F(OidcClientTest, WhatTheTokenDoesNotTellTheUserinfoEndpointDoes) {
  fake.claims.erase("email");
  fake.claims.erase("email_verified");
  fake.http.on("/userinfo",
               {{"sub", "17"}, {"email", "other@example.org"}, {"email_verified", true}, {"name", "Other"}});
  const auto ada = identify();
  ASSERT_TRUE(ada) << ada.error().message;
  EXPECT_EQ(ada->email, "other@example.org");
  EXPECT_TRUE(ada->email_verified);
  EXPECT_EQ(ada->name, "Ada L.");  // what was signed stays
  EXPECT_EQ(fake.http.asked("/userinfo").at(0).headers.get("Authorization"), "Bearer at-1");
}

TEST_F(OidcClientTest, AnAddressIsNotVerifiedByWhatIsSaidOfAnother) {
  fake.claims.erase("name");
  fake.claims.erase("email_verified");
  fake.http.on("/userinfo", {{"sub", "17"}, {"email", "other@example.org"}, {"email_verified", true}});
  EXPECT_EQ(identify()->email, "ada@example.org");
  EXPECT_FALSE(identify()->email_verified);
}

TEST_F(OidcClientTest, UserinfoOfAnotherIsRefused) {
  fake.claims.erase("email");
  for (const json::value& sub : {json::value("18"), json::value(17), json::value("")}) {
    fake.http.on("/userinfo", {{"sub", sub}, {"email", "eve@example.org"}});
    expect_bad_token("another subject");
  }
  fake.http.on("/userinfo", "eyJ…");
  EXPECT_EQ(refusal().kind, FailureKind::kBadAnswer);
  fake.http.on("/userinfo", {{"error", "down"}}, 503);
  EXPECT_EQ(refusal().kind, FailureKind::kUnavailable);
}

TEST_F(OidcClientTest, TokensThatAreNotForThisAttemptAreRefused) {
  fake.nonce = "another";
  expect_bad_token("nonce");
  fake.nonce = "";
  expect_bad_token("nonce");
  fake.nonce = "nonce";
  for (const auto& [claim, value] : std::vector<std::pair<const char*, json::value>>{{"iss", "https://evil.example"},
                                                                                     {"aud", "another"},
                                                                                     {"azp", "another"},
                                                                                     {"exp", 1},
                                                                                     {"iat", 9e9},
                                                                                     {"sub", ""},
                                                                                     {"at_hash", "AAAA"}}) {
    const auto before = fake.claims;
    fake.claims[claim] = value;
    expect_bad_token(claim);
    fake.claims = before;
  }
  EXPECT_TRUE(identify());
}

TEST_F(OidcClientTest, TokensThatTheProviderDidNotSignAreRefused) {
  gives({{"id_token", jwt::sign(fake.claims, jwt::test::ec_key(), {.key_id = fake.key.public_key().thumbprint()})}});
  expect_bad_token("signature");
  gives({{"id_token", forged(R"({"alg":"none"})")}});
  expect_bad_token("its algorithm is \"none\"");
  gives({{"id_token", forged(R"({"alg":"HS256"})")}});
  expect_bad_token("its algorithm is \"HS256\"");
  gives({{"id_token", forged(R"({"alg":"ES256","crit":["x"],"x":1})")}});
  expect_bad_token("crit");
  gives({{"id_token", forged(R"({"alg":"ES256","alg":"ES256"})")}});
  expect_bad_token("twice");
  gives({{"id_token", forged(R"({"alg":"RS256"})")}});
  expect_bad_token("no key");
  gives({{"id_token", "nonsense"}});
  expect_bad_token("three parts");
  gives({{"id_token", nullptr}});
  expect_bad_token("gave none");
  gives({{"id_token", forged(R"({"alg":"ES256"})")}});  // without a kid, but there is one key only
  EXPECT_TRUE(identify());
}

TEST_F(OidcClientTest, ATokenForAnotherPurposeIsRefused) {
  for (const auto* type : {"at+jwt", "logout+jwt"}) {
    fake.type = type;
    expect_bad_token("of type");
  }
}

TEST_F(OidcClientTest, ANewKeyIsFetchedOnceInAWhile) {
  ASSERT_TRUE(identify());
  fake.rotated = true;
  expect_bad_token("no key");  // asked a moment ago
  clock.advance(10s);
  expect_bad_token("no key");
  EXPECT_EQ(fake.http.asked("/keys").size(), 2U);
  for (int i = 0; i < 5; i++) expect_bad_token("no key");
  EXPECT_EQ(fake.http.asked("/keys").size(), 2U);
  fake.published = true;
  clock.advance(10s);
  const auto ada = identify();
  EXPECT_TRUE(ada) << ada.error().message;
  EXPECT_EQ(fake.http.asked("/keys").size(), 3U);
  EXPECT_EQ(fake.http.asked("/.well-known/openid-configuration").size(), 1U);
}

TEST_F(OidcClientTest, AKeyThatWasWithdrawnIsNotTakenForLong) {
  ASSERT_TRUE(identify());
  fake.http.on("/keys", [this](const auto&) {
    auto jwk = fake.next.public_key().to_jwk();
    jwk["kid"] = fake.next.public_key().thumbprint();
    return test::answer({{"keys", json::array{jwk}}});
  });
  clock.advance(10min);
  fake.claims["exp"] = 9'000'000'000;
  expect_bad_token("no key");
}

TEST_F(OidcClientTest, KeysThatCannotBeUsedAreRefused) {
  for (const auto& body : {std::string("{}"), std::string(R"({"keys": []})"), std::string("<html>")}) {
    made.reset();
    fake.http.on("/keys", [=](const auto&) { return base::json_response(200, body); });
    EXPECT_EQ(refusal().kind, FailureKind::kBadAnswer) << body;
  }
}

TEST_F(OidcClientTest, WhatTheTokenEndpointRefusesIsToldApart) {
  for (const auto& [error, kind] :
       std::vector<std::pair<const char*, FailureKind>>{{"invalid_grant", FailureKind::kDenied},
                                                        {"invalid_client", FailureKind::kMisconfigured},
                                                        {"unauthorized_client", FailureKind::kMisconfigured},
                                                        {"something\nelse", FailureKind::kMisconfigured}}) {
    fake.http.on("/token", {{"error", error}, {"error_description", "why\nnot"}}, 400);
    const auto failure = refusal();
    EXPECT_EQ(failure.kind, kind) << error;
    EXPECT_THAT(failure.message, HasSubstr("\"why?not\""));
    EXPECT_THAT(failure.message, Not(HasSubstr("code-1")));
    EXPECT_THAT(failure.message, Not(HasSubstr("s3cret")));
  }
  fake.http.on("/token", {{"error", "temporarily"}}, 503);
  EXPECT_EQ(refusal().kind, FailureKind::kUnavailable);
}

TEST_F(OidcClientTest, NonsenseOfTheTokenEndpointIsRefused) {
  for (const auto& changes : std::vector<json::object>{{{"access_token", nullptr}},
                                                       {{"access_token", ""}},
                                                       {{"access_token", "a\r\nX-Evil: b"}},
                                                       {{"access_token", std::string(9000, 'a')}},
                                                       {{"token_type", "mac"}},
                                                       {{"token_type", nullptr}}}) {
    gives(changes);
    EXPECT_EQ(refusal().kind, FailureKind::kBadAnswer) << json::serialize(changes).substr(0, 80);
  }
  gives({{"token_type", "bearer"}});
  EXPECT_TRUE(identify());
}

TEST_F(OidcClientTest, AProviderThatIsAwayIsAskedOnce) {
  fake.http.on("/.well-known/openid-configuration", json::object{}, 503);
  for (int i = 0; i < 5; i++) EXPECT_EQ(refusal().kind, FailureKind::kUnavailable);
  EXPECT_EQ(fake.http.asked("/.well-known/openid-configuration").size(), 1U);
}

TEST_F(OidcClientTest, ADocumentOfAnotherIssuerIsRefused) {
  fake.document["issuer"] = "https://evil.example";
  const auto failure = refusal();
  EXPECT_EQ(failure.kind, FailureKind::kMisconfigured);
  EXPECT_THAT(failure.message, HasSubstr("not of the configured issuer"));
  EXPECT_TRUE(fake.http.asked("/token").empty());  // no code and no secret went anywhere
}

TEST_F(OidcClientTest, IssuersOfRedirectsAreCompared) {
  const auto kind = [&](const std::string& iss) {
    const auto checked = client().check_issuer(iss, Budget(20s));
    return checked ? std::optional<FailureKind>() : checked.error().kind;
  };
  EXPECT_EQ(kind(""), std::nullopt);
  EXPECT_EQ(kind(fake.http.url()), std::nullopt);
  EXPECT_EQ(kind("https://evil.example"), FailureKind::kBadToken);
  made.reset();
  fake.document["authorization_response_iss_parameter_supported"] = true;
  EXPECT_EQ(kind(""), FailureKind::kBadToken);
  EXPECT_EQ(kind(fake.http.url()), std::nullopt);
}

TEST_F(OidcClientTest, WithItsEndpointsConfiguredNothingIsDiscovered) {
  for (const auto* name : {"authorization", "token", "jwks"})
    fake.provider.endpoints[name] =
        parse_endpoint(fake.http.url() + (std::string(name) == "jwks" ? "/keys" : "/" + std::string(name))).value();
  EXPECT_TRUE(identify());
  EXPECT_TRUE(fake.http.asked("/.well-known/openid-configuration").empty());
}

}  // namespace
}  // namespace causeway::api::oauth
