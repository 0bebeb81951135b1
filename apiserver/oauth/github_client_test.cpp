#include "apiserver/oauth/github_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/oauth/fake_provider.hpp"

namespace causeway::api::oauth {
namespace {

using namespace std::chrono_literals;

struct GithubClientTest : ::testing::Test {
  GithubClientTest() {
    EXPECT_TRUE(base::write_file_atomic(folder.path() / "secret", "s3cret\n"));
    provider.name = "github";
    provider.kind = Kind::kGithub;
    provider.issuer = http.url() + "/";  // as of a GitHub Enterprise Server
    provider.client_id = "Iv1.0123";
    provider.client_secret_file = folder.path() / "secret";
    provider.scopes = {"read:user", "user:email"};
    http.on("/login/oauth/access_token", {{"access_token", "gho_1"}, {"token_type", "bearer"}, {"scope", "read:user"}});
    http.on("/api/v3/user", user());
    http.on("/api/v3/user/emails", emails());
  }
  static json::object user() {
    return {{"id", 583231},
            {"login", "ada"},
            {"name", "Ada L."},
            {"email", "public@example.org"},
            {"avatar_url", "https://avatars.example/1"},
            {"bio", "long"}};
  }
  static json::array emails() {
    return {{{"email", "old@example.org"}, {"primary", false}, {"verified", true}},
            {{"email", "ada@example.org"}, {"primary", true}, {"verified", true}}};
  }
  Outcome<Identity> identify() {
    return GithubClient(provider, {})
        .identify({"code-1", "verifier", "nonce", "https://causeway.example/callback"}, Budget(20s));
  }
  FailureKind refusal() {
    const auto identity = identify();
    EXPECT_FALSE(identity);
    return identity ? FailureKind::kDatabase : identity.error().kind;
  }
  base::TemporaryDirectory folder;
  test::FakeProvider http;
  Provider provider;
};

TEST_F(GithubClientTest, SendsBrowsersToGithub) {
  provider.issuer = "https://github.com";
  const auto url = GithubClient(provider, {})
                       .authorization_url({"state", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "nonce"},
                                          "https://causeway.example/callback", Budget(0s));
  EXPECT_EQ(*url,
            "https://github.com/login/oauth/authorize?response_type=code&client_id=Iv1.0123"
            "&redirect_uri=https%3A%2F%2Fcauseway.example%2Fcallback&scope=read%3Auser%20user%3Aemail&state=state"
            "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
}

TEST_F(GithubClientTest, FindsOutWhoItIs) {
  const auto ada = identify();
  ASSERT_TRUE(ada) << ada.error().message;
  EXPECT_EQ(ada->issuer, http.url());
  EXPECT_EQ(ada->subject, "583231");
  EXPECT_EQ(ada->email, "ada@example.org");
  EXPECT_TRUE(ada->email_verified);
  EXPECT_EQ(ada->name, "Ada L.");
  EXPECT_EQ(ada->preferred_username, "ada");
  EXPECT_EQ(ada->avatar_url, "https://avatars.example/1");
  EXPECT_FALSE(ada->claims.contains("bio"));
  EXPECT_EQ(http.asked("/login/oauth/access_token").at(0).body,
            "grant_type=authorization_code&code=code-1&redirect_uri=https%3A%2F%2Fcauseway.example%2Fcallback"
            "&code_verifier=verifier&client_id=Iv1.0123&client_secret=s3cret");
  const auto asked = http.asked("/api/v3/user").at(0);
  EXPECT_EQ(asked.headers.get("Authorization"), "Bearer gho_1");
  EXPECT_EQ(asked.headers.get("Accept"), "application/vnd.github+json");
  EXPECT_EQ(asked.headers.get("User-Agent"), "causeway");  // GitHub refuses requests without one
}

TEST_F(GithubClientTest, OnlyThePrimaryAddressCountsAndOnlyVerified) {
  for (const json::array& list :
       {json::array{}, json::array{{{"email", "ada@example.org"}, {"primary", true}, {"verified", false}}},
        json::array{{{"email", "ada@example.org"}, {"primary", false}, {"verified", true}}},
        json::array{{{"email", "ada@example.org"}, {"primary", "true"}, {"verified", "true"}}}, json::array{7, "a"}}) {
    http.on("/api/v3/user/emails", list);
    const auto ada = identify();
    ASSERT_TRUE(ada) << ada.error().message;
    EXPECT_EQ(ada->email, "") << json::serialize(list);
    EXPECT_FALSE(ada->email_verified);
  }
  // Without the permission there is none, and nothing is wrong.
  http.on("/api/v3/user/emails", {{"message", "Resource not accessible by integration"}}, 403);
  EXPECT_EQ(identify()->email, "");
  http.on("/api/v3/user/emails", {{"message", "down"}}, 503);
  EXPECT_EQ(refusal(), FailureKind::kUnavailable);
  http.on("/api/v3/user/emails", json::object{});
  EXPECT_EQ(refusal(), FailureKind::kBadAnswer);
}

TEST_F(GithubClientTest, ItsErrorsComeWithStatus200) {
  for (const auto& [error, kind] :
       std::vector<std::pair<const char*, FailureKind>>{{"bad_verification_code", FailureKind::kDenied},
                                                        {"incorrect_client_credentials", FailureKind::kMisconfigured},
                                                        {"redirect_uri_mismatch", FailureKind::kMisconfigured}}) {
    http.on("/login/oauth/access_token", {{"error", error}, {"error_description", "why"}});
    EXPECT_EQ(refusal(), kind) << error;
  }
}

TEST_F(GithubClientTest, ASubjectIsANumber) {
  for (const json::value& id : {json::value("583231"), json::value(nullptr), json::value(0), json::value(-1),
                                json::value(1.5), json::value(true)}) {
    auto changed = user();
    changed["id"] = id;
    http.on("/api/v3/user", changed);
    EXPECT_EQ(refusal(), FailureKind::kBadAnswer) << id;
  }
  http.on("/api/v3/user", {{"message", "Bad credentials"}}, 401);
  EXPECT_EQ(refusal(), FailureKind::kBadAnswer);
}

TEST_F(GithubClientTest, EndpointsCanBeElsewhere) {
  http.on("/api/user", user());
  http.on("/api/user/emails", emails());
  http.on("/token", {{"access_token", "gho_2"}, {"token_type", "bearer"}});
  provider.endpoints["api"] = parse_endpoint(http.url() + "/api/").value();
  provider.endpoints["token"] = parse_endpoint(http.url() + "/token").value();
  EXPECT_TRUE(identify());
  EXPECT_EQ(http.asked("/api/user").at(0).headers.get("Authorization"), "Bearer gho_2");
}

TEST_F(GithubClientTest, ARedirectOfAnotherIssuerIsRefused) {
  GithubClient client(provider, {});
  EXPECT_TRUE(client.check_issuer("", Budget(0s)));
  EXPECT_TRUE(client.check_issuer(http.url() + "/login/oauth", Budget(0s)));
  EXPECT_FALSE(client.check_issuer("https://evil.example", Budget(0s)));
}

}  // namespace
}  // namespace causeway::api::oauth
