// The pipeline through the real HTTP server; every exchange is held against the document as well (NotesServer::call).
#include "apiserver/rest/api.hpp"

#include <algorithm>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "apiserver/rest/test_notes.hpp"
#include "base/http_client.hpp"
#include "base/log.hpp"
#include "base/no_wait.hpp"
#include "base/trace.hpp"

namespace causeway::api::rest::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::pair<std::string, std::string> kAda{"Authorization", "Bearer ada"};
const std::pair<std::string, std::string> kCookie{"Cookie", "user=ada"};

class ApiTest : public testing::Test {
 protected:
  ApiTest() { base::log::set_level(base::log::Level::kError); }
  ~ApiTest() override { base::log::set_level(base::log::Level::kInfo); }

  base::HttpResponse create(const std::string& name, const std::string& key) {
    return server_.send("POST", "/notes", R"({"name":")" + name + R"(","text":"t"})", {kAda, {"Idempotency-Key", key}});
  }
  static std::vector<std::string> pointers(const base::HttpResponse& answer) {
    std::vector<std::string> out;
    const json::object problem = problem_of(answer);
    if (!problem.contains("errors")) return out;
    for (const json::value& error : problem.at("errors").as_array()) {
      const json::object& one = error.as_object();
      out.emplace_back(one.contains("pointer") ? one.at("pointer").as_string() : one.at("parameter").as_string());
    }
    return out;
  }
  static std::string slug(const base::HttpResponse& answer) {
    const std::string type(problem_of(answer).at("type").as_string());
    return type.substr(type.rfind(':') + 1);
  }

  NotesServer server_;
};

TEST_F(ApiTest, CreatesReadsChangesAndDeletes) {
  const auto created = create("a", "k1");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.headers.get("Location"), "/notes/ada/a");
  EXPECT_EQ(created.headers.get("Content-Type"), "application/json");
  const auto read = server_.get("/notes/ada/a");
  EXPECT_EQ(json::parse(read.body), json::parse(R"({"owner":"ada","name":"a","text":"t","version":1})"));
  EXPECT_EQ(read.headers.get("ETag"), "\"1\"");
  const auto changed = server_.send("PUT", "/notes/ada/a", R"({"name":"a","text":"u"})", {kAda, {"If-Match", "\"1\""}});
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.headers.get("ETag"), "\"2\"");
  const auto deleted = server_.send("DELETE", "/notes/ada/a", "", {kAda});
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.body, "");
  EXPECT_EQ(server_.get("/notes/ada/a").status, 404);
}

TEST_F(ApiTest, WhatIsNotThereSaysSo) {
  EXPECT_EQ(slug(server_.get("/nothing")), "not-found");
  const auto wrong = server_.send("PATCH", "/notes", "{}");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.get("Allow"), "GET, HEAD, POST, OPTIONS");
  const auto options = server_.send("OPTIONS", "/notes/ada/a", "");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.get("Allow"), "GET, HEAD, PUT, DELETE, OPTIONS");
  EXPECT_EQ(server_.get("/notes/ADA/a").status, 404) << "an owner that no one can be";
  const auto head = server_.call({.method = "HEAD", .target = "/openapi.json"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.headers.get("Content-Length"), std::to_string(server_.get("/openapi.json").body.size()));
}

TEST_F(ApiTest, TellsAllThatIsWrongInABody) {
  const base::Headers headers{kAda, {"Idempotency-Key", "k"}};
  const auto answer = server_.send("POST", "/notes", R"({"stars":9,"tags":["a","a"],"extra":1})", headers);
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(pointers(answer), ElementsAre("#/name", "#/stars", "#/tags/1", "#/extra"));
  EXPECT_EQ(slug(server_.send("POST", "/notes", "{nope", headers)), "bad-json");
  EXPECT_EQ(server_.send("POST", "/notes", R"({"name":null})", headers).status, 422);
  EXPECT_EQ(server_.notes.created, 0);
}

TEST_F(ApiTest, BodiesHaveAKindAndASize) {
  const auto post = [&](std::string body, base::Headers headers) {
    headers.add("Authorization", "Bearer ada");
    headers.add("Idempotency-Key", "k");
    return server_.call({"POST", "/notes", std::move(headers), std::move(body)});
  };
  EXPECT_EQ(post("{}", {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(post("{}", {}).status, 415);
  EXPECT_EQ(post("{}", {{"Content-Type", "application/json; charset=latin1"}}).status, 415);
  const auto coded = post("{}", {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}});
  EXPECT_EQ(coded.status, 415);
  EXPECT_EQ(coded.headers.get("Accept-Encoding"), "identity");
  EXPECT_EQ(post(std::string(1001, ' '), {{"Content-Type", "application/json"}}).status, 413);
  EXPECT_EQ(server_.send("DELETE", "/notes/ada/a", "{}", {kAda}).status, 400) << "takes no body";
}

TEST_F(ApiTest, QueriesAreStrict) {
  EXPECT_EQ(server_.get("/notes?limit=1&colour=red&tag=a&tag=b").status, 200);
  const auto answer = server_.get("/notes?limit=0&limt=1&archived=maybe");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(pointers(answer), ElementsAre("limt", "limit", "archived"));
  EXPECT_EQ(server_.get("/admin?x=1", {{"Authorization", "Bearer root"}}).status, 400);
  EXPECT_EQ(server_.get("/notes?tag=%ff").status, 400);
}

TEST_F(ApiTest, AnswersOnlyWhatIsAccepted) {
  EXPECT_EQ(server_.get("/notes", {{"Accept", "text/html, application/*;q=0.1"}}).status, 200);
  EXPECT_EQ(server_.get("/notes", {{"Accept", "text/html"}}).status, 406);
  EXPECT_EQ(server_.get("/notes", {{"Accept", "text/html"}, {"Accept", "application/json"}}).status, 200);
}

TEST_F(ApiTest, RolesAndScopes) {
  EXPECT_EQ(server_.get("/admin").status, 401);
  EXPECT_EQ(server_.get("/admin", {kAda}).status, 403);
  EXPECT_EQ(server_.get("/admin", {{"Authorization", "Bearer root"}}).status, 204);
  const auto wrong = server_.get("/notes", {{"Authorization", "Bearer wrong"}});
  EXPECT_EQ(wrong.status, 401) << "a proof that is wrong is no visitor";
  EXPECT_EQ(wrong.headers.get("WWW-Authenticate"), "Bearer error=\"invalid\"");
  const auto scope =
      server_.send("POST", "/notes", R"({"name":"a"})", {{"Authorization", "Bearer reader"}, {"Idempotency-Key", "k"}});
  EXPECT_EQ(slug(scope), "scope-missing");
}

TEST_F(ApiTest, WhoHasToSetAPasswordMayDoNothingBefore) {
  const auto refused = server_.get("/notes", {{"Cookie", "user=newcomer"}});
  EXPECT_EQ(refused.status, 403) << "not even what visitors may";
  EXPECT_EQ(slug(refused), "password-needed");
  Caller caller;
  caller.due = Due::kPassword;
  EXPECT_TRUE(objection(caller, {}));
  EXPECT_FALSE(objection(caller, {.before = {.password = true}}));
  EXPECT_EQ(objection(caller, {.role = Role::kUser, .before = {.password = true}})->kind.slug, "unauthenticated");
}

TEST_F(ApiTest, WhatIsDueIsDueFirst) {
  EXPECT_EQ(slug(server_.get("/notes", {{"Cookie", "user=half"}})), "second-factor-needed");
  const std::pair<Due, std::string> all[] = {{Due::kSecondFactor, "second-factor-needed"},
                                             {Due::kPassword, "password-needed"},
                                             {Due::kSecondFactorSetUp, "second-factor-set-up-needed"}};
  const Before ways[] = {{.second_factor = true}, {.password = true}, {.set_up = true}};
  for (std::size_t due = 0; due < 3; ++due) {
    Caller caller;
    caller.due = all[due].first;
    for (std::size_t way = 0; way < 3; ++way) {
      const auto refused = objection(caller, {.before = ways[way]});
      EXPECT_EQ(refused ? refused->kind.slug : "", due == way ? "" : all[due].second) << due << " " << way;
    }
    EXPECT_FALSE(objection(caller, {.before = kBeforeAnything}));
  }
  Caller caller;
  EXPECT_FALSE(objection(caller, {}));
}

TEST_F(ApiTest, WhoHasGivenHalfOfAProofCountsAsTheNetwork) {
  // Otherwise who has a stolen password would use up what its owner may ask.
  const base::Headers half{{"Cookie", "user=half"}};
  EXPECT_EQ(server_.get("/tight", half).status, 403);
  EXPECT_EQ(server_.get("/tight").status, 204);
  EXPECT_EQ(server_.get("/tight", half).status, 429);
  EXPECT_EQ(server_.get("/tight").status, 429);
  EXPECT_EQ(server_.get("/tight", {kAda}).status, 204);
}

TEST_F(ApiTest, CookiesNeedOurOwnPage) {
  const auto post = [&](base::Headers headers) {
    headers.add("Cookie", "user=ada");
    headers.add("Idempotency-Key", "k");
    return server_.send("POST", "/notes", R"({"name":"a"})", std::move(headers)).status;
  };
  EXPECT_EQ(post({{"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(post({{"Origin", "https://evil.example"}}), 403);
  EXPECT_EQ(post({{"Origin", "https://notes.example"}, {"Sec-Fetch-Site", "same-origin"}}), 201);
  EXPECT_EQ(server_.send("DELETE", "/notes/ada/a", "", {kCookie}).status, 403) << "neither JSON nor our header";
  EXPECT_EQ(server_.send("DELETE", "/notes/ada/a", "", {kCookie, {"X-Causeway-Request", "1"}}).status, 204);
  EXPECT_EQ(server_.get("/sign_out", {kCookie}).status, 403);
  EXPECT_EQ(server_.get("/sign_out", {kCookie, {"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(server_.get("/sign_out", {kCookie, {"Sec-Fetch-Site", "same-origin"}}).status, 403) << "a picture of ours";
  EXPECT_EQ(server_.get("/sign_out", {kCookie, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Dest", "empty"}}).status,
            204);
  EXPECT_EQ(server_.get("/notes", {kCookie, {"Sec-Fetch-Site", "cross-site"}}).status, 200)
      << "reading changes nothing";
  EXPECT_EQ(server_.send("DELETE", "/notes/ada/a", "", {kAda, {"Sec-Fetch-Site", "cross-site"}}).status, 404)
      << "an Authorization header is no browser's own idea";
}

TEST_F(ApiTest, TheSessionsCookieIsRenewedOnEveryAnswer) {
  EXPECT_EQ(server_.get("/notes", {kCookie}).headers.get("Set-Cookie"), "user=renewed");
  EXPECT_EQ(server_.get("/admin", {kCookie}).headers.get("Set-Cookie"), "user=renewed") << "a problem's, too";
}

TEST_F(ApiTest, ConditionalRequests) {
  ASSERT_EQ(create("a", "k1").status, 201);
  const auto same = server_.get("/notes/ada/a", {{"If-None-Match", "W/\"1\""}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(same.headers.get("ETag"), "\"1\"");
  EXPECT_EQ(server_.get("/notes/ada/a", {{"If-None-Match", "\"0\""}}).status, 200);
  EXPECT_EQ(server_.get("/notes/ada/a", {{"If-Match", "\"0\""}}).status, 412);
  EXPECT_EQ(server_.get("/notes/ada/a", {{"If-None-Match", "1"}}).status, 400);

  const auto put = [&](base::Headers headers) {
    headers.add("Authorization", "Bearer ada");
    return server_.send("PUT", "/notes/ada/a", R"({"name":"a","text":"u"})", std::move(headers)).status;
  };
  EXPECT_EQ(put({}), 428);
  EXPECT_EQ(put({{"If-Match", "\"0\""}}), 412);
  EXPECT_EQ(put({{"If-Match", "W/\"1\""}}), 412);
  EXPECT_EQ(put({{"If-Match", "1"}}), 400);
  EXPECT_EQ(put({{"If-Match", "\"1\""}}), 200);
  EXPECT_EQ(put({{"If-Match", "\"1\""}}), 412) << "it is the second by now";
}

TEST_F(ApiTest, OnlyWhatEverybodySeesMayBeKept) {
  ASSERT_EQ(create("a", "k1").status, 201);
  EXPECT_EQ(server_.get("/notes/ada/a").headers.get("Cache-Control"), "no-cache");
  EXPECT_EQ(server_.get("/notes/ada/a", {kAda}).headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(server_.get("/notes").headers.get("Cache-Control"), "no-store");
}

TEST_F(ApiTest, ListsComeInPages) {
  for (const char* name : {"a", "b", "c", "d", "e"}) ASSERT_EQ(create(name, name).status, 201);
  std::string target = "/notes?limit=2&archived=true", seen;
  for (int page = 0; page < 3; ++page) {
    const auto answer = server_.get(target);
    const json::value body = json::parse(answer.body);
    for (const json::value& note : body.at("items").as_array()) seen += note.at("name").as_string();
    if (page == 2) {
      EXPECT_FALSE(body.as_object().contains("next"));
      EXPECT_FALSE(answer.headers.get("Link"));
      break;
    }
    const std::string next(body.at("next").as_string());
    EXPECT_EQ(answer.headers.get("Link"), "</notes?limit=2&archived=true&cursor=" + next + ">; rel=\"next\"");
    const std::string link(*answer.headers.get("Link"));
    target = link.substr(1, link.find('>') - 1);
    EXPECT_EQ(server_.get("/notes?cursor=" + next + "&archived=true").status, 200) << "another limit is the same list";
    const auto other = server_.get("/notes?cursor=" + next + "&archived=false");
    EXPECT_EQ(slug(other), "bad-cursor") << "another filter is another list";
    EXPECT_THAT(pointers(other), ElementsAre("cursor"));
    EXPECT_EQ(server_.get("/notes?archived=true&cursor=" + next.substr(1)).status, 400);
  }
  EXPECT_EQ(seen, "abcde");
}

TEST_F(ApiTest, ARepeatedCreateIsDoneOnce) {
  const auto first = create("a", "k1");
  const auto again = create("a", "k1");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.get("Location"), "/notes/ada/a");
  EXPECT_EQ(again.headers.get("Idempotency-Replayed"), "true");
  EXPECT_NE(again.headers.get("X-Request-Id"), first.headers.get("X-Request-Id"));
  EXPECT_EQ(server_.notes.created, 1);
  EXPECT_EQ(slug(create("b", "k1")), "idempotency-key-reused");
  EXPECT_EQ(create("a", "k2").status, 409) << "another key is another request";
  EXPECT_EQ(create("a", "k2").status, 409);
  const auto eve = server_.send("POST", "/notes", R"({"name":"a","text":"t"})",
                                {{"Authorization", "Bearer eve"}, {"Idempotency-Key", "k1"}});
  EXPECT_EQ(json::parse(eve.body).at("owner").as_string(), "eve") << "keys are their caller's";
  EXPECT_EQ(slug(server_.send("POST", "/notes", R"({"name":"a"})", {kAda})), "idempotency-key-missing");
  EXPECT_EQ(server_.send("POST", "/notes", R"({"name":"a"})", {kAda, {"Idempotency-Key", "a b"}}).status, 400);
}

TEST_F(ApiTest, WhileTheFirstIsUnderWayTheSecondIsToldSo) {
  std::promise<void> inside, go_on;
  server_.notes.before_create = [&] {
    inside.set_value();
    go_on.get_future().wait();
  };
  auto first = std::async(std::launch::async, [&] { return create("a", "k1").status; });
  inside.get_future().wait();
  const auto second = create("a", "k1");
  EXPECT_EQ(slug(second), "idempotency-key-in-flight");
  EXPECT_EQ(second.headers.get("Retry-After"), "1");
  go_on.set_value();
  EXPECT_EQ(first.get(), 201);
}

TEST_F(ApiTest, AKeyIsFreeAgainAfterAFailureOfOurs) {
  EXPECT_EQ(create("boom", "k1").status, 500);
  EXPECT_EQ(create("boom", "k1").status, 500) << "tried again, not replayed";
  EXPECT_EQ(create("fine", "k1").status, 201) << "nothing is bound to the key";
}

TEST_F(ApiTest, AnExceptionTellsNothingOfTheInside) {
  const auto answer = server_.get("/boom");
  EXPECT_EQ(slug(answer), "internal");
  EXPECT_THAT(answer.body, Not(HasSubstr("inside")));
  EXPECT_EQ(server_.get("/notes").status, 200);
}

TEST_F(ApiTest, TooManyRequestsAreToldWhenToComeBack) {
  base::ManualClock clock;
  NotesServer server(NotesServer::default_options(), clock);
  const auto first = server.get("/tight");
  EXPECT_EQ(first.headers.get("RateLimit-Policy"), "\"tight\";q=2;w=60");
  EXPECT_EQ(first.headers.get("RateLimit"), "\"tight\";r=1;t=30");
  EXPECT_EQ(server.get("/tight").status, 204);
  const auto refused = server.get("/tight");
  EXPECT_EQ(slug(refused), "too-many-requests");
  EXPECT_EQ(refused.headers.get("Retry-After"), "30");
  EXPECT_EQ(server.get("/tight", {kAda}).status, 204) << "a user is not counted with the visitors of the address";
  EXPECT_EQ(server.get("/notes").status, 200);
  clock.advance(std::chrono::seconds(30));
  EXPECT_EQ(server.get("/tight").status, 204);
}

TEST_F(ApiTest, RequestIdsAndSecurityHeadersAreOnEveryAnswer) {
  for (const char* target : {"/notes", "/nothing", "/boom", "/stream", "/admin"}) {
    const auto answer = server_.get(target);
    EXPECT_TRUE(answer.headers.get("X-Request-Id")) << target;
    EXPECT_EQ(answer.headers.get("X-Content-Type-Options"), "nosniff") << target;
    EXPECT_TRUE(answer.headers.get("Strict-Transport-Security")) << target;
  }
  EXPECT_EQ(server_.get("/notes", {{"X-Request-Id", "mine-1"}}).headers.get("X-Request-Id"), "mine-1");
  EXPECT_NE(server_.get("/notes", {{"X-Request-Id", "a b"}}).headers.get("X-Request-Id"), "a b");
}

TEST_F(ApiTest, ForwardedAddressesCountOnlyFromTrustedPeers) {
  EXPECT_EQ(server_.get("/address", {{"X-Forwarded-For", "1.2.3.4"}}).body, "127.0.0.1");
  ApiOptions options = NotesServer::default_options();
  options.trusted_proxies = *TrustedProxies::parse({"127.0.0.0/8"});
  NotesServer behind(std::move(options));
  EXPECT_EQ(behind.get("/address", {{"X-Forwarded-For", "6.6.6.6, 1.2.3.4"}}).body, "1.2.3.4");
}

TEST_F(ApiTest, HeadersOfIdentityAreThereOnce) {
  for (const char* name : {"Cookie", "Sec-Fetch-Site", "X-Causeway-User", "X-Causeway-Identity"})
    EXPECT_EQ(server_.get("/notes", {{name, "a"}, {name, "b"}}).status, 400) << name;
}

TEST_F(ApiTest, StreamsReadAndAnswerPieceByPiece) {
  const auto upload = server_.call({"POST", "/upload", {kAda}, std::string(300000, 'x')});
  EXPECT_EQ(upload.body, "300000");
  const auto streamed = server_.get("/stream");
  EXPECT_EQ(streamed.body, "piece\npiece\npiece\n");
  EXPECT_TRUE(streamed.headers.get("X-Request-Id"));
  EXPECT_EQ(slug(server_.get("/stream", {{"X-Refuse", "1"}})), "conflict");
  EXPECT_EQ(slug(server_.get("/stream", {{"X-Throw", "1"}})), "internal");
  EXPECT_EQ(slug(server_.get("/stream", {{"X-Silent", "1"}})), "internal");
}

TEST_F(ApiTest, MetricsAreByPatternNeverByPath) {
  ASSERT_EQ(create("a", "k1").status, 201);
  static_cast<void>(server_.get("/notes/ada/a"));
  static_cast<void>(server_.get("/made-up-by-somebody"));
  const std::string metrics = server_.metrics.render();
  EXPECT_THAT(metrics,
              HasSubstr("causeway_http_requests_total{code=\"200\",method=\"GET\",role=\"notes\",route=\"/notes/"
                        "{owner}/{name}\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("route=\"unknown\""));
  EXPECT_THAT(metrics, Not(HasSubstr("made-up")));
  EXPECT_THAT(metrics, Not(HasSubstr("ada")));
}

TEST_F(ApiTest, ATraceGoesOnFromTheClientsSpan) {
  std::mutex mutex;
  std::vector<base::trace::SpanData> spans;
  base::trace::set_sink(std::make_shared<const base::trace::Sink>([&](base::trace::SpanData span) {
    const std::lock_guard lock(mutex);
    spans.push_back(std::move(span));
  }));
  {
    NotesServer server;  // its end waits for the handlers, and so for their spans
    static_cast<void>(
        server.get("/notes/ada/nothing", {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}));
    static_cast<void>(server.get("/boom"));
  }
  base::trace::set_sink(nullptr);
  const std::lock_guard lock(mutex);
  const auto named = [&](std::string_view name) {
    return std::find_if(spans.begin(), spans.end(), [&](const auto& span) { return span.name == name; });
  };
  const auto read = named("GET /notes/{owner}/{name}"), failed = named("GET /boom");
  ASSERT_TRUE(read != spans.end() && failed != spans.end());
  EXPECT_EQ(read->context.trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(read->parent_span_id, "b7ad6b7169203331");
  EXPECT_EQ(read->error, "");
  EXPECT_NE(failed->error, "");
}

TEST_F(ApiTest, TheAccessLogHasNoQuery) {
  ApiOptions options = NotesServer::default_options();
  options.access_log = true;
  base::log::set_level(base::log::Level::kInfo);
  testing::internal::CaptureStderr();
  {
    NotesServer server(std::move(options));
    static_cast<void>(server.get("/notes?tag=secret", {kAda, {"X-Request-Id", "mine-1"}}));
  }
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("\"request_id\":\"mine-1\",\"role\":\"notes\",\"method\":\"GET\",\"path\":\"/notes\""));
  EXPECT_THAT(log, HasSubstr("\"user\":\"ada\""));
  EXPECT_THAT(log, Not(HasSubstr("secret")));
}

TEST(ApiAtOnce, WhatWouldWaitIsBegunAnewByAWorkerAndCountsOnce) {
  base::MetricsRegistry metrics;
  TestAuthenticator authenticator;
  std::mutex mutex;
  std::map<std::string, std::vector<std::thread::id>> ran;
  std::atomic<bool> in_memory = true;
  std::atomic<int> spans = 0;
  base::trace::set_sink(std::make_shared<const base::trace::Sink>([&](const base::trace::SpanData&) { ++spans; }));
  const auto route = [&](std::string path, bool at_once) {
    return Route{.path = path, .at_once = at_once, .run = answers([&, path](Call&) -> Outcome<void> {
                                                     {
                                                       const std::lock_guard lock(mutex);
                                                       ran[path].push_back(std::this_thread::get_id());
                                                     }
                                                     if (!in_memory) base::NoWait::check();
                                                     return Answer<void>{};
                                                   })};
  };
  std::vector<Route> routes;
  routes.push_back(route("/memory", true));
  routes.push_back(route("/worker", false));
  Api api(NotesServer::default_options(), std::move(routes), authenticator, nullptr, base::system_clock(), metrics);
  auto http = base::HttpServer::start({.workers = 1},
                                      base::HttpServer::StreamHandler([&](base::HttpExchange& e) { api.handle(e); }),
                                      [&](base::HttpExchange& e) { return api.handle_at_once(e); });
  ASSERT_TRUE(http) << http.error().message;
  base::HttpClient client({.base_url = "http://127.0.0.1:" + std::to_string((*http)->port())});
  const auto get = [&](const char* path) { return client.call({.method = "GET", .target = path}); };
  EXPECT_EQ(get("/memory")->status, 204);
  in_memory = false;
  EXPECT_EQ(get("/memory")->status, 204);
  EXPECT_EQ(get("/worker")->status, 204);
  const auto& memory = ran["/memory"];
  ASSERT_EQ(memory.size(), 3u);
  EXPECT_EQ(memory[0], memory[1]);
  EXPECT_EQ(memory[2], ran["/worker"].at(0));
  EXPECT_NE(memory[0], memory[2]);
  (*http)->stop(base::Duration::zero());
  base::trace::set_sink(nullptr);
  EXPECT_EQ(spans, 3);
  EXPECT_THAT(metrics.render(),
              testing::ContainsRegex("requests_total[{][^}]*code=\"204\"[^}]*route=\"/memory\"[}] 2"));
}

TEST_F(ApiTest, WhatIsRefusedIsSaidInTheLogAndCounted) {
  ApiOptions options = NotesServer::default_options();
  options.access_log = true;
  base::log::set_level(base::log::Level::kInfo);
  testing::internal::CaptureStderr();
  std::string counted;
  {
    NotesServer server(std::move(options));
    EXPECT_EQ(server.get("/admin", {kAda}).status, 403);
    EXPECT_EQ(server.get("/notes/ada/none", {kAda}).status, 404);
    counted = server.metrics.render();
  }
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("\"status\":403,\"problem\":\"forbidden\",\"user\":\"ada\""));
  EXPECT_THAT(log, HasSubstr("\"status\":404,\"problem\":\"not-found\""));
  EXPECT_THAT(counted, HasSubstr("causeway_http_refusals_total{problem=\"forbidden\",role=\"notes\"} 1"));
  EXPECT_THAT(counted, Not(HasSubstr("not-found")));
}

TEST(ApiTable, ContradictionsAreFoundAtTheStart) {
  base::MetricsRegistry metrics;
  TestAuthenticator authenticator;
  const auto make = [&](Route route) {
    ApiOptions options = NotesServer::default_options();
    std::vector<Route> routes;
    routes.push_back(std::move(route));
    Api(std::move(options), std::move(routes), authenticator, nullptr, base::system_clock(), metrics);
  };
  const auto nothing = answers([](Call&) -> Outcome<void> { return Answer<void>{}; });
  EXPECT_NO_THROW(make({.path = "/a", .run = nothing}));
  EXPECT_THROW(make({.path = "/a", .rate = "none", .run = nothing}), std::out_of_range);
  EXPECT_THROW(
      make({.method = Method::kPost, .path = "/a", .access = {Role::kUser}, .idempotency_key = true, .run = nothing}),
      std::logic_error);
}

}  // namespace
}  // namespace causeway::api::rest::test
