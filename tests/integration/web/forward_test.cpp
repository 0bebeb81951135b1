// What gateways are told, asked as one of them asks. Real ones are in ../gateway.

#include "apiserver/jwt/claims.hpp"
#include "apiserver/jwt/key_set.hpp"
#include "apiserver/jwt/test_keys.hpp"
#include "base/files.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ForwardTest : public WebTest {
 protected:
  ForwardTest() {
    people.lifetimes = {.idle = 3min, .absolute = 30min, .overlap = 10s};
    people.identity_keys = {folder.path() / "key"};
    EXPECT_TRUE(base::write_file_atomic(people.identity_keys[0], jwt::test::ec_pem()));
    public_url = "http://causeway.localhost";
  }
  // As Traefik asks.
  base::HttpResponse ask(Browser& by, const std::string& query = "", base::Headers headers = {},
                         const std::string& host = "causeway.localhost") {
    const auto add = [&](const char* name, const std::string& value) {
      if (!headers.get(name)) headers.set(name, value);
    };
    add("X-Forwarded-Method", "GET");
    add("X-Forwarded-Host", host);
    add("X-Forwarded-Uri", "/workshop?tab=2");
    add("X-Forwarded-For", "192.0.2.7");
    return by.get("/auth/forward" + query, headers);
  }
  static std::string user_of(const base::HttpResponse& answer) {
    EXPECT_EQ(answer.headers.count("X-Causeway-User"), 1U);
    EXPECT_EQ(answer.headers.count("X-Causeway-Identity"), 1U);
    return std::string(answer.headers.get("X-Causeway-User").value_or("there is no such header"));
  }
  std::string id_of(Browser& by) { return text_of(by.get("/identity"), "id"); }
  std::string token(Browser& owner, const std::string& scope) {
    return text_of(owner.post("/api/v1/me/tokens", {{"name", scope}, {"scopes", json::array{scope}}}), "token");
  }
  double metric(const std::string& name) {
    const auto all = browser().get("/metrics").body;
    const auto at = all.find(name + " ");
    EXPECT_NE(at, std::string::npos) << name;
    return at == std::string::npos ? 0 : std::stod(all.substr(at + name.size()));
  }
  const base::Headers page{{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}};
  const base::TemporaryDirectory folder;
};

TEST_F(ForwardTest, AnnotatesAndNeverRejects) {
  auto ada = user("ada"), visitor = browser();
  const auto known = ask(ada);
  EXPECT_EQ(known.status, 204);
  EXPECT_EQ(user_of(known), id_of(ada));
  auto stale = browser();
  stale.cookies["causeway"] = "cws_nonsense";
  for (auto* by : {&visitor, &stale}) {
    const auto unknown = ask(*by);
    EXPECT_EQ(unknown.status, 204);
    EXPECT_EQ(user_of(unknown), "");
    EXPECT_EQ(unknown.headers.get("X-Causeway-Identity"), "");
    EXPECT_FALSE(unknown.headers.get("Set-Cookie")) << "nobody asked for it";
  }
  for (const char* header : {"Bearer cwt_nonsense", "Basic !!", "Digest x", ""})
    EXPECT_EQ(user_of(ask(visitor, "", {{"Authorization", header}})), "") << header;
  EXPECT_EQ(user_of(ask(ada, "", {{"Authorization", "Basic YTpi"}})), id_of(ada)) << "for what is behind the gateway";
}

TEST_F(ForwardTest, TheIdentityIsVerifiedWithTheKeysThatAreServed) {
  auto ada = user("ada");
  const auto keys = jwt::KeySet::parse(browser().get("/.well-known/jwks.json").body);
  ASSERT_TRUE(keys) << keys.error().message;
  const auto text = std::string(ask(ada, "", {}, "Demo.Localhost:80").headers.get("X-Causeway-Identity").value());
  const auto token = jwt::parse(text);
  ASSERT_TRUE(token) << token.error().message;
  const auto* key = keys->find(*token);
  ASSERT_TRUE(key);
  const auto claims = token->verify(*key);
  ASSERT_TRUE(claims) << claims.error().message;
  EXPECT_TRUE(jwt::check_claims(*claims, {public_url, "demo.localhost", 0s}, clock.wall()));
  EXPECT_EQ(claims->at("sub").as_string(), id_of(ada));
  EXPECT_EQ(claims->at("name"), "ada");
}

TEST_F(ForwardTest, RequiresAUser) {
  auto ada = user("ada"), visitor = browser();
  EXPECT_EQ(user_of(ask(ada, "?mode=require")), id_of(ada));
  const auto refused = ask(visitor, "?mode=require");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(user_of(refused), "");
  EXPECT_TRUE(refused.headers.get("WWW-Authenticate"));
  EXPECT_FALSE(refused.headers.get("Location"));
  EXPECT_EQ(ask(visitor, "?mode=require", {{"Authorization", "Bearer cwt_nonsense"}}).status, 401);
}

TEST_F(ForwardTest, ABrowserThatOpensAPageIsSentToSignIn) {
  auto visitor = browser();
  const std::string sign_in = "http://causeway.localhost/sign-in?returnTo=%2Fworkshop%3Ftab%3D2";
  const auto sent = ask(visitor, "?mode=require&redirect=true", page);
  EXPECT_EQ(sent.status, 303);
  EXPECT_EQ(sent.headers.get("Location"), sign_in);
  EXPECT_EQ(sent.headers.get("Cache-Control"), "no-store");
  const auto told = ask(visitor, "?mode=require", page);
  EXPECT_EQ(told.status, 401);
  EXPECT_EQ(told.headers.get("Location"), sign_in);
  EXPECT_EQ(ask(visitor, "?mode=require&redirect=true").status, 401) << "a script's";
  auto post = page;
  post.set("X-Forwarded-Method", "POST");
  EXPECT_EQ(ask(visitor, "?mode=require&redirect=true", post).status, 401);
  EXPECT_EQ(ask(visitor, "?mode=require&redirect=true", page, "demo.localhost").status, 401)
      << "who signs in here is not signed in there";
  EXPECT_EQ(ask(visitor, "?redirect=true", page).status, 204) << "annotates";
}

TEST_F(ForwardTest, MayBeForAdministrators) {
  auto ada = user("ada"), visitor = browser();
  const std::string query = "?mode=require&role=administrator";
  const auto refused = ask(ada, query, page);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(user_of(refused), "");
  EXPECT_FALSE(refused.headers.get("Location")) << "signing in again would change nothing";
  EXPECT_EQ(ask(visitor, query).status, 401);
  EXPECT_EQ(user_of(ask(ada, "?role=administrator")), "");
  script("UPDATE users SET administrator = true");
  clock.advance(6s);  // what the cache still knew
  EXPECT_EQ(user_of(ask(ada, query)), id_of(ada));
}

TEST_F(ForwardTest, ATokenCountsWithTheScopeThatIsAskedForOnly) {
  auto ada = user("ada"), program = browser();
  const base::Headers with{{"Authorization", "Bearer " + token(ada, "demo:write")}};
  EXPECT_EQ(user_of(ask(program, "", with)), "") << "what is behind the gateway knows no scopes";
  EXPECT_EQ(ask(program, "?mode=require", with).status, 403);
  EXPECT_EQ(user_of(ask(program, "?mode=require&scope=demo:read", with)), id_of(ada));
  EXPECT_EQ(slug(ask(program, "?mode=require&scope=repository:read", with)), "scope-missing");
  EXPECT_EQ(user_of(ask(program, "?scope=repository:read", with)), "");
  EXPECT_EQ(user_of(ask(ada, "?scope=demo:read")), id_of(ada)) << "a session may do all";
}

TEST_F(ForwardTest, RenewsASessionWhereTheCookieIsPassedOn) {
  auto ada = user("ada");
  const auto first = ada.cookies.at("causeway");
  EXPECT_FALSE(ask(ada, "?renew=true").headers.get("Set-Cookie")) << "it is not due";
  clock.advance(2min);
  EXPECT_FALSE(ask(ada).headers.get("Set-Cookie"));
  const auto renewed = ask(ada, "?renew=true");
  EXPECT_EQ(renewed.status, 204);
  EXPECT_EQ(renewed.headers.count("Set-Cookie"), 1U);
  EXPECT_NE(ada.cookies.at("causeway"), first);
  clock.advance(2min);
  EXPECT_EQ(user_of(ask(ada)), id_of(ada));
  auto other = browser();
  other.cookies["causeway"] = first;
  EXPECT_EQ(user_of(ask(other, "?renew=true")), "");
  EXPECT_EQ(other.cookies.count("causeway"), 0U) << "taken back";
}

TEST_F(ForwardTest, ForwardedHeadersAreBelievedOfGatewaysOnly) {
  auto ada = user("ada"), visitor = browser();
  EXPECT_EQ(ada.get("/auth/forward").status, 404) << "somebody who came through a gateway to this address";
  trusted_proxies = {"192.0.2.0/24"};
  const auto other = replica();
  auto there = browser_of(*other);
  there.cookies = ada.cookies;
  const auto refused = ask(there);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(user_of(refused), "");
  EXPECT_THAT(refused.body, HasSubstr("--trusted-proxy"));
}

TEST_F(ForwardTest, WhatIsTwiceOrWithUnderscoresIsRefused) {
  auto ada = user("ada");
  // Below the routes, which is no part of the document.
  base::HttpClient http({.base_url = "http://127.0.0.1:" + std::to_string(server->port())});
  const auto status = [&](base::Headers headers) {
    if (!headers.get("X-Forwarded-Host")) headers.add("X-Forwarded-Host", "causeway.localhost");
    if (!headers.get("X-Forwarded-Uri")) headers.add("X-Forwarded-Uri", "/");
    return http.call({.target = "/auth/forward", .headers = headers}).value().status;
  };
  EXPECT_EQ(status({}), 204);
  for (const char* name : {"X-Causeway-User", "x-causeway-identity", "X-Forwarded-Uri", "X-Forwarded-Host",
                           "X-Forwarded-Method", "X-Forwarded-Proto", "Cookie", "Authorization"})
    EXPECT_EQ(status({{name, "a"}, {name, "a"}}), 400) << name;
  EXPECT_EQ(status({{"X_Causeway_User", "1"}}), 400);
  EXPECT_EQ(ask(ada, "", {{"X-Forwarded-Host", "a, b"}}).status, 400);
  EXPECT_EQ(user_of(ask(ada, "", {{"X-Causeway-User", "1"}, {"X-Causeway-Identity", "x"}})), id_of(ada));
  EXPECT_EQ(ask(ada, "?mode=maybe").status, 400);
}

// Not the gateway's to judge: all this is for what is behind it.
TEST_F(ForwardTest, WhateverElseARequestHasItIsAnswered) {
  auto ada = user("ada");
  EXPECT_EQ(user_of(ask(ada, "",
                        {{"Accept", "image/png"},
                         {"Sec-Fetch-Site", "cross-site"},
                         {"Origin", "https://elsewhere.example"},
                         {"If-None-Match", "\"x\""},
                         {"If-Match", "no tag"},
                         {"Content-Type", "text/plain"},
                         {"Content-Encoding", "gzip"},
                         {"Idempotency-Key", "\x7e"},
                         {"Range", "bytes=1-"}})),
            id_of(ada));
}

TEST_F(ForwardTest, CostsTheDatabaseOneQuestionAtMost) {
  auto ada = user("ada"), visitor = browser();
  ASSERT_EQ(ask(ada).status, 204);
  const std::string sessions = "causeway_session_lookups_total{by=\"database\"}",
                    all = "causeway_database_transactions_total{access=\"read\"}";
  const auto before = metric(sessions), reads = metric(all);
  for (int i = 0; i < 700; ++i) ASSERT_EQ(ask(ada).status, 204) << "and there is no limit of requests";
  const auto after = metric(sessions);
  EXPECT_LE(after, before + 2) << "word of the sign-in may still be on its way, and the cache forgets then";
  EXPECT_LT(metric(all), reads + 100) << "the events are followed all the time";
  clock.advance(6s);  // what the cache knew is forgotten
  EXPECT_NE(user_of(ask(ada)), "");
  EXPECT_EQ(metric(sessions), after + 1);
  EXPECT_EQ(user_of(ask(visitor)), "");
  EXPECT_EQ(metric(sessions), after + 1) << "a visitor costs none";
}

TEST_F(ForwardTest, WithoutTheDatabaseVisitorsComeThrough) {
  auto ada = user("ada"), visitor = browser();
  clock.advance(6s);
  const Held held;
  kill_server(false);
  EXPECT_EQ(user_of(ask(ada)), "");
  EXPECT_EQ(ask(ada, "?mode=require", page).status, 503);
  EXPECT_EQ(ask(visitor, "?mode=require").status, 401);
}

TEST_F(ForwardTest, WhoIsDisabledIsNobody) {
  auto ada = user("ada");
  script("UPDATE accounts SET disabled_at = now()");
  clock.advance(6s);
  EXPECT_EQ(user_of(ask(ada)), "");
  EXPECT_EQ(ask(ada, "?mode=require").status, 401);
}

}  // namespace
}  // namespace causeway::api
