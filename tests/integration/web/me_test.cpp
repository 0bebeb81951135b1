// What belongs to a user: profile, picture, password, sessions, access tokens.

#include "base/encoding.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class MeTest : public WebTest {
 protected:
  static std::string etag_of(const base::HttpResponse& answer) {
    return std::string(answer.headers.get("ETag").value());
  }
  base::HttpResponse by_token(const std::string& token, const std::string& target) {
    return browser().get(target, {{"Authorization", "Bearer " + token}});
  }
  std::string token(Browser& owner, const json::array& scopes, const std::string& name = "laptop") {
    const auto made = owner.post("/api/v1/me/tokens", {{"name", name}, {"scopes", scopes}});
    EXPECT_EQ(made.status, 201) << made.body;
    return text_of(made, "token");
  }
};

TEST_F(MeTest, AProfileIsChangedByWhoHasReadIt) {
  auto b = user("ada");
  const auto read = b.get("/api/v1/me");
  const auto etag = etag_of(read);
  EXPECT_EQ(b.get("/api/v1/me", {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(b.send("PATCH", "/api/v1/me", json::object{{"website", "https://ada.example"}}).status, 428);
  const auto changed = b.send("PATCH", "/api/v1/me",
                              json::object{{"displayName", "Ada"},
                                           {"introduction", "# Engines"},
                                           {"website", "https://ada.example"},
                                           {"notification", false}},
                              {{"If-Match", etag}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(text_of(changed, "introduction"), "# Engines");
  EXPECT_EQ(b.send("PATCH", "/api/v1/me", json::object{{"displayName", "Eve"}}, {{"If-Match", etag}}).status, 412);
  EXPECT_EQ(slug(b.send("PATCH", "/api/v1/me", json::object{{"website", "javascript:alert(1)"}},
                        {{"If-Match", etag_of(changed)}})),
            "invalid");
  auto later = browser();
  ASSERT_EQ(later.get("/api/v1/users/ADA").status, 200);
  EXPECT_EQ(text_of(later.get("/api/v1/users/ada"), "introduction"), "# Engines");
  EXPECT_EQ(text_of(later.get("/api/v1/users/ada"), "email"), "") << "nobody else's business";
  EXPECT_EQ(later.get("/api/v1/users/nobody").status, 404);
}

TEST_F(MeTest, APictureIsWhatItsBytesSay) {
  auto b = user("ada");
  const std::string png("\x89PNG\r\n\x1a\n and more", 17);
  const auto put = [&](std::string content) {
    return b.call({.method = "PUT",
                   .target = "/api/v1/me/avatar",
                   .headers = {{"Content-Type", "image/png"}},
                   .body = std::move(content)});
  };
  EXPECT_EQ(put("<svg onload=alert(1)>").status, 415);
  EXPECT_EQ(put(png + std::string(1u << 20, 'x')).status, 413);
  ASSERT_EQ(put(png).status, 204);
  const auto address = text_of(b.get("/api/v1/users/ada"), "avatar");
  const auto picture = browser().get(address);
  EXPECT_EQ(picture.body, png);
  EXPECT_EQ(picture.headers.get("Content-Type").value_or(""), "image/png");
  EXPECT_THAT(std::string(picture.headers.get("Cache-Control").value_or("")), HasSubstr("immutable"));
  EXPECT_EQ(picture.headers.get("X-Content-Type-Options").value_or(""), "nosniff");
  EXPECT_EQ(b.send("DELETE", "/api/v1/me/avatar").status, 204);
  EXPECT_EQ(browser().get("/api/v1/users/ada/avatar").status, 404);
}

TEST_F(MeTest, APasswordLetsInAndItsChangeThrowsOthersOut) {
  auto b = user("ada");
  EXPECT_EQ(slug(b.send("PUT", "/api/v1/me/password", json::object{{"password", "password1"}})), "invalid");
  ASSERT_EQ(b.send("PUT", "/api/v1/me/password", json::object{{"password", "analytical engine 1843"}}).status, 204);
  auto other = browser();
  for (const char* account : {"ada", "ADA", "ada@example.org"})
    EXPECT_EQ(other.post("/login", {{"account", account}, {"password", "analytical engine 1843"}}).status, 200);
  const auto wrong = browser().post("/login", {{"account", "ada"}, {"password", "analytical engine 1844"}});
  const auto nobody = browser().post("/login", {{"account", "nobody"}, {"password", "analytical engine 1843"}});
  EXPECT_EQ(slug(wrong), "wrong-proof");
  EXPECT_EQ(text_of(wrong, "detail"), text_of(nobody, "detail")) << "nobody learns who has an account";

  EXPECT_EQ(slug(b.send("PUT", "/api/v1/me/password",
                        json::object{{"current", "wrong password"}, {"password", "difference engine 1822"}})),
            "invalid");
  EXPECT_EQ(b.send("PUT", "/api/v1/me/password",
                   json::object{{"current", "analytical engine 1843"}, {"password", "difference engine 1822"}})
                .status,
            204);
  EXPECT_EQ(text_of(other.get("/identity"), "role"), "visitor");
  EXPECT_EQ(text_of(b.get("/identity"), "role"), "user");
}

TEST_F(MeTest, AScreenThatWasLeftOpenIsNotEnough) {
  auto b = user("ada");
  clock.advance(16min);
  EXPECT_EQ(slug(b.send("PUT", "/api/v1/me/password", json::object{{"password", "analytical engine 1843"}})),
            "forbidden");
  EXPECT_EQ(slug(b.send("DELETE", "/api/v1/me/sessions")), "forbidden") << "nor to throw others out";
  EXPECT_EQ(slug(b.send("DELETE", "/api/v1/me/sessions/1")), "forbidden");
}

TEST_F(MeTest, AForgottenPasswordIsSetAfterASignInWithACode) {
  auto b = user("ada");
  ASSERT_EQ(b.send("PUT", "/api/v1/me/password", json::object{{"password", "analytical engine 1843"}}).status, 204);
  EXPECT_EQ(b.send("PUT", "/api/v1/me/password", json::object{{"password", "difference engine 1822"}}).status, 204);
  clock.advance(16min);
  EXPECT_EQ(slug(b.send("PUT", "/api/v1/me/password", json::object{{"password", "analytical engine 1843"}})),
            "forbidden");
}

TEST_F(MeTest, AnOldSessionMakesNoTokens) {
  auto b = user("ada");
  clock.advance(16min);
  EXPECT_EQ(slug(b.post("/api/v1/me/tokens", {{"name", "n"}, {"scopes", json::array{"account:read"}}})), "forbidden");
}

TEST_F(MeTest, WhatComesWithACookieIsNotKeptByOthers) {
  auto b = user("ada");
  ASSERT_EQ(
      b.call({.method = "PUT", .target = "/api/v1/me/avatar", .body = std::string("\x89PNG\r\n\x1a\n and more", 17)})
          .status,
      204);
  const auto address = text_of(b.get("/api/v1/users/ada"), "avatar");
  auto stale = browser();
  stale.cookies["causeway"] = "cws_nonsense";
  const auto picture = stale.get(address);
  EXPECT_TRUE(picture.headers.get("Set-Cookie"));
  EXPECT_EQ(picture.headers.get("Cache-Control").value_or(""), "no-store");
}

TEST_F(MeTest, GuessingAtOneAccountIsStopped) {
  auto b = user("ada");
  ASSERT_EQ(b.send("PUT", "/api/v1/me/password", json::object{{"password", "analytical engine 1843"}}).status, 204);
  const auto guess = [&](int attempts, const std::string& address, const char* password = "guess number x") {
    int refused = 0;
    auto guesser = browser(address);
    for (int i = 0; i < attempts; ++i)
      refused += guesser.post("/login", {{"account", "ada"}, {"password", password}}).status == 429;
    return refused;
  };
  EXPECT_EQ(guess(12, "192.0.2.1"), 2);
  EXPECT_EQ(guess(1, "198.51.100.1", "analytical engine 1843"), 0) << "whoever guesses keeps nobody out";
  EXPECT_EQ(guess(9, "2001:db8::1"), 0);
  EXPECT_EQ(guess(2, "2001:db8::2"), 1) << "a network is one";
  for (int i = 2; i < 5; ++i) EXPECT_EQ(guess(10, "192.0.2." + std::to_string(i)), i == 4 ? 1 : 0) << "fifty in all";
}

TEST_F(MeTest, SessionsAreListedAndEnded) {
  auto here = user("ada"), there = browser();
  clock.advance(61s);
  there.post("/email_code", {{"email", "ada@example.org"}});
  ASSERT_EQ(there.post("/login", {{"email", "ada@example.org"}, {"code", mailbox.code("ada@example.org")}}).status,
            200);
  const auto list = object_of(here.get("/api/v1/me/sessions")).at("items").as_array();
  ASSERT_EQ(list.size(), 2U);
  std::string other;
  for (const auto& entry : list) {
    if (!entry.at("current").as_bool()) other = entry.at("id").as_string();
    EXPECT_EQ(entry.at("userAgent").as_string(), "Mozilla/5.0 (test)");
  }
  auto eve = user("eve");
  EXPECT_EQ(eve.send("DELETE", "/api/v1/me/sessions/" + other).status, 404);
  EXPECT_EQ(here.send("DELETE", "/api/v1/me/sessions/" + other).status, 204);
  EXPECT_EQ(text_of(there.get("/identity"), "role"), "visitor");
  EXPECT_EQ(here.send("DELETE", "/api/v1/me/sessions").status, 204);
  EXPECT_EQ(text_of(here.get("/identity"), "role"), "user");
}

TEST_F(MeTest, ATokenDoesWhatItsScopesSay) {
  auto b = user("ada");
  const auto reads = token(b, {"account:read"}), writes = token(b, {"account:write"}, "other");
  EXPECT_EQ(text_of(by_token(reads, "/identity"), "proof"), "token");
  EXPECT_EQ(by_token(reads, "/api/v1/me").status, 200);
  EXPECT_EQ(by_token(writes, "/api/v1/me").status, 200) << "who may write may read";
  auto program = browser();
  const auto change = [&](const std::string& with) {
    return program.send("PATCH", "/api/v1/me", json::object{{"displayName", "x"}},
                        {{"Authorization", "Bearer " + with},
                         {"If-Match", etag_of(by_token(reads, "/api/v1/me"))},
                         {"Sec-Fetch-Site", "none"}});
  };
  EXPECT_EQ(slug(change(reads)), "scope-missing");
  EXPECT_EQ(change(writes).status, 200);
  const auto basic = "Basic " + base::base64_encode("ada:" + reads);
  EXPECT_EQ(text_of(program.get("/identity", {{"Authorization", basic}}), "name"), "ada") << "as git sends it";
}

TEST_F(MeTest, ATokenMakesNoTokensAndEndsNoSessions) {
  auto b = user("ada");
  const auto all = token(b, {"account:write", "administration"});
  auto program = browser();
  const base::Headers with{{"Authorization", "Bearer " + all}};
  EXPECT_EQ(slug(program.post("/api/v1/me/tokens", {{"name", "n"}, {"scopes", json::array{"account:read"}}}, with)),
            "forbidden");
  EXPECT_EQ(slug(program.send("DELETE", "/api/v1/me/sessions", {}, with)), "forbidden");
  EXPECT_EQ(
      slug(program.send("PUT", "/api/v1/me/password", json::object{{"password", "analytical engine 1843"}}, with)),
      "forbidden");
}

TEST_F(MeTest, ATokenIsShownOnceAndEnds) {
  auto b = user("ada");
  const auto secret = token(b, {"account:read"});
  EXPECT_EQ(slug(b.post("/api/v1/me/tokens", {{"name", "LAPTOP"}, {"scopes", json::array{"account:read"}}})),
            "conflict");
  EXPECT_EQ(slug(b.post("/api/v1/me/tokens", {{"name", "n"}, {"scopes", json::array{"everything"}}})), "invalid");
  EXPECT_EQ(slug(b.post("/api/v1/me/tokens", {{"name", "n"}, {"scopes", json::array{}}})), "invalid");
  by_token(secret, "/identity");
  const auto list = object_of(b.get("/api/v1/me/tokens")).at("items").as_array();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(std::string(list[0].at("hint").as_string()), secret.substr(0, 9) + "…");
  EXPECT_TRUE(list[0].as_object().contains("lastUsedAt"));
  EXPECT_EQ(number("SELECT count(*) FROM access_tokens t WHERE t::text LIKE '%" + secret.substr(12, 20) + "%'"), 0);
  ASSERT_EQ(b.send("DELETE", "/api/v1/me/tokens/" + std::string(list[0].at("id").as_string())).status, 204);
  EXPECT_EQ(by_token(secret, "/identity").status, 401);

  const auto short_lived = text_of(
      b.post("/api/v1/me/tokens", {{"name", "day"}, {"scopes", json::array{"account:read"}}, {"days", 1}}), "token");
  EXPECT_EQ(by_token(short_lived, "/identity").status, 200);
  clock.advance(25h);
  EXPECT_EQ(by_token(short_lived, "/identity").status, 401);
  EXPECT_EQ(by_token("cwt_nonsense", "/identity").status, 401);
}

}  // namespace
}  // namespace causeway::api
