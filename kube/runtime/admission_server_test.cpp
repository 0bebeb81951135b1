#include "kube/runtime/admission_server.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <latch>
#include <thread>

#include "base/http_client.hpp"
#include "base/pki.hpp"
#include "base/test_sockets.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string review(std::string_view uid, std::string_view data = "") {
  return json::serialize(
      Object{{"kind", "AdmissionReview"},
             {"apiVersion", "admission.k8s.io/v1"},
             {"request", Object{{"uid", uid},
                                {"kind", Object{{"group", ""}, {"version", "v1"}, {"kind", "ConfigMap"}}},
                                {"operation", "CREATE"},
                                {"name", "c"},
                                {"object", Object{{"data", data}}}}}});
}

base::HttpRequest post(std::string path, std::string body) {
  return {.method = "POST",
          .target = std::move(path),
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(body)};
}

class AdmissionServerTest : public testing::Test {
 protected:
  AdmissionServerTest() : authority(*base::make_authority("test")) {}

  base::TlsServerOptions certificate(const std::string& name = "localhost") const {
    auto leaf = *base::issue_certificate(
        authority, {.common_name = name, .organizations = {}, .dns_names = {name}, .ip_addresses = {}, .server = true});
    return {leaf.cert_pem, leaf.key_pem};
  }

  AdmissionServer& start(AdmissionServer::Handler handler, AdmissionServerOptions options = {}) {
    options.listen = "127.0.0.1:0";
    server = std::make_unique<AdmissionServer>(options, metrics);
    server->handle("/validate", std::move(handler));
    auto started = server->start(certificate());
    EXPECT_TRUE(started.ok()) << (started ? "" : started.error().message);
    return *server;
  }

  base::HttpClient client(const std::string& name = "localhost") const {
    base::HttpClientOptions options;
    options.base_url = "https://127.0.0.1:" + std::to_string(server->port());
    options.tls.ca_pem = authority.cert_pem;
    options.tls.server_name = name;
    return base::HttpClient(options);
  }

  const base::KeyPair authority;
  base::MetricsRegistry metrics;
  std::unique_ptr<AdmissionServer> server;
};

TEST_F(AdmissionServerTest, AnswersOverTlsAndCounts) {
  start([](const AdmissionRequest& request) {
    return string_at(*request.object, "data") == "bad" ? AdmissionResponse::deny(422, "Invalid", "data: is bad")
                                                       : AdmissionResponse::allow();
  });
  auto c = client();
  auto good = c.call(post("/validate?timeout=5s", review("1")));
  ASSERT_TRUE(good.ok()) << good.error().message;
  EXPECT_THAT(good->body, HasSubstr(R"("uid":"1","allowed":true)"));
  auto bad = c.call(post("/validate", review("2", "bad")));
  EXPECT_THAT(bad->body, HasSubstr("data: is bad"));
  const auto text = metrics.render();
  EXPECT_THAT(text, HasSubstr(R"(controller_runtime_webhook_requests_total{code="200",webhook="/validate"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(controller_runtime_webhook_latency_seconds_count{webhook="/validate"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(controller_runtime_webhook_requests_in_flight{webhook="/validate"} 0)"));
}

TEST_F(AdmissionServerTest, WhatIsNoReviewIsAnHttpError) {
  AdmissionServer plain({}, metrics);
  plain.handle("/validate", [](const AdmissionRequest&) { return AdmissionResponse::allow(); });
  const auto status = [&](base::HttpRequest request) { return plain.answer(request).status; };
  EXPECT_EQ(status(post("/validate", "")), 400);
  EXPECT_EQ(status(post("/validate", "{")), 400);
  EXPECT_EQ(status(post("/other", review("1"))), 404);
  auto get = post("/validate", "");
  get.method = "GET";
  EXPECT_EQ(status(get), 405);
  auto yaml = post("/validate", review("1"));
  yaml.headers.set("Content-Type", "application/yaml");
  EXPECT_EQ(status(yaml), 415);
  auto charset = post("/validate", review("1"));
  charset.headers.set("Content-Type", "application/json; charset=utf-8");
  EXPECT_EQ(status(charset), 200);
  EXPECT_THAT(metrics.render(),
              HasSubstr(R"(controller_runtime_webhook_requests_total{code="400",webhook="/validate"} 2)"));
}

TEST_F(AdmissionServerTest, AnExceptionIsARefusalAndIsCounted) {
  AdmissionServer plain({}, metrics);
  plain.handle("/validate", [](const AdmissionRequest&) -> AdmissionResponse { throw std::runtime_error("oh"); });
  const auto response = plain.answer(post("/validate", review("1")));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr(R"("allowed":false)"));
  EXPECT_THAT(response.body, HasSubstr(R"("code":500)"));
  EXPECT_THAT(metrics.render(), HasSubstr(R"(controller_runtime_webhook_panics_total{webhook="/validate"} 1)"));
}

TEST_F(AdmissionServerTest, JudgesNothingBeforeItIsReady) {
  AdmissionServer plain({}, metrics);
  bool ready = false;
  plain.handle("/validate", [](const AdmissionRequest&) { return AdmissionResponse::allow(); });
  plain.add_ready_check([&]() -> base::Result<void> {
    if (ready) return {};
    return base::Error{base::ErrorCode::kUnavailable, "not in sync"};
  });
  const auto early = plain.answer(post("/validate", review("1")));
  EXPECT_EQ(early.status, 503);
  EXPECT_THAT(early.body, HasSubstr("not in sync"));
  ready = true;
  EXPECT_EQ(plain.answer(post("/validate", review("1"))).status, 200);
}

TEST_F(AdmissionServerTest, BoundsSize) {
  start([](const AdmissionRequest&) { return AdmissionResponse::allow(); }, {.max_review_bytes = 4u << 20});
  auto c = client();
  auto three = c.call(post("/validate", review("1", std::string(3u << 20, 'x'))));
  ASSERT_TRUE(three.ok()) << three.error().message;
  EXPECT_EQ(three->status, 200);
  EXPECT_EQ(c.call(post("/validate", review("1", std::string(5u << 20, 'x'))))->status, 413);
}

TEST_F(AdmissionServerTest, WhoConnectsAndSaysNothingIsNotWaitedFor) {
  start([](const AdmissionRequest&) { return AdmissionResponse::allow(); }, {.sender_deadline = 1500ms});
  auto silent = base::test::RawSocket::connect(server->port());
  EXPECT_EQ(client().call(post("/validate", review("1")))->status, 200) << "nobody else waits for him";
  EXPECT_TRUE(silent.ended());
}

TEST_F(AdmissionServerTest, JudgesNoMoreAtOnceThanItHasWorkers) {
  std::atomic<int> now = 0, most = 0;
  std::latch both(2);
  start(
      [&](const AdmissionRequest&) {
        const int mine = ++now;
        for (int seen = most; mine > seen && !most.compare_exchange_weak(seen, mine);) {
        }
        if (!both.try_wait()) both.count_down();
        both.wait();  // until two are judged at once
        --now;
        return AdmissionResponse::allow();
      },
      {.workers = 2});
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> askers;
    for (int i = 0; i < 16; ++i) {
      askers.emplace_back([&] {
        auto response = client().call(post("/validate", review("1")));
        if (response.ok() && response->status == 200) ++answered;
      });
    }
  }
  EXPECT_EQ(answered, 16);
  EXPECT_EQ(most, 2);
}

TEST_F(AdmissionServerTest, NewConnectionsGetTheNewCertificateAndABadOneIsNotUsed) {
  start([](const AdmissionRequest&) { return AdmissionResponse::allow(); });
  auto kept = client("localhost");
  ASSERT_TRUE(kept.call(post("/validate", review("1"))).ok());
  server->set_certificate(certificate("next.test"));
  EXPECT_TRUE(client("next.test").call(post("/validate", review("1"))).ok());
  EXPECT_TRUE(kept.call(post("/validate", review("2"))).ok()) << "a connection that was open goes on";
  server->set_certificate({"nonsense", "nonsense"});
  EXPECT_TRUE(client("next.test").call(post("/validate", review("1"))).ok());
}

}  // namespace
}  // namespace causeway::kube
