// Signing in, going on and signing out, as a browser does it.

#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class SignInTest : public WebTest {
 protected:
  SignInTest() {
    people.lifetimes = {.idle = 3min, .absolute = 30min, .overlap = 10s};
    people.default_country = "86";
  }
  base::HttpResponse login(Browser& at, const std::string& email) {
    clock.advance(61s);  // since the last code that went there
    EXPECT_EQ(at.post("/email_code", {{"email", email}}).status, 200);
    return at.post("/login", {{"email", email}, {"code", mailbox.code(email)}});
  }
};

TEST_F(SignInTest, AVisitorIsNobody) {
  auto b = browser();
  const auto identity = b.get("/identity");
  EXPECT_EQ(identity.status, 200);
  EXPECT_EQ(text_of(identity, "role"), "visitor");
  EXPECT_EQ(b.get("/pre_login").status, 401);
  EXPECT_EQ(b.get("/api/v1/me").status, 401);
  EXPECT_EQ(b.get("/sign_out").status, 204);
}

TEST_F(SignInTest, ANewNumberBecomesAUserWhoChoosesAName) {
  auto b = browser();
  const auto sent = b.post("/phone_code", {{"phone", "138 0013 8000"}});
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(text_of(sent, "to"), "+861****000");
  EXPECT_THAT(sent.body, Not(HasSubstr(mailbox.code("+8613800138000"))));
  const auto in = b.post("/login", {{"phone", "13800138000"}, {"code", mailbox.code("+8613800138000")}});
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_TRUE(object_of(in).at("new").as_bool());
  EXPECT_FALSE(object_of(in).at("user").at("initialised").as_bool());
  EXPECT_EQ(b.cookies.count("causeway"), 1U);
  EXPECT_EQ(b.cookies.count("causeway-browser"), 0U) << "it has done its work";

  EXPECT_EQ(slug(b.post("/api/v1/me/initialisation", {{"name", "admin"}})), "invalid") << "a word of the platform";
  EXPECT_EQ(slug(b.post("/api/v1/me/initialisation", {{"name", "a--b"}})), "invalid");
  const auto chosen = b.post("/api/v1/me/initialisation", {{"name", "Ada"}, {"displayName", "Ada Lovelace"}});
  ASSERT_EQ(chosen.status, 200) << chosen.body;
  EXPECT_EQ(text_of(chosen, "name"), "Ada");
  EXPECT_EQ(text_of(b.get("/identity"), "name"), "Ada") << "the session knows it at once";
  EXPECT_EQ(slug(b.post("/api/v1/me/initialisation", {{"name", "Other"}})), "conflict");
  EXPECT_EQ(number("SELECT count(*) FROM accounts WHERE namespace = 'u-ada'"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM former_names"), 0);

  auto other = browser();
  login(other, "eve@example.org");
  EXPECT_EQ(slug(other.post("/api/v1/me/initialisation", {{"name", "ADA"}})), "conflict");
  EXPECT_EQ(text_of(browser().get("/api/v1/users/ada"), "displayName"), "Ada Lovelace");
}

TEST_F(SignInTest, AKnownAddressIsTheSameUser) {
  auto first = user("ada");
  auto again = browser();
  clock.advance(61s);
  ASSERT_EQ(again.post("/email_code", {{"email", "Ada@Example.org"}}).status, 200);
  const auto in = again.post("/login", {{"email", "ADA@example.org"}, {"code", mailbox.code("ada@example.org")}});
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_FALSE(object_of(in).at("new").as_bool());
  EXPECT_EQ(text_of(first.get("/identity"), "id"), text_of(again.get("/identity"), "id"));
}

TEST_F(SignInTest, ACodeIsOfUseToTheBrowserThatAskedOnceAndNotForLong) {
  auto asked = browser(), thief = browser();
  ASSERT_EQ(asked.post("/email_code", {{"email", "ada@example.org"}}).status, 200);
  const json::object proof{{"email", "ada@example.org"}, {"code", mailbox.code("ada@example.org")}};
  EXPECT_EQ(slug(thief.post("/login", proof)), "wrong-proof");
  EXPECT_EQ(asked.post("/login", proof).status, 200);
  EXPECT_EQ(slug(asked.post("/login", proof)), "wrong-proof") << "used";
  clock.advance(61s);
  ASSERT_EQ(asked.post("/email_code", {{"email", "ada@example.org"}}).status, 200);
  clock.advance(10min);
  EXPECT_EQ(slug(asked.post("/login", {{"email", "ada@example.org"}, {"code", mailbox.code("ada@example.org")}})),
            "wrong-proof");
}

TEST_F(SignInTest, CodesAreFewAndGuessesToo) {
  auto b = browser();
  ASSERT_EQ(b.post("/email_code", {{"email", "ada@example.org"}}).status, 200);
  const auto early = b.post("/email_code", {{"email", "ada@example.org"}});
  EXPECT_EQ(early.status, 429);
  EXPECT_EQ(early.headers.get("Retry-After").value_or(""), "60");
  const auto code = mailbox.code("ada@example.org");
  const auto wrong = code == "000000" ? "000001" : "000000";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(b.post("/login", {{"email", "ada@example.org"}, {"code", wrong}}).status, 401);
  EXPECT_EQ(b.post("/login", {{"email", "ada@example.org"}, {"code", code}}).status, 401) << "too many attempts";
}

TEST_F(SignInTest, LimitsTellNobodyWhoHasAnAccount) {
  user("ada");
  for (const char* account : {"ada@example.org", "nobody@example.org"}) {
    int refused = 0;
    auto guesser = browser("192.0.2.99");
    for (int i = 0; i < 10; ++i)
      refused += guesser.post("/login", {{"account", account}, {"password", "guess"}}).status == 429;
    EXPECT_EQ(refused, 0) << account;
    std::string shouted(account);
    shouted[0] = static_cast<char>(shouted[0] - 'a' + 'A');
    EXPECT_EQ(guesser.post("/login", {{"account", shouted}, {"password", "guess"}}).status, 429) << account;
  }
}

TEST_F(SignInTest, WhoMakesProofsUpIsStopped) {
  auto b = browser("192.0.2.77");
  int stopped = 0;
  for (int i = 0; i < 620; ++i) stopped += b.get("/api/v1/version", {{"Authorization", "Bearer cwt_x"}}).status == 429;
  EXPECT_EQ(stopped, 20);
}

TEST_F(SignInTest, WhatIsBehindTheGatewayStaysThere) {
  EXPECT_EQ(browser("192.0.2.1").get("/metrics").status, 404);
  EXPECT_EQ(browser("192.0.2.1").get("/readyz").status, 404);
  EXPECT_EQ(browser("192.0.2.1").get("/healthz").status, 200);
  EXPECT_EQ(browser().get("/metrics").status, 200);
}

TEST_F(SignInTest, WhatCannotBeRightIsSaid) {
  auto b = browser();
  EXPECT_EQ(slug(b.post("/login", json::object{})), "invalid");
  EXPECT_EQ(slug(b.post("/login", {{"phone", "13800138000"}, {"email", "a@b.c"}, {"code", "123456"}})), "invalid");
  EXPECT_EQ(slug(b.post("/login", {{"account", "ada"}})), "invalid");
  EXPECT_EQ(slug(b.post("/phone_code", {{"phone", "12"}})), "invalid");
  EXPECT_EQ(slug(b.post("/email_code", {{"email", "not an address"}})), "invalid");
  EXPECT_EQ(slug(b.post("/email_code", {{"email", "a@example.org"}, {"role", "administrator"}})), "invalid");
}

TEST_F(SignInTest, ACodeThatCannotBeDeliveredIsSaid) {
  mailbox.answer(500);
  const auto answer = browser().post("/email_code", {{"email", "ada@example.org"}});
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.headers.get("Retry-After"));
}

TEST_F(SignInTest, AnotherSiteCannotDoAnything) {
  auto b = user("ada");
  const base::Headers foreign{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}};
  EXPECT_EQ(slug(b.get("/sign_out", foreign)), "cross-site");
  EXPECT_EQ(slug(b.get("/pre_login", foreign)), "cross-site");
  EXPECT_EQ(slug(b.post("/login", {{"account", "eve"}, {"password", "correct horse"}}, foreign)), "cross-site")
      << "nobody is signed in as somebody else";
  EXPECT_EQ(text_of(b.get("/identity"), "name"), "ada");
}

TEST_F(SignInTest, ASessionGoesOnWithUseAndEndsWithout) {
  auto b = user("ada");
  const auto first = b.cookies.at("causeway");
  clock.advance(2min);
  EXPECT_EQ(b.get("/pre_login").status, 200);
  const auto second = b.cookies.at("causeway");
  EXPECT_NE(first, second) << "renewed";
  auto other_tab = browser();
  other_tab.cookies["causeway"] = first;
  EXPECT_EQ(text_of(other_tab.get("/identity"), "role"), "user") << "holds a little longer";
  clock.advance(2min);
  EXPECT_EQ(b.get("/pre_login").status, 200);
  EXPECT_EQ(text_of(other_tab.get("/identity"), "role"), "visitor");
  EXPECT_EQ(other_tab.cookies.count("causeway"), 0U) << "taken back";
  clock.advance(3min);
  EXPECT_EQ(b.get("/pre_login").status, 401);
  EXPECT_EQ(text_of(b.get("/identity"), "role"), "visitor");
}

TEST_F(SignInTest, SigningOutEndsItEverywhere) {
  auto b = user("ada");
  auto copy = browser();
  copy.cookies = b.cookies;
  const auto second = replica();
  auto there = browser_of(*second);
  there.cookies = b.cookies;
  ASSERT_EQ(text_of(there.get("/identity"), "name"), "ada");
  const auto out = b.get("/sign_out");
  ASSERT_EQ(out.status, 204);
  EXPECT_EQ(out.headers.get("Clear-Site-Data"), "\"cache\", \"storage\"");
  EXPECT_EQ(b.cookies.count("causeway"), 0U);
  EXPECT_EQ(text_of(copy.get("/identity"), "role"), "visitor");
  EXPECT_TRUE(database::eventually([&] {
    there.cookies = {{"causeway", "x"}};
    return text_of(there.get("/identity"), "role") == "visitor";
  }));
}

TEST_F(SignInTest, AStaleCookieKeepsNobodyFromSigningIn) {
  auto b = browser();
  b.cookies["causeway"] = "cws_nonsense";
  EXPECT_EQ(text_of(b.get("/identity"), "role"), "visitor");
  b.cookies["causeway"] = "cws_nonsense";
  EXPECT_EQ(login(b, "ada@example.org").status, 200);
  EXPECT_EQ(text_of(b.get("/identity"), "role"), "user");
}

TEST_F(SignInTest, ADisabledUserIsOutAtOnce) {
  auto b = user("ada");
  script("UPDATE accounts SET disabled_at = now() WHERE name = 'ada'");
  clock.advance(6s);  // what the cache still knew
  EXPECT_EQ(text_of(b.get("/identity"), "role"), "visitor");
  auto again = browser();
  EXPECT_EQ(slug(login(again, "ada@example.org")), "account-disabled");
  EXPECT_EQ(again.cookies.count("causeway"), 0U);
}

TEST_F(SignInTest, TheDatabaseIsGone) {
  auto b = user("ada");
  clock.advance(6s);
  {
    const Held held;
    kill_server(false);
    const auto answer = b.get("/identity");
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.headers.get("Retry-After"));
    EXPECT_EQ(browser().get("/identity").status, 200) << "a visitor needs no database";
    EXPECT_EQ(browser().get("/api/v1/version").status, 200);
  }
  EXPECT_TRUE(database::eventually([&] { return b.get("/identity").status == 200; }));
  EXPECT_EQ(text_of(b.get("/identity"), "name"), "ada");
}

}  // namespace
}  // namespace causeway::api
