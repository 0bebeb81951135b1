// The client against peers that do what a real API server does only on bad days.

#include "kube/client/client.hpp"

#include <gtest/gtest.h>
#include <semaphore>
#include <thread>

#include "base/test_sockets.hpp"
#include "base/trace.hpp"
#include "kube/client/scripted_peer.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using base::test::RawSocket;
using base::test::ScriptedServer;
using resources::kConfigMap;
using test::config_map_json;
using test::event_json;
using test::ScriptedPeer;
using test::status_json;

const std::string kOne = config_map_json("a", "7");

Object config_map() {
  return make_object(kConfigMap, "n", "a");
}

TEST(Client, TriesAgainWhenThrottled) {
  ScriptedPeer peer([](int number, base::HttpExchange& e) {
    if (number < 3) return test::json(e, 429, status_json(429, "TooManyRequests"), {{"Retry-After", "0"}});
    test::json(e, 201, kOne);
  });
  Client client(peer.config());
  const auto made = client.create(kConfigMap, config_map());
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(peer.count(), 3);
  EXPECT_EQ(peer.requests()[0].body, peer.requests()[2].body) << "the body is sent again, whole";
}

TEST(Client, HandsTheTraceOn) {
  ScriptedPeer peer([](int, base::HttpExchange& e) { test::json(e, 201, kOne); });
  Client client(peer.config());
  ASSERT_TRUE(client.create(kConfigMap, config_map()).ok());
  std::string sent;
  base::trace::set_sink(std::make_shared<const base::trace::Sink>([](base::trace::SpanData) {}));
  {
    const base::trace::Span span("test");
    sent = base::trace::traceparent(*base::trace::current());
    EXPECT_TRUE(client.create(kConfigMap, config_map()).ok());
  }
  base::trace::set_sink(nullptr);
  EXPECT_FALSE(peer.requests()[0].headers.get("traceparent")) << "tracing is off";
  EXPECT_EQ(peer.requests()[1].headers.get("traceparent"), sent);
}

TEST(Client, TellsTheRetryAfterItDidNotFollow) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    test::json(e, 429, status_json(429, "TooManyRequests"), {{"Retry-After", "17"}});
  });
  auto config = peer.config();
  config.max_retries = 0;
  const auto made = Client(config).create(kConfigMap, config_map());
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().retry_after_seconds, 17);
  EXPECT_EQ(peer.count(), 1);
}

TEST(Client, DoesNotSendAgainWhatMayHaveBeenDone) {
  ScriptedServer server({[](RawSocket& s) {
    s.receive_until("\r\n\r\n");
    s.send("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{");
  }});
  ClientConfig config;
  config.server = server.url();
  const auto made = Client(config).create(kConfigMap, config_map());
  ASSERT_FALSE(made.ok());
  EXPECT_TRUE(made.error().unanswered());
  EXPECT_EQ(made.error().transport, base::ErrorCode::kIo);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(Client, ReadsAgainWhatWasCutShort) {
  ScriptedServer server({[](RawSocket& s) {
                           s.receive_until("\r\n\r\n");
                           s.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
                         },
                         [](RawSocket& s) {
                           s.receive_until("\r\n\r\n");
                           s.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kOne.size()) + "\r\n\r\n" +
                                  kOne);
                         }});
  ClientConfig config;
  config.server = server.url();
  const auto read = Client(config).get(kConfigMap, "n", "a");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(server.accepted(), 2);
}

TEST(Client, WaitsForAServerThatIsStarting) {
  const auto port = base::test::unused_port();
  ClientConfig config;
  config.server = "http://127.0.0.1:" + std::to_string(port);
  base::MetricsRegistry metrics;
  config.metrics = &metrics;
  std::binary_semaphore failed_once(0);
  std::unique_ptr<ScriptedServer> server;
  std::jthread starter([&] {
    // After the first refused connection.
    while (metrics.render().find("<error>") == std::string::npos) std::this_thread::yield();
    server = std::make_unique<ScriptedServer>(
        std::vector<ScriptedServer::Part>{[](RawSocket& s) {
          s.receive_until("\r\n\r\n");
          s.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kOne.size()) + "\r\n\r\n" + kOne);
        }},
        "127.0.0.1:" + std::to_string(port));
  });
  EXPECT_TRUE(Client(config).create(kConfigMap, config_map()).ok());
}

class CountingToken final : public TokenSource {
 public:
  base::Result<std::string> token() override { return "token-" + std::to_string(rejections); }
  void rejected() override {
    if (!stuck) ++rejections;
  }
  int rejections = 0;
  bool stuck = false;
};

TEST(Client, ReplacesARejectedToken) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    if (e.request().headers.get("Authorization") == "Bearer token-1") return test::json(e, 200, kOne);
    test::json(e, 401, status_json(401, "Unauthorized"));
  });
  auto config = peer.config();
  auto token = std::make_shared<CountingToken>();
  config.token = token;
  EXPECT_TRUE(Client(config).get(kConfigMap, "n", "a").ok());
  EXPECT_EQ(peer.count(), 2);
  token->rejections = 5;
  token->stuck = true;
  const auto refused = Client(config).get(kConfigMap, "n", "a");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, 401);
  EXPECT_EQ(peer.count(), 3) << "the same token is not tried twice";
  // And in a stream.
  token->rejections = 0;
  token->stuck = false;
  EXPECT_TRUE(Client(config).list_each(kConfigMap, "n", {}, [](Object) {}).ok());
}

TEST(Client, SendsWhoItIsAndWhatItWants) {
  ScriptedPeer peer([](int, base::HttpExchange& e) { test::json(e, 200, kOne); });
  auto config = peer.config();
  config.server += "/clusters/one";
  config.user_agent = "causeway-operator-hub";
  config.impersonate_user = "ada";
  config.impersonate_groups = {"g1", "g2"};
  Client client(config);
  ASSERT_TRUE(
      client.apply(kConfigMap, config_map(), {.field_manager = "me", .force = true, .dry_run = true, .strict = true})
          .ok());
  ASSERT_TRUE(client.patch(kConfigMap, "n", "a", PatchType::kJson, json::array{}, {.subresource = "status"}).ok());
  ASSERT_TRUE(client.remove(kConfigMap, "n", "a", {.uid = "u", .propagation = "Foreground", .grace_seconds = 0}).ok());
  ASSERT_TRUE(client.list(kConfigMap, "", {.label_selector = "a in (b,c)", .resource_version = "0", .limit = 5}).ok());
  const auto requests = peer.requests();
  EXPECT_EQ(requests[0].path(), "/clusters/one/api/v1/namespaces/n/configmaps/a");
  EXPECT_EQ(requests[0].method, "PATCH");
  EXPECT_EQ(requests[0].headers.get("Content-Type"), "application/apply-patch+yaml");
  EXPECT_EQ(requests[0].headers.get("User-Agent"), "causeway-operator-hub");
  EXPECT_EQ(requests[0].headers.get("Impersonate-User"), "ada");
  EXPECT_EQ(requests[0].headers.count("Impersonate-Group"), 2u);
  EXPECT_EQ(test::parameter(requests[0], "fieldManager"), "me");
  EXPECT_EQ(test::parameter(requests[0], "force"), "true");
  EXPECT_EQ(test::parameter(requests[0], "dryRun"), "All");
  EXPECT_EQ(test::parameter(requests[0], "fieldValidation"), "Strict");
  EXPECT_EQ(requests[1].path(), "/clusters/one/api/v1/namespaces/n/configmaps/a/status");
  EXPECT_EQ(requests[1].headers.get("Content-Type"), "application/json-patch+json");
  const auto body = json::parse(requests[2].body).as_object();
  EXPECT_EQ(string_at(body, "preconditions.uid"), "u");
  EXPECT_EQ(string_at(body, "propagationPolicy"), "Foreground");
  EXPECT_EQ(int_at(body, "gracePeriodSeconds", -1), 0);
  EXPECT_EQ(requests[3].path(), "/clusters/one/api/v1/configmaps");
  EXPECT_EQ(test::parameter(requests[3], "labelSelector"), "a in (b,c)");
  EXPECT_EQ(test::parameter(requests[3], "limit"), "5");
}

TEST(Client, AsksForMetadataAloneAndKnowsWhatItIsOf) {
  const std::string partial =
      R"({"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"a","namespace":"n"}})";
  ScriptedPeer peer([&](int, base::HttpExchange& e) {
    if (test::parameter(e.request(), "watch") == "true") return test::json(e, 200, event_json("ADDED", partial));
    test::json(e, 200, R"({"kind":"PartialObjectMetadataList","metadata":{},"items":[)" + partial + "]}");
  });
  Client client(peer.config());
  std::vector<Object> seen;
  const auto page = client.list(kConfigMap, "n", {.metadata_only = true});
  ASSERT_TRUE(page.ok()) << page.error().message;
  seen.insert(seen.end(), page->items.begin(), page->items.end());
  ASSERT_TRUE(
      client.list_each(kConfigMap, "n", {.metadata_only = true}, [&](Object o) { seen.push_back(std::move(o)); }).ok());
  ASSERT_TRUE(client
                  .watch(kConfigMap, "n", {.metadata_only = true},
                         [&](WatchEvent e) {
                           seen.push_back(std::move(e.object));
                           return true;
                         })
                  .ok());
  ASSERT_EQ(seen.size(), 3u);
  for (const auto& object : seen) {
    EXPECT_EQ(string_at(object, "kind"), "ConfigMap");
    EXPECT_EQ(string_at(object, "apiVersion"), "v1");
  }
  const auto requests = peer.requests();
  EXPECT_EQ(requests[0].headers.get("Accept"), "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
  EXPECT_EQ(requests[1].headers.get("Accept"), requests[0].headers.get("Accept"));
  EXPECT_EQ(requests[2].headers.get("Accept"), "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
}

TEST(Client, AnAnswerThatIsNotKubernetesIsAnError) {
  ScriptedPeer peer([](int, base::HttpExchange& e) { e.respond(base::text_response(200, "<html>login</html>")); });
  Client client(peer.config());
  EXPECT_FALSE(client.get(kConfigMap, "n", "a").ok());
  EXPECT_FALSE(client.list(kConfigMap, "n").ok());
  EXPECT_FALSE(client.list_each(kConfigMap, "n", {}, [](Object) {}).ok());
  EXPECT_FALSE(client.watch(kConfigMap, "n", {}, [](WatchEvent) { return true; }).ok());
}

TEST(Client, EndsACallInFlightAndAWaitOnStop) {
  for (const bool throttled : {true, false}) {
    std::binary_semaphore arrived(0);
    ScriptedPeer peer([&](int, base::HttpExchange& e) {
      if (throttled) {
        test::json(e, 429, status_json(429, "TooManyRequests"), {{"Retry-After", "50"}});
        arrived.release();
        return;
      }
      arrived.release();
      while (!e.closed().stop_requested()) std::this_thread::yield();
    });
    Client client(peer.config());
    std::stop_source stop;
    client.set_stop(stop.get_token());
    std::jthread stopper([&] {
      arrived.acquire();
      stop.request_stop();
    });
    const auto begin = base::system_clock().steady();
    const auto read = client.get(kConfigMap, "n", "a");
    EXPECT_FALSE(read.ok());
    EXPECT_LT(base::system_clock().steady() - begin, 5s);
    EXPECT_TRUE(client.get(kConfigMap, "n", "a").error().cancelled()) << "and nothing is sent after it";
  }
}

// A watch answered with these pieces, then ended or left hanging.
class WatchPeer {
 public:
  WatchPeer(std::vector<std::string> pieces, bool hang)
      : peer_([pieces = std::move(pieces), hang](int, base::HttpExchange& e) {
          (void)e.start({.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = {}});
          for (const auto& piece : pieces) (void)e.write(piece);
          while (hang && !e.closed().stop_requested()) std::this_thread::yield();
          (void)e.finish();
        }) {}
  Result<void> watch(WatchOptions options = {}) {
    return Client(peer_.config()).watch(kConfigMap, "n", options, [this](WatchEvent event) {
      seen.emplace_back(name_of(event.object));
      return true;
    });
  }
  ScriptedPeer peer_;
  std::vector<std::string> seen;
};

TEST(ClientWatch, ReadsEventsHoweverTheyAreCut) {
  const auto text = event_json("ADDED", config_map_json("a", "1")) + event_json("MODIFIED", config_map_json("b", "2"));
  WatchPeer peer({text.substr(0, 10), text.substr(10, text.size() - 20), text.substr(text.size() - 10)}, false);
  EXPECT_TRUE(peer.watch().ok());
  EXPECT_EQ(peer.seen, (std::vector<std::string>{"a", "b"}));
  const auto request = peer.peer_.requests()[0];
  EXPECT_EQ(test::parameter(request, "watch"), "true");
  EXPECT_EQ(test::parameter(request, "allowWatchBookmarks"), "true");
  EXPECT_EQ(test::parameter(request, "timeoutSeconds"), "420");
}

TEST(ClientWatch, AnErrorEventIsTheErrorItTells) {
  WatchPeer peer({event_json("ADDED", config_map_json("a", "1")), event_json("ERROR", status_json(410, "Expired"))},
                 true);
  const auto ended = peer.watch();
  ASSERT_FALSE(ended.ok());
  EXPECT_TRUE(ended.error().expired());
  EXPECT_EQ(peer.seen.size(), 1u);
}

TEST(ClientWatch, ASilentServerIsGivenUp) {
  WatchPeer peer({event_json("ADDED", config_map_json("a", "1"))}, true);
  const auto begin = base::system_clock().steady();
  const auto ended = peer.watch({.timeout = 100ms, .grace = 200ms});
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().transport, base::ErrorCode::kTimeout) << ended.error().message;
  EXPECT_GE(base::system_clock().steady() - begin, 300ms);
}

TEST(ClientWatch, ALineWithoutEndIsRefused) {
  WatchPeer peer({"{\"type\":\"ADDED\",\"object\":\"" + std::string(5000, 'x')}, true);
  const auto ended = peer.watch({.max_event_bytes = 1000});
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().transport, base::ErrorCode::kProtocol);
}

TEST(ClientWatch, AnUnknownEventIsRefused) {
  WatchPeer peer({event_json("RENAMED", config_map_json("a", "1"))}, true);
  const auto ended = peer.watch();
  ASSERT_FALSE(ended.ok());
  EXPECT_NE(ended.error().message.find("RENAMED"), std::string::npos);
}

TEST(Client, KeepsTheEndOfALog) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    (void)e.start({.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = {}});
    for (int i = 0; i < 1000; ++i) (void)e.write("line " + std::to_string(i) + "\n");
    (void)e.finish();
  });
  auto log = Client(peer.config()).logs("n", "p", {.container = "main", .tail_lines = 7, .limit_bytes = 18});
  ASSERT_TRUE(log.ok()) << log.error().message;
  EXPECT_EQ(*log, "line 998\nline 999\n");
  EXPECT_EQ(peer.requests()[0].path(), "/api/v1/namespaces/n/pods/p/log");
  EXPECT_EQ(test::parameter(peer.requests()[0], "container"), "main");
  EXPECT_EQ(test::parameter(peer.requests()[0], "tailLines"), "7");
}

}  // namespace
}  // namespace causeway::kube
