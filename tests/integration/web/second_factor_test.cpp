// The second factor: set up, given, limited, turned off, and what a session may do before.

#include <cctype>
#include <functional>
#include <thread>

#include "apiserver/account/recovery_code.hpp"
#include "base/encoding.hpp"
#include "tests/integration/web/second_factor_fixture.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

TEST_F(SecondFactorTest, IsSetUpWithACodeOfTheApp) {
  auto ada = user("ada"), elsewhere = browser();
  ASSERT_EQ(sign_in(elsewhere, "ada").status, 200);
  const auto begun = begin(ada);
  ASSERT_EQ(begun.status, 200) << begun.body;
  const App app{decoded(text_of(begun, "secret")), {}};
  EXPECT_THAT(app.secret, SizeIs(20));
  EXPECT_THAT(text_of(begun, "uri"),
              StartsWith("otpauth://totp/causeway.localhost:ada?secret=" + text_of(begun, "secret")));
  EXPECT_FALSE(object_of(ada.get("/api/v1/me")).at("secondFactor").as_bool()) << "not before it was confirmed";
  EXPECT_EQ(slug(confirm(ada, wrong(app))), "invalid");
  EXPECT_EQ(slug(confirm(ada, "12345")), "invalid");
  EXPECT_EQ(role(elsewhere), "user");

  const auto before = ada.cookies;
  const auto on = confirm(ada, code(app));
  ASSERT_EQ(on.status, 200) << on.body;
  EXPECT_THAT(object_of(on).at("recoveryCodes").as_array(), SizeIs(10));
  EXPECT_TRUE(object_of(ada.get("/api/v1/me")).at("secondFactor").as_bool());
  EXPECT_EQ(object_of(ada.get("/api/v1/me")).at("recoveryCodes").as_int64(), 10);
  EXPECT_EQ(role(elsewhere), "visitor") << "other sessions have ended";
  EXPECT_NE(ada.cookies.at("causeway"), before.at("causeway"));
  auto old = browser();
  old.cookies = before;
  EXPECT_EQ(role(old), "visitor");
  EXPECT_EQ(begin(ada).status, 409) << "another app takes a code of this one first";
  EXPECT_EQ(confirm(ada, code(app, 1)).status, 409);

  EXPECT_THAT(mailbox.notices(), ElementsAre("ada@example.org: second_factor_on"));
  EXPECT_EQ(audited("factor.on"), 1);
  EXPECT_EQ(audited("factor.on", "refused"), 2);
  // The secret is there in no form that anybody could read, and codes are hashes.
  EXPECT_EQ(number("SELECT count(*) FROM second_factors WHERE position(decode('" + base::hex_encode(app.secret) +
                   "', 'hex') IN secret) > 0"),
            0);
  EXPECT_EQ(number("SELECT count(*) FROM recovery_codes WHERE octet_length(code_hash) = 32"), 10);
}

TEST_F(SecondFactorTest, TakesARecentSignInOfThePerson) {
  auto ada = user("ada");
  const auto token =
      text_of(ada.post("/api/v1/me/tokens", {{"name", "t"}, {"scopes", json::array{"account:write"}}}), "token");
  const auto app = set_up(ada);
  const std::vector<std::pair<std::string, std::string>> routes{
      {"POST", mine}, {"PUT", mine}, {"POST", mine + "/recovery-codes"}, {"POST", mine + "/removal"}};
  const auto ask = [&](Browser& by, const auto& route, base::Headers headers = {}) {
    std::optional<json::value> body;
    if (route.first != "POST" || route.second != mine) body = json::object{{"code", "123456"}};
    return by.send(route.first, route.second, body, std::move(headers));
  };
  auto program = browser(), visitor = browser();
  for (const auto& route : routes) {
    EXPECT_EQ(slug(ask(program, route, {{"Authorization", "Bearer " + token}})), "forbidden") << route.second;
    EXPECT_EQ(ask(visitor, route).status, 401) << route.second;
  }
  clock.advance(16min);
  for (const auto& route : routes) {
    const auto refused = ask(ada, route);
    EXPECT_EQ(slug(refused), "forbidden") << route.second;
    EXPECT_EQ(refused.headers.get("X-Causeway-Sign-In").value_or(""), "again");
  }
  // The second factor is a part of it: it is recent when all of it was given.
  ASSERT_EQ(sign_in(ada, "ada").status, 200);
  EXPECT_EQ(slug(ask(ada, routes[2])), "second-factor-needed");
  ASSERT_EQ(give(ada, code(app)).status, 200);
  next();
  EXPECT_EQ(ada.post(mine + "/recovery-codes", {{"code", code(app)}}).status, 200);
}

TEST_F(SecondFactorTest, WhatWasBegunIsConfirmedSoonOrNotAtAll) {
  auto ada = user("ada");
  const App first{decoded(text_of(begin(ada), "secret")), {}};
  const App second{decoded(text_of(begin(ada), "secret")), {}};
  EXPECT_EQ(slug(confirm(ada, code(first))), "invalid") << "the later one is the one";
  clock.advance(10min);
  ASSERT_EQ(sign_in(ada, "ada").status, 200);
  clock.advance(5min);
  EXPECT_EQ(slug(confirm(ada, code(second))), "conflict");
  EXPECT_EQ(needs(ada), "");
  EXPECT_TRUE(database::eventually([&] {
    clock.advance(61s);
    return number("SELECT count(*) FROM second_factors") == 0;
  })) << "and is removed";
}

TEST_F(SecondFactorTest, EveryWayToSignInLeadsToIt) {
  auto ada = user("ada");
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/password", json::object{{"password", password}}).status, 204);
  const std::string phone = "+8613800138000";
  ASSERT_EQ(ada.post("/api/v1/me/mobile/code", {{"phone", phone}}).status, 200);
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/mobile", json::object{{"phone", phone}, {"code", mailbox.code(phone)}}).status,
            200);
  const auto app = set_up(ada);
  const std::vector<std::function<base::HttpResponse(Browser&)>> ways{
      [&](Browser& by) { return sign_in(by, "ada"); }, [&](Browser& by) { return by_password(by, "ada"); },
      [&](Browser& by) {
        clock.advance(61s);
        EXPECT_EQ(by.post("/phone_code", {{"phone", phone}}).status, 200);
        return by.post("/login", {{"phone", phone}, {"code", mailbox.code(phone)}});
      }};
  for (std::size_t way = 0; way < ways.size(); ++way) {
    SCOPED_TRACE(way);
    const auto last = text_of(ada.get("/api/v1/me"), "lastLoginAt");
    auto b = browser();
    const auto in = ways[way](b);
    ASSERT_EQ(in.status, 200) << in.body;
    EXPECT_EQ(text_of(in, "needs"), "second-factor");
    EXPECT_FALSE(object_of(in).contains("user")) << "with half of a proof nobody learns more";
    EXPECT_EQ(role(b), "visitor");
    EXPECT_EQ(text_of(b.get("/identity"), "name"), "");
    EXPECT_EQ(needs(b), "second-factor");
    EXPECT_EQ(text_of(b.get("/pre_login"), "role"), "visitor");
    EXPECT_EQ(text_of(ada.get("/api/v1/me"), "lastLoginAt"), last) << "nobody has been here yet";
    const auto half = b.cookies.at("causeway");
    next();
    const auto given = give(b, code(app));
    ASSERT_EQ(given.status, 200) << given.body;
    EXPECT_EQ(text_of(given, "needs"), "");
    EXPECT_EQ(object_of(given).at("user").at("name").as_string(), "ada");
    EXPECT_EQ(role(b), "user");
    EXPECT_NE(text_of(b.get("/api/v1/me"), "lastLoginAt"), last);
    EXPECT_EQ(b.get("/api/v1/me/tokens").status, 200);
    EXPECT_NE(b.cookies.at("causeway"), half);
    auto thief = browser();
    thief.cookies["causeway"] = half;
    EXPECT_EQ(role(thief), "visitor") << "what was known before is worth nothing";
    EXPECT_EQ(needs(thief), "");
    EXPECT_EQ(slug(give(b, code(app, 1))), "conflict") << "it waits for none";
  }
  EXPECT_EQ(audited("factor.given"), 3);
  EXPECT_EQ(number("SELECT count(*) FROM audit_log WHERE detail ->> 'needs' = 'second-factor'"), 3);
}

// All that the document has, whatever it is for.
TEST_F(SecondFactorTest, UntilItIsGivenTheSessionIsGoodForNothingElse) {
  auto ada = user("ada");
  make_administrator("ada");
  const auto token =
      text_of(ada.post("/api/v1/me/tokens", {{"name", "t"}, {"scopes", json::array{"account:read"}}}), "token");
  const auto app = set_up(ada);
  auto half = browser();
  ASSERT_EQ(sign_in(half, "ada").status, 200);

  const std::vector<std::string> open{"/healthz",
                                      "/readyz",
                                      "/metrics",
                                      "/phone_code",
                                      "/email_code",
                                      "/login",
                                      "/identity",
                                      "/pre_login",
                                      "/sign_out",
                                      "/second_factor",
                                      "/api/v1/oauth/providers",
                                      "/oauth/{provider}",
                                      "/oauth/{provider}/callback",
                                      "/auth/forward"};
  const auto document = json::parse(browser().get("/openapi.json").body);
  std::size_t tried = 0;
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    if (std::ranges::find(open, std::string(path)) != open.end()) continue;
    std::string target(path);
    for (auto at = target.find('{'); at != std::string::npos; at = target.find('{'))
      target.replace(at, target.find('}') - at + 1, "x");
    for (const auto& [method, operation] : methods.as_object()) {
      std::string name(method);
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      const auto answer = half.send(name, target, name == "GET" ? std::optional<json::value>() : json::object());
      EXPECT_EQ(answer.status, 403) << name << " " << path << ": " << answer.body;
      EXPECT_EQ(slug(answer), "second-factor-needed") << name << " " << path;
      ++tried;
    }
  }
  EXPECT_GT(tried, 80U);

  // Nor is its bearer anybody behind a gateway, which sends a page to where it is given.
  const base::Headers asked{{"X-Forwarded-Method", "GET"},    {"X-Forwarded-Host", "causeway.localhost"},
                            {"X-Forwarded-Uri", "/workshop"}, {"X-Forwarded-For", "192.0.2.7"},
                            {"Sec-Fetch-Mode", "navigate"},   {"Sec-Fetch-Dest", "document"}};
  EXPECT_EQ(half.get("/auth/forward", asked).headers.get("X-Causeway-User"), "");
  EXPECT_EQ(half.get("/auth/forward?mode=require", asked).status, 401);
  EXPECT_EQ(half.get("/auth/forward?mode=require&redirect=true", asked).headers.get("Location").value_or(""),
            "http://causeway.localhost/sign-in?returnTo=%2Fworkshop");
  // A token was made by somebody who had given all.
  EXPECT_EQ(browser().get("/api/v1/me", {{"Authorization", "Bearer " + token}}).status, 200);

  // It waits for a quarter of an hour, whatever it is used for meanwhile.
  clock.advance(8min);
  EXPECT_EQ(needs(half), "second-factor");
  EXPECT_EQ(half.get("/pre_login").status, 200);
  clock.advance(7min);
  EXPECT_EQ(needs(half), "");
  EXPECT_EQ(half.get("/api/v1/me").status, 401);
  EXPECT_EQ(give(half, code(app)).status, 401);
  // And is left by signing out.
  ASSERT_EQ(sign_in(half, "ada").status, 200);
  EXPECT_EQ(half.get("/sign_out").status, 204);
  EXPECT_EQ(needs(half), "");
}

TEST_F(SecondFactorTest, ACodeIsTakenOnceAndNoEarlierOneAfterIt) {
  auto ada = user("ada");
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/password", json::object{{"password", password}}).status, 204);
  const App app{decoded(text_of(begin(ada), "secret")), {}};
  const auto first = code(app);
  ASSERT_EQ(confirm(ada, first).status, 200);
  const auto second = replica();
  auto here = browser(), there = browser_of(*second);
  ASSERT_EQ(by_password(here, "ada").status, 200);
  ASSERT_EQ(by_password(there, "ada").status, 200);
  for (auto* by : {&here, &there}) {
    const auto refused = give(*by, first);
    EXPECT_EQ(slug(refused), "wrong-proof") << "it turned the second factor on";
    EXPECT_THAT(text_of(refused, "detail"), HasSubstr("used already"));
  }
  next();
  const auto taken = code(app), earlier = code(app, -1);
  ASSERT_EQ(give(here, taken).status, 200);
  EXPECT_EQ(slug(give(there, taken)), "wrong-proof") << "in another replica";
  EXPECT_EQ(slug(give(there, earlier)), "wrong-proof");
  EXPECT_EQ(slug(give(there, code(app, 2))), "wrong-proof") << "too early";
  EXPECT_EQ(role(there), "visitor");
  EXPECT_EQ(give(there, code(app, 1)).status, 200) << "a clock that is a little ahead";
}

TEST_F(SecondFactorTest, OfManyAtOnceWithOneCodeOneGetsIn) {
  auto ada = user("ada");
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/password", json::object{{"password", password}}).status, 204);
  const auto app = set_up(ada);
  const auto second = replica();
  std::vector<Browser> all;
  for (int i = 0; i < 6; ++i) {
    all.push_back(i % 2 == 0 ? browser() : browser_of(*second));
    ASSERT_EQ(by_password(all.back(), "ada").status, 200);
  }
  std::atomic<int> in = 0, refused = 0;
  {
    std::vector<std::jthread> threads;
    for (auto& one : all)
      threads.emplace_back([&, now = code(app)] {
        const auto status = give(one, now).status;
        in += status == 200;
        refused += status == 401;
      });
  }
  EXPECT_EQ(in, 1);
  EXPECT_EQ(refused, 5);
}

TEST_F(SecondFactorTest, GuessesAreFewAndARecoveryCodeLetsInNevertheless) {
  auto ada = user("ada");
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/password", json::object{{"password", password}}).status, 204);
  const auto app = set_up(ada);
  const auto guess = [&](Browser& by, int attempts) {
    int stopped = 0;
    for (int i = 0; i < attempts; ++i) stopped += give(by, wrong(app)).status == 429;
    return stopped;
  };
  for (int network = 1; network <= 4; ++network) {
    auto guesser = browser("192.0.2." + std::to_string(network));
    ASSERT_EQ(by_password(guesser, "ada").status, 200);
    if (network == 2) {
      EXPECT_EQ(guess(guesser, 9), 0);
      continue;
    }
    EXPECT_EQ(guess(guesser, 12), network == 4 ? 12 : 2) << "ten of a network, thirty of all (one was the set-up's)";
    EXPECT_EQ(give(guesser, code(app)).status, 429) << "also the right one";
  }
  EXPECT_THAT(mailbox.notices(),
              ElementsAre("ada@example.org: second_factor_on", "ada@example.org: second_factor_guessed"))
      << "whose password somebody has, is told once";
  auto owner = browser("198.51.100.7");
  ASSERT_EQ(by_password(owner, "ada").status, 200);
  EXPECT_EQ(give(owner, code(app)).status, 429);
  EXPECT_EQ(give(owner, app.recovery_codes[0]).status, 200);
  EXPECT_GT(audited("factor.given", "refused"), 20);
}

TEST_F(SecondFactorTest, ARecoveryCodeIsOfUseOnce) {
  auto ada = user("ada");
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/password", json::object{{"password", password}}).status, 204);
  const auto app = set_up(ada);
  auto b = browser();
  ASSERT_EQ(by_password(b, "ada").status, 200);
  std::string typed = app.recovery_codes[3];
  std::erase(typed, '-');
  std::ranges::transform(typed, typed.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  EXPECT_EQ(slug(give(b, account::make_recovery_codes()[0])), "wrong-proof");
  EXPECT_EQ(slug(give(b, "no code at all")), "invalid");
  const auto given = give(b, typed);
  ASSERT_EQ(given.status, 200) << given.body;
  EXPECT_EQ(object_of(given).at("user").at("recoveryCodes").as_int64(), 9);
  EXPECT_THAT(mailbox.notices(), Contains("ada@example.org: recovery_code_used"));

  const auto second = replica();
  auto again = browser_of(*second);
  ASSERT_EQ(by_password(again, "ada").status, 200);
  EXPECT_THAT(text_of(give(again, app.recovery_codes[3]), "detail"), HasSubstr("used already"));
  EXPECT_EQ(role(again), "visitor");

  // Others, and none of those before is of use.
  EXPECT_EQ(slug(b.post(mine + "/recovery-codes", {{"code", wrong(app)}})), "invalid");
  const auto made = b.post(mine + "/recovery-codes", {{"code", code(app)}});
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_THAT(mailbox.notices(), Contains("ada@example.org: recovery_codes_made"));
  EXPECT_EQ(audited("factor.codes_made"), 1);
  EXPECT_EQ(slug(give(again, app.recovery_codes[4])), "wrong-proof");
  EXPECT_EQ(give(again, std::string(object_of(made).at("recoveryCodes").at(9).as_string())).status, 200);
}

TEST_F(SecondFactorTest, IsTurnedOffWithACode) {
  auto ada = user("ada");
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/password", json::object{{"password", password}}).status, 204);
  const auto app = set_up(ada);
  auto half = browser();
  ASSERT_EQ(by_password(half, "ada").status, 200);
  const auto remove = [&](const std::string& shown) { return ada.post(mine + "/removal", {{"code", shown}}); };
  EXPECT_EQ(slug(remove(wrong(app))), "invalid");
  EXPECT_EQ(audited("factor.off", "refused"), 1);
  ASSERT_EQ(remove(code(app)).status, 204);
  EXPECT_EQ(slug(remove(code(app, 1))), "conflict");
  EXPECT_FALSE(object_of(ada.get("/api/v1/me")).at("secondFactor").as_bool());
  EXPECT_EQ(role(ada), "user");
  EXPECT_EQ(half.get("/api/v1/me").status, 401) << "who waited for it does not get in without";
  EXPECT_EQ(text_of(by_password(half, "ada"), "needs"), "");
  EXPECT_THAT(mailbox.notices(), Contains("ada@example.org: second_factor_off"));
  EXPECT_EQ(audited("factor.off"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM recovery_codes"), 0);

  // Another app: with a recovery code, where the first one is lost.
  const auto other = set_up(ada);
  EXPECT_NE(other.secret, app.secret);
  ASSERT_EQ(remove(other.recovery_codes[0]).status, 204);
}

TEST_F(SecondFactorTest, AllReplicasKnow) {
  auto ada = user("ada");
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/password", json::object{{"password", password}}).status, 204);
  const auto second = replica();
  auto there = browser_of(*second), other = browser_of(*second);
  there.cookies = ada.cookies;
  EXPECT_EQ(role(there), "user");
  const auto app = set_up(ada);
  EXPECT_TRUE(database::eventually([&] { return role(there) == "visitor"; })) << "its token has been changed";
  ASSERT_EQ(by_password(ada, "ada").status, 200);
  other.cookies = ada.cookies;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(needs(other), "second-factor") << "also out of its cache";
  ASSERT_EQ(give(other, code(app)).status, 200);
  EXPECT_TRUE(database::eventually([&] { return needs(ada).empty(); })) << "the session of before";
  ada.cookies = other.cookies;
  EXPECT_EQ(role(ada), "user");
}

TEST_F(SecondFactorTest, WhoHasToHaveOneAndHasNoneCanOnlySetOneUp) {
  auto ada = user("ada"), bob = user("bob");
  make_administrator("ada");
  people.require_second_factor = session::Require::kAdministrators;
  const auto some = replica();
  people.require_second_factor = session::Require::kEverybody;
  const auto all = replica();
  auto root = browser_of(*some), user = browser_of(*some), everybody = browser_of(*all);
  root.cookies = ada.cookies;
  user.cookies = everybody.cookies = bob.cookies;
  EXPECT_EQ(needs(ada), "") << "nobody has to";
  EXPECT_EQ(needs(root), "second-factor-set-up") << "sessions from before as well";
  EXPECT_EQ(needs(user), "");
  EXPECT_EQ(needs(everybody), "second-factor-set-up");

  EXPECT_EQ(role(root), "administrator");
  EXPECT_EQ(root.get("/api/v1/me").status, 200);
  for (const char* path : {"/api/v1/repositories", "/api/v1/me/tokens", "/api/v1/me/sessions", "/api/v1/audit",
                           "/api/v1/users/bob", "/openapi.json", "/api/v1/content/ada/x/files/main/README.md"})
    EXPECT_EQ(slug(root.get(path)), "second-factor-set-up-needed") << path;
  EXPECT_EQ(slug(root.post("/api/v1/me/tokens", {{"name", "a"}, {"scopes", json::array{"account:write"}}})),
            "second-factor-set-up-needed");
  EXPECT_EQ(slug(root.send("DELETE", "/api/v1/users/bob/second-factor")), "second-factor-set-up-needed");
  EXPECT_EQ(slug(give(root, "123456")), "second-factor-set-up-needed");
  const base::Headers asked{{"X-Forwarded-Host", "demo.localhost"}, {"X-Forwarded-Uri", "/"}};
  EXPECT_EQ(root.get("/auth/forward", asked).headers.get("X-Causeway-User"), "");
  EXPECT_EQ(root.get("/auth/forward?mode=require", asked).status, 403);

  const auto app = set_up(root);
  EXPECT_EQ(needs(root), "") << "at once, in the session in hand";
  EXPECT_EQ(root.get("/api/v1/me/tokens").status, 200);
  ASSERT_EQ(root.post(mine + "/removal", {{"code", code(app)}}).status, 204);
  EXPECT_EQ(needs(root), "second-factor-set-up");

  auto fresh = browser_of(*all);
  EXPECT_EQ(text_of(sign_in(fresh, "eve"), "needs"), "second-factor-set-up") << "who is new as well";
  std::filesystem::remove(folder.path() / "keys/1");
  EXPECT_THROW(replica(), std::logic_error) << "nobody could get in";
}

TEST_F(SecondFactorTest, AnAdministratorRemovesItForWhoHasLostIt) {
  auto ada = user("ada"), bob = user("bob");
  make_administrator("ada");
  ASSERT_EQ(sign_in(ada, "ada").status, 200);
  const auto token =
      text_of(ada.post("/api/v1/me/tokens", {{"name", "t"}, {"scopes", json::array{"administration"}}}), "token");
  const auto reset = [](Browser& by, const std::string& name, base::Headers headers = {}) {
    return by.send("DELETE", "/api/v1/users/" + name + "/second-factor", {}, std::move(headers));
  };
  EXPECT_EQ(reset(ada, "bob").status, 404) << "he has none";
  EXPECT_EQ(reset(ada, "nobody").status, 404);
  const auto app = set_up(bob);
  auto half = browser();
  ASSERT_EQ(sign_in(half, "bob").status, 200);
  EXPECT_EQ(slug(reset(bob, "ada")), "forbidden");
  auto program = browser();
  EXPECT_EQ(slug(reset(program, "bob", {{"Authorization", "Bearer " + token}})), "forbidden")
      << "a token is not enough";
  EXPECT_EQ(reset(ada, "ada").status, 409);
  ASSERT_EQ(reset(ada, "BOB").status, 204);
  EXPECT_EQ(role(bob), "visitor");
  EXPECT_EQ(half.get("/api/v1/me").status, 401);
  EXPECT_THAT(mailbox.notices(), Contains("bob@example.org: second_factor_reset"));
  EXPECT_EQ(audited("factor.reset"), 1);
  EXPECT_EQ(text_of(sign_in(bob, "bob"), "needs"), "");
  EXPECT_THAT(bob.get("/api/v1/me/audit").body, HasSubstr("factor.reset"));
  clock.advance(16min);
  EXPECT_EQ(slug(reset(ada, "bob")), "forbidden") << "nor is a screen that was left open";
}

TEST_F(SecondFactorTest, GoesWithTheAccount) {
  auto ada = user("ada");
  set_up(ada);
  ASSERT_EQ(ada.send("DELETE", "/api/v1/me?confirm=ada").status, 204);
  for (const char* table : {"second_factors", "recovery_codes", "sessions"})
    EXPECT_EQ(number(std::string("SELECT count(*) FROM ") + table), 0) << table;
}

TEST_F(SecondFactorTest, KeysAreChangedWhilePeopleSignIn) {
  auto ada = user("ada");
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/password", json::object{{"password", password}}).status, 204);
  const auto app = set_up(ada);
  const auto in = [&](const Server& at, const std::string& shown) {
    auto b = browser_of(at);
    EXPECT_EQ(by_password(b, "ada").status, 200);
    const auto given = give(b, shown);
    clock.advance(61s);
    return given.status;
  };
  const auto key = [&] { return query("SELECT encode(key, 'hex') FROM second_factors").front().get<std::string>(0); };
  const auto first = key();
  write_key("0", 'b');  // before the other one
  const auto both = replica();
  EXPECT_EQ(in(*both, code(app)), 200);
  EXPECT_TRUE(database::eventually([&] {
    clock.advance(61s);
    return key() != first;
  })) << "what the old one sealed is sealed anew";
  std::filesystem::remove(folder.path() / "keys/1");
  const auto alone = replica();
  EXPECT_EQ(in(*alone, code(app)), 200);
  // Who has the old key only says so, and a recovery code needs none.
  write_key("0", 'a');
  const auto late = replica();
  EXPECT_EQ(in(*late, code(app)), 503);
  EXPECT_EQ(in(*late, app.recovery_codes[0]), 200);
}

class WithoutAKeyTest : public SecondFactorTest {
 protected:
  WithoutAKeyTest() { std::filesystem::remove(folder.path() / "keys/1"); }
};

TEST_F(WithoutAKeyTest, NobodySetsOneUp) {
  auto ada = user("ada");
  const auto refused = begin(ada);
  EXPECT_EQ(slug(refused), "second-factors-unavailable");
  EXPECT_THAT(text_of(refused, "detail"), HasSubstr("--second-factor-keys"));
  EXPECT_EQ(slug(confirm(ada, "123456")), "conflict");
}

}  // namespace
}  // namespace causeway::api
