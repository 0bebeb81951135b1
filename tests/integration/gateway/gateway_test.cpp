// Behind Traefik and behind nginx: who is who, and what clients try.

#include "apiserver/jwt/claims.hpp"
#include "apiserver/jwt/key_set.hpp"
#include "apiserver/jwt/test_keys.hpp"
#include "tests/integration/gateway/real_gateway.hpp"
#include "tests/integration/gateway/upstream.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class GatewayTest : public WebTest, public testing::WithParamInterface<const RealGateway::Kind*> {
 protected:
  GatewayTest() {
    people.lifetimes = {.idle = 3min, .absolute = 30min, .overlap = 10s};
    people.identity_keys = {folder.path() / "key"};
    EXPECT_TRUE(base::write_file_atomic(people.identity_keys[0], jwt::test::ec_pem()));
    public_url = "http://causeway.localhost";
  }
  void SetUp() override {
    if (const auto why = GetParam()->missing(); !why.empty()) GTEST_SKIP() << why;
    WebTest::SetUp();
    if (IsSkipped()) return;
    gateway = GetParam()->start(server->port(), upstream.port());
    upstream.take();
    ada.emplace(user("ada"));
    ada_id = text_of(ada->get("/identity"), "id");
    visitor.emplace(browser());
  }

  // The bytes of a request, as they are; the whole answer.
  std::string send(const std::string& bytes) {
    auto socket = gateway->connect();
    socket.send(bytes);
    return socket.receive_all();
  }
  // `more`: lines that end with CRLF.
  std::string get(const Browser& by, const std::string& target, const std::string& more = "",
                  const std::string& host = "causeway.localhost") {
    return send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + cookie_of(by) +
                (more.find("Connection:") == std::string::npos ? "Connection: close\r\n" : "") + more + "\r\n");
  }
  static std::string cookie_of(const Browser& by) {
    const auto found = by.cookies.find("causeway");
    return found == by.cookies.end() ? "" : "Cookie: causeway=" + found->second + "\r\n";
  }
  // What arrived behind the gateway, of the one request that did.
  std::string arrived() {
    auto all = upstream.take();
    EXPECT_EQ(all.size(), 1U);
    return all.size() == 1 ? all.front() : "";
  }
  static std::string user_of(const std::string& request) {
    const auto values = values_of(request, "x-causeway-user");
    EXPECT_LE(values.size(), 1U) << request;
    return values.empty() ? "" : values.front();
  }
  // The claims of the identity that arrived, if it is one for the host that was asked there.
  std::optional<json::object> identity_of(const std::string& request) {
    const auto values = values_of(request, "x-causeway-identity");
    if (values.size() != 1) return std::nullopt;
    const auto keys = jwt::KeySet::parse(browser().get("/.well-known/jwks.json").body);
    const auto token = jwt::parse(values.front());
    const auto* key = token ? keys->find(*token) : nullptr;
    auto claims = key ? token->verify(*key) : base::Result<json::object>(json::object{});
    const auto host = values_of(request, "host").at(0);
    if (!claims || !jwt::check_claims(*claims, {public_url, host, 0s}, clock.wall())) return std::nullopt;
    return *claims;
  }

  const base::TemporaryDirectory folder;
  Upstream upstream;
  std::unique_ptr<RealGateway> gateway;
  std::optional<Browser> ada, visitor;
  std::string ada_id;
};

TEST_P(GatewayTest, TellsWhatIsBehindWhoItIs) {
  EXPECT_THAT(get(*ada, "/page?x=1"), StartsWith("HTTP/1.1 200"));
  auto request = arrived();
  EXPECT_THAT(request, StartsWith("GET /page?x=1 "));
  EXPECT_EQ(user_of(request), ada_id);
  const auto identity = identity_of(request);
  ASSERT_TRUE(identity) << request;
  EXPECT_EQ(identity->at("sub").as_string(), ada_id);

  EXPECT_THAT(get(*visitor, "/page"), StartsWith("HTTP/1.1 200"));
  request = arrived();
  EXPECT_EQ(user_of(request), "");
  EXPECT_THAT(values_of(request, "x-causeway-identity"), Each(""));
}

// With what a client can send, nobody becomes somebody else behind the gateway.
TEST_P(GatewayTest, NobodySmugglesAnIdentity) {
  const std::vector<std::string> attacks{
      "X-Causeway-User: 999\r\n",
      "x-causeway-user: 999\r\n",
      "X-CAUSEWAY-USER: 999\r\n",
      "X-Causeway-User: 999\r\nX-Causeway-User: 999\r\n",
      "X-Causeway-User: \r\nX-Causeway-User: 999\r\n",
      "X-Causeway-User: 999\r\nx-causeway-USER:\r\n",
      "X_Causeway_User: 999\r\n",
      "x-causeway_user: 999\r\n",
      "X-Causeway-User : 999\r\n",
      "X-Causeway-User:\t999\r\n",
      "X-Padding: a\r\n X-Causeway-User: 999\r\n",
      "X-Padding: a\nX-Causeway-User: 999\r\n",
      "X-Padding: a\rX-Causeway-User: 999\r\n",
      "Connection: close, X-Causeway-User\r\nX-Causeway-User: 999\r\n",
      "Connection: close, X-Causeway-User, X-Causeway-Identity\r\nX_Causeway_User: 999\r\n",
      "X-Causeway-Identity: 999\r\n",
      "X_Causeway_Identity: 999\r\n",
      "x-causeway-identity: 999\r\nX-Causeway-Identity: 999\r\n",
      "Cookie: causeway=cws_x\r\n",
      "Cookie: causeway=cws_x; causeway=cws_y\r\n",
  };
  for (const auto* by : {&*ada, &*visitor}) {
    const auto me = by == &*ada ? ada_id : "";
    for (const auto& attack : attacks) {
      SCOPED_TRACE((by == &*ada ? "ada: " : "visitor: ") + attack);
      const auto answer = get(*by, "/page", attack);
      const auto requests = upstream.take();
      if (requests.empty()) {
        EXPECT_THAT(answer, AnyOf(StartsWith("HTTP/1.1 4"), StartsWith("HTTP/1.1 500"), IsEmpty())) << "refused";
        continue;
      }
      ASSERT_EQ(requests.size(), 1U);
      // A client may keep its own identity from arriving.
      EXPECT_THAT(values_of(requests[0], "x-causeway-user"), Each(AnyOf("", me)));
      EXPECT_THAT(values_of(requests[0], "x-causeway-identity"), Each(Not("999")));
      EXPECT_LE(values_of(requests[0], "x-causeway-user").size(), 1U);
      EXPECT_LE(values_of(requests[0], "x-causeway-identity").size(), 1U);
    }
  }
}

TEST_P(GatewayTest, WhatAClientForwardsIsNotBelieved) {
  const std::string lies =
      "X-Forwarded-Host: evil.localhost\r\nX-Forwarded-Uri: /elsewhere\r\nX-Forwarded-Method: POST\r\n"
      "X-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.66\r\nForwarded: host=evil.localhost\r\n"
      "X-Original-URI: /elsewhere\r\n";
  EXPECT_THAT(get(*ada, "/page", lies, "demo.localhost"), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(identity_of(arrived())) << "it is for the host that was asked";
  const auto sent =
      get(*visitor, "/private/page?x=1", lies + "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n");
  EXPECT_THAT(sent, StartsWith("HTTP/1.1 303"));
  EXPECT_THAT(sent, HasSubstr("Location: http://causeway.localhost/sign-in?returnTo=%2Fprivate%2Fpage%3Fx%3D1\r\n"));
  // Where it was used from is the gateway's to say.
  clock.advance(1min);
  get(*ada, "/page", lies);
  EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE addresses::text LIKE '%192.0.2.66%'"), 0);
}

TEST_P(GatewayTest, AnAbsoluteTargetIsOfTheHostThatItNames) {
  const auto answer = send("GET http://demo.localhost/page HTTP/1.1\r\nHost: causeway.localhost\r\n" + cookie_of(*ada) +
                           "Connection: close\r\n\r\n");
  if (const auto requests = upstream.take(); requests.empty()) {
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 4"));
  } else {
    EXPECT_THAT(requests, ElementsAre(StartsWith("GET /page ")));
    EXPECT_TRUE(identity_of(requests[0])) << requests[0];
  }
  // Nobody is led elsewhere by it.
  EXPECT_THAT(send("GET http://evil.localhost/private/ HTTP/1.1\r\nHost: causeway.localhost\r\nAccept: text/html\r\n"
                   "Connection: close\r\n\r\n"),
              AnyOf(StartsWith("HTTP/1.1 40"), Not(HasSubstr("evil"))));
}

TEST_P(GatewayTest, WhatIsPrivateTakesAUser) {
  EXPECT_THAT(get(*ada, "/private/page"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(user_of(arrived()), ada_id);
  const auto refused = get(*visitor, "/private/page");
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(get(*visitor, "/private/page", "Accept: text/html\r\n", "demo.localhost"), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(get(*visitor, "/private/page", "X-Causeway-User: 999\r\n"), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(get(*visitor, "/private/page", "Accept: text/html\r\n"), StartsWith("HTTP/1.1 303"));
  EXPECT_THAT(upstream.take(), IsEmpty());
}

TEST_P(GatewayTest, ASessionIsRenewedOnTheWay) {
  clock.advance(2min);
  const auto answer = get(*ada, "/page");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("Set-Cookie: own=1\r\n")) << "what is behind sets its own";
  const auto at = answer.find("Set-Cookie: causeway=");
  ASSERT_NE(at, std::string::npos) << answer;
  const auto line = answer.substr(at, answer.find("\r\n", at) - at);
  for (const char* attribute : {"Max-Age=180", "Path=/", "HttpOnly", "SameSite=Lax"})
    EXPECT_THAT(line, HasSubstr(attribute));
  ada->cookies["causeway"] = line.substr(21, line.find(';') - 21);
  clock.advance(2min);
  upstream.take();
  get(*ada, "/page");
  EXPECT_EQ(user_of(arrived()), ada_id);
}

TEST_P(GatewayTest, WhatARequestIsForWhatIsBehindStaysSo) {
  const std::string body = "not what /auth/forward would take";
  EXPECT_THAT(send("POST /upload HTTP/1.1\r\nHost: demo.localhost\r\n" + cookie_of(*ada) +
                   "Accept: image/png\r\nAuthorization: Basic YTpi\r\nContent-Encoding: gzip\r\nIf-Match: no tag\r\n"
                   "Content-Type: text/plain\r\nExpect: 100-continue\r\nContent-Length: " +
                   std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body),
              HasSubstr("HTTP/1.1 200"));
  const auto request = arrived();
  EXPECT_THAT(request, StartsWith("POST /upload "));
  EXPECT_THAT(request, testing::EndsWith("\r\n\r\n" + body));
  EXPECT_THAT(values_of(request, "authorization"), ElementsAre("Basic YTpi"));
  EXPECT_EQ(user_of(request), ada_id);
}

INSTANTIATE_TEST_SUITE_P(Gateways, GatewayTest, testing::Values(&kTraefik, &kNginx),
                         [](const auto& kind) { return std::string(kind.param->name); });

}  // namespace
}  // namespace causeway::api
