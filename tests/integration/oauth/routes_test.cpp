// Signing in with another provider as a browser does it, from the button to the account.

#include <thread>

#include "apiserver/oauth/fake_provider.hpp"
#include "tests/integration/oauth/routes_fixture.hpp"

namespace causeway::api::oauth {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class OauthRoutes : public OauthRoutesTest {
 protected:
  OauthRoutes() { configure(fake.provider); }

  // From our address to what comes back: the query of the redirect that leads here again.
  std::string visit(const std::string& url) {
    EXPECT_THAT(url, StartsWith(fake.http.url() + "/authorize?tenant=7&"));
    const auto query = url.substr(url.find('?') + 1);
    fake.nonce = base::query_parameter(query, "nonce").value_or("");
    return "state=" + base::query_parameter(query, "state").value_or("") +
           "&code=code-1&session_state=whatever&scope=openid%20email";
  }
  std::string begin(Browser& by, const std::string& return_to = "/workshop") {
    return visit(location(by.get("/oauth/company?returnTo=" + base::percent_encode(return_to))));
  }
  base::HttpResponse sign_in(Browser& by) { return come_back(by, begin(by)); }
  std::string begin_link(Browser& by) {
    const auto begun = by.post("/api/v1/me/identities", {{"provider", "company"}, {"returnTo", "/settings"}});
    EXPECT_EQ(begun.status, 200) << begun.body;
    return visit(text_of(begun, "url"));
  }
  json::array identities(Browser& by) {
    const auto answer = by.get("/api/v1/me/identities");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return object_of(answer).at("items").as_array();
  }

  test::FakeOidc fake{clock};
};

TEST_F(OauthRoutes, TheSignInPageKnowsTheProviders) {
  const auto items = object_of(browser().get("/api/v1/oauth/providers")).at("items").as_array();
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0], (json::object{{"name", "company"}, {"displayName", "Example Inc."}, {"kind", "oidc"}}));
}

TEST_F(OauthRoutes, WhoIsNewGetsAnAccountAndChoosesAName) {
  auto b = browser();
  EXPECT_EQ(location(sign_in(b)), "/workshop");
  const auto identity = b.get("/identity");
  EXPECT_EQ(text_of(identity, "role"), "user");
  EXPECT_FALSE(object_of(identity).at("initialised").as_bool());
  const auto me = b.get("/api/v1/me");
  EXPECT_EQ(text_of(me, "displayName"), "Ada L.");
  EXPECT_EQ(text_of(me, "email"), "") << "the provider's word makes it nobody's";
  EXPECT_EQ(b.post("/api/v1/me/initialisation", {{"name", "ada"}}).status, 200);
  const auto sessions = object_of(b.get("/api/v1/me/sessions")).at("items").as_array();
  EXPECT_EQ(sessions.at(0).at("method"), "oauth");

  auto again = browser();
  EXPECT_EQ(location(sign_in(again)), "/workshop");
  EXPECT_EQ(text_of(again.get("/identity"), "name"), "ada");
  EXPECT_EQ(number("SELECT count(*) FROM users"), 1);
  const auto linked = identities(again);
  ASSERT_EQ(linked.size(), 1U);
  EXPECT_EQ(linked[0].at("name"), "ada@example.org");
  EXPECT_TRUE(linked[0].as_object().contains("lastLoginAt"));
}

TEST_F(OauthRoutes, AnAddressMakesNobodySomebody) {
  auto ada = user("ada");  // ada@example.org, which the provider says is eve's
  auto eve = browser();
  sign_in(eve);
  EXPECT_NE(text_of(eve.get("/identity"), "id"), text_of(ada.get("/identity"), "id"));
}

TEST_F(OauthRoutes, OneSignInIsASessionInPlaceOfTheOneBefore) {
  auto b = user("ada");
  auto copy = browser();
  copy.cookies = b.cookies;
  sign_in(b);
  EXPECT_NE(text_of(b.get("/identity"), "name"), "ada");
  EXPECT_EQ(text_of(copy.get("/identity"), "role"), "visitor");
}

TEST_F(OauthRoutes, ManyAtOnceAreOneUser) {
  std::vector<std::string> queries;
  std::vector<Browser> browsers;
  // One nonce for all: the fake gives one to each.
  for (int i = 0; i < 4; ++i) {
    browsers.push_back(browser());
    queries.push_back(begin(browsers.back()));
  }
  script("UPDATE oauth_attempts SET nonce = (SELECT nonce FROM oauth_attempts ORDER BY id DESC LIMIT 1)");
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < browsers.size(); ++i)
    threads.emplace_back([&, i] { EXPECT_EQ(location(come_back(browsers[i], queries[i])), "/workshop"); });
  threads.clear();
  EXPECT_EQ(number("SELECT count(*) FROM users"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM accounts"), 1);
}

TEST_F(OauthRoutes, ComingBackWorksOnceAndInTheBrowserThatWent) {
  auto b = browser(), thief = browser();
  const auto query = begin(b);
  begin(thief);
  EXPECT_THAT(location(come_back(thief, query)), StartsWith("/sign-in?problem=oauth-attempt&provider=company"));
  EXPECT_EQ(text_of(thief.get("/identity"), "role"), "visitor");
  EXPECT_THAT(location(come_back(b, query)), StartsWith("/sign-in?problem=oauth-attempt")) << "it was tried";
  const auto second = begin(b);
  EXPECT_EQ(location(come_back(b, second)), "/workshop");
  EXPECT_THAT(location(come_back(b, second)), StartsWith("/sign-in?problem=oauth-attempt"));
  const auto late = begin(b);
  clock.advance(10min);
  EXPECT_THAT(location(come_back(b, late)), StartsWith("/sign-in?problem=oauth-attempt"));
}

TEST_F(OauthRoutes, WhatDoesNotWorkIsSaidToPeopleAndToPrograms) {
  auto b = browser();
  auto query = begin(b, "/a?b=c");
  query = query.substr(0, query.find('&')) + "&error=access_denied&error_description=%3Cscript%3E";
  EXPECT_EQ(location(come_back(b, query)), "/sign-in?problem=oauth-denied&provider=company&returnTo=%2Fa%3Fb%3Dc");
  const auto problem = b.get("/oauth/company/callback?state=x&code=y");
  EXPECT_EQ(problem.status, 409);
  EXPECT_EQ(slug(problem), "oauth-attempt");
  EXPECT_EQ(b.get("/oauth/company/callback").status, 409);
  EXPECT_EQ(b.get("/oauth/company/callback?state=a&state=b").status, 409);
  EXPECT_EQ(b.get("/oauth/nobody").status, 404);
  EXPECT_EQ(b.get("/oauth/nobody/callback?state=a").status, 404);
  EXPECT_EQ(b.get("/oauth/No_body").status, 404);
  fake.claims["aud"] = "somebody else";
  EXPECT_EQ(slug(b.get("/oauth/company/callback?" + begin(b))), "oauth-provider");
  fake.http.on("/token", json::object{}, 503);
  EXPECT_EQ(b.get("/oauth/company/callback?" + begin(b)).status, 503);
  EXPECT_EQ(number("SELECT count(*) FROM users"), 0);
}

TEST_F(OauthRoutes, LeadsToThisSiteOnly) {
  auto b = browser();
  for (const char* elsewhere : {"//evil.example", "https://evil.example", "/\\evil.example", ""}) {
    EXPECT_EQ(b.get("/oauth/company?returnTo=" + base::percent_encode(elsewhere)).status, 400) << elsewhere;
    auto page = from_elsewhere;
    page.set("Sec-Fetch-Site", "same-origin");
    const auto sent = location(b.get("/oauth/company?returnTo=" + base::percent_encode(elsewhere), page));
    EXPECT_EQ(sent, "/sign-in?problem=bad-parameter&provider=company");
  }
}

TEST_F(OauthRoutes, AnotherSiteBeginsNothing) {
  auto b = user("ada");
  for (const char* site : {"cross-site", "same-site"}) {
    EXPECT_EQ(slug(b.get("/oauth/company", {{"Sec-Fetch-Site", site}})), "cross-site");
    EXPECT_EQ(slug(b.post("/api/v1/me/identities", {{"provider", "company"}}, {{"Sec-Fetch-Site", site}})),
              "cross-site");
  }
  EXPECT_EQ(number("SELECT count(*) FROM oauth_attempts"), 0);
}

TEST_F(OauthRoutes, AnIdentityIsLinkedAndSignsInThen) {
  auto ada = user("ada");
  EXPECT_THAT(identities(ada), IsEmpty());
  EXPECT_EQ(location(come_back(ada, begin_link(ada))), "/settings");
  ASSERT_EQ(identities(ada).size(), 1U);
  EXPECT_EQ(location(come_back(ada, begin_link(ada))), "/settings") << "linked already";
  auto other = browser();
  sign_in(other);
  EXPECT_EQ(text_of(other.get("/identity"), "name"), "ada");

  clock.advance(61s);
  auto eve = user("eve");
  EXPECT_THAT(location(come_back(eve, begin_link(eve))), StartsWith("/sign-in?problem=oauth-others&"));
  EXPECT_THAT(identities(eve), IsEmpty());
}

// Somebody's browser must not link what another one brought.
TEST_F(OauthRoutes, WhoLinksIsWhoBegan) {
  auto ada = user("ada"), eve = user("eve");
  const auto query = begin_link(ada);
  ada.cookies["causeway"] = eve.cookies["causeway"];
  EXPECT_THAT(location(come_back(ada, query)), StartsWith("/sign-in?problem=oauth-other-user&"));
  const auto signed_out = begin_link(eve);
  eve.cookies.erase("causeway");
  EXPECT_THAT(location(come_back(eve, signed_out)), StartsWith("/sign-in?problem=oauth-other-user&"));
  EXPECT_EQ(number("SELECT count(*) FROM identities"), 0);
}

TEST_F(OauthRoutes, LinkingTakesAPersonWhoSignedInJustNow) {
  auto ada = user("ada");
  const auto token =
      text_of(ada.post("/api/v1/me/tokens", {{"name", "t"}, {"scopes", json::array{"account:write"}}}), "token");
  const base::Headers with{{"Authorization", "Bearer " + token}};
  auto program = browser();
  EXPECT_EQ(program.get("/api/v1/me/identities", with).status, 403);
  EXPECT_EQ(program.post("/api/v1/me/identities", {{"provider", "company"}}, with).status, 403);
  EXPECT_EQ(browser().post("/api/v1/me/identities", {{"provider", "company"}}).status, 401);
  EXPECT_EQ(ada.post("/api/v1/me/identities", {{"provider", "nobody"}}).status, 404);
  clock.advance(16min);
  EXPECT_EQ(ada.post("/api/v1/me/identities", {{"provider", "company"}}).status, 403);
}

TEST_F(OauthRoutes, TheLastWayToSignInStays) {
  auto b = browser();
  sign_in(b);
  const auto id = std::string(identities(b).at(0).at("id").as_string());
  EXPECT_EQ(slug(b.send("DELETE", "/api/v1/me/identities/" + id)), "conflict");
  EXPECT_EQ(b.send("DELETE", "/api/v1/me/identities/999").status, 404);
  auto ada = user("ada");
  EXPECT_EQ(ada.send("DELETE", "/api/v1/me/identities/" + id).status, 404) << "not hers";
  ASSERT_EQ(b.send("PUT", "/api/v1/me/password", json::object{{"password", "correct horse battery staple"}}).status,
            204);
  EXPECT_EQ(b.send("DELETE", "/api/v1/me/identities/" + id).status, 204);
  EXPECT_THAT(identities(b), IsEmpty());
}

TEST_F(OauthRoutes, WhoIsDisabledDoesNotComeIn) {
  auto b = browser();
  sign_in(b);
  script("UPDATE accounts SET disabled_at = now()");
  auto again = browser();
  EXPECT_THAT(location(sign_in(again)), StartsWith("/sign-in?problem=account-disabled&"));
  EXPECT_EQ(again.cookies.count("causeway"), 0U);
}

class WithoutProvidersTest : public WebTest {};

TEST_F(WithoutProvidersTest, TheServerStartsAndOffersNone) {
  EXPECT_EQ(object_of(browser().get("/api/v1/oauth/providers")).at("items").as_array().size(), 0U);
  EXPECT_EQ(browser().get("/oauth/company").status, 404);
}

TEST_F(OauthRoutes, WhoHasASecondFactorIsSentToGiveIt) {
  const base::TemporaryDirectory keys;
  ASSERT_TRUE(base::write_file_atomic(keys.path() / "1", std::string(32, 'k')));
  people.second_factor_keys = {keys.path()};
  const auto with_key = replica();
  auto b = browser_of(*with_key);
  EXPECT_EQ(location(sign_in(b)), "/workshop");
  const auto uri = text_of(b.send("POST", "/api/v1/me/second-factor"), "uri");
  ASSERT_THAT(uri, StartsWith("otpauth://totp/causeway.localhost:"));
  // Whatever the app is: it has been confirmed.
  script("UPDATE second_factors SET confirmed_at = begun_at");
  auto again = browser_of(*with_key);
  EXPECT_EQ(location(sign_in(again)), "/sign-in?needs=second-factor&returnTo=%2Fworkshop");
  EXPECT_EQ(text_of(again.get("/identity"), "role"), "visitor");
  EXPECT_EQ(text_of(again.get("/identity"), "needs"), "second-factor");
  EXPECT_EQ(slug(again.get("/api/v1/me/identities")), "second-factor-needed");
}

TEST_F(OauthRoutes, WhoHasNotGivenTheSecondFactorLinksNothing) {
  auto ada = user("ada");
  const auto query = begin_link(ada);
  script(
      "INSERT INTO second_factors (user_id, secret, key, begun_at, confirmed_at)"
      " SELECT id, decode(repeat('5e', 48), 'hex'), decode(repeat('11', 8), 'hex'), now(), now() FROM users");
  clock.advance(61s);
  ASSERT_EQ(ada.post("/email_code", {{"email", "ada@example.org"}}).status, 200);
  ASSERT_EQ(ada.post("/login", {{"email", "ada@example.org"}, {"code", mailbox.code("ada@example.org")}}).status, 200);
  EXPECT_EQ(text_of(ada.get("/identity"), "needs"), "second-factor");
  come_back(ada, query);
  EXPECT_EQ(number("SELECT count(*) FROM identities"), 0);
}

}  // namespace
}  // namespace causeway::api::oauth
