// The role web through the real HTTP server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "apiserver/rest/contract.hpp"
#include "apiserver/routes.hpp"
#include "apiserver/server.hpp"
#include "base/files.hpp"
#include "base/http_client.hpp"

namespace causeway::api {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class WebServerTest : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    options.role = ServerRole::kWeb;
    options.listen = "127.0.0.1:0";
    options.workers = 4;
    auto started = Server::start(options, clock_);
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = std::move(*started);
  }
  base::HttpResponse call(base::HttpRequest request) {
    base::HttpClientOptions options;
    options.base_url = "http://127.0.0.1:" + std::to_string(server_->port());
    base::HttpClient client(std::move(options));
    auto answered = client.call(request);
    EXPECT_TRUE(answered.ok()) << (answered.ok() ? "" : answered.error().message);
    return answered.ok() ? *answered : base::HttpResponse{0, {}, {}};
  }
  base::HttpResponse get(const std::string& target, base::Headers headers = {}) {
    return call({.target = target, .headers = std::move(headers)});
  }

  base::ManualClock clock_;
  std::unique_ptr<Server> server_;
};

TEST_F(WebServerTest, ServesWhatItsDocumentSays) {
  start();
  const auto document = get("/openapi.json");
  ASSERT_EQ(document.status, 200);
  EXPECT_EQ(get("/openapi.json", {{"If-None-Match", std::string(*document.headers.get("ETag"))}}).status, 304);
  const auto contract = rest::Contract::parse(document.body);
  ASSERT_TRUE(contract.ok()) << contract.error().message;
  for (const char* target : {"/healthz", "/readyz", "/metrics", "/openapi.json", "/api/v1/version",
                             "/api/v1/version?x=1", "/api/v1", "/", "/api/v1/version/"}) {
    for (const char* method : {"GET", "HEAD", "POST", "OPTIONS"})
      EXPECT_THAT(contract->violations(method, target, call({.method = method, .target = target})), IsEmpty());
  }
  EXPECT_EQ(get("/healthz").body, "ok\n");
  EXPECT_THAT(get("/api/v1/version").body, HasSubstr("{\"version\":\""));
  EXPECT_THAT(get("/metrics").body, HasSubstr("causeway_http_requests_total{code=\"200\",method=\"GET\",role=\"web\","
                                              "route=\"/api/v1/version\"}"));
}

TEST_F(WebServerTest, TheDocumentInTheTreeIsTheOneServed) {
  start();
  const auto kept = base::read_file(CAUSEWAY_OPENAPI_FILE);
  ASSERT_TRUE(kept.ok()) << kept.error().message;
  EXPECT_EQ(get("/openapi.json").body, *kept)
      << "bin/causeway-apiserver --print-openapi > apiserver/openapi.json writes it";
}

TEST_F(WebServerTest, SaysNotReadyBeforeItStops) {
  ServerOptions options;
  options.drain = std::chrono::seconds(5);
  start(options);
  EXPECT_THAT(get("/readyz").body, HasSubstr("the database")) << "there is none";
  std::thread stopping([&] { server_->stop(std::chrono::seconds(5)); });
  while (clock_.sleepers() == 0) std::this_thread::yield();
  const auto not_ready = get("/readyz");
  EXPECT_EQ(not_ready.status, 503);
  EXPECT_THAT(not_ready.body, HasSubstr("shutting down"));
  EXPECT_TRUE(not_ready.headers.get("Retry-After"));
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/api/v1/version").status, 200) << "until others have noticed, it is asked";
  clock_.advance(std::chrono::seconds(5));
  stopping.join();
}

TEST_F(WebServerTest, RefusesOptionsThatAreWrong) {
  const auto error_of = [&](ServerOptions options) {
    options.role = ServerRole::kWeb;
    options.listen = "127.0.0.1:0";
    const auto started = Server::start(options, clock_);
    return started.ok() ? std::string() : started.error().message;
  };
  EXPECT_THAT(error_of({.public_url = "causeway.example"}), HasSubstr("public URL"));
  EXPECT_THAT(error_of({.trusted_proxies = {"10.0.0.0/99"}}), HasSubstr("10.0.0.0/99"));
  EXPECT_THAT(error_of({.secret = "short"}), HasSubstr("32 bytes"));
  ServerOptions options;
  options.people.require_second_factor = session::Require::kAdministrators;
  EXPECT_THAT(error_of(options), HasSubstr("--second-factor-keys"));
  options.people.second_factor_keys = {"/nowhere/key"};
  EXPECT_THAT(error_of(options), HasSubstr("/nowhere/key"));
  options = {};
  options.people.breached_passwords = "/nowhere/hashes";
  EXPECT_THAT(error_of(options), HasSubstr("/nowhere/hashes"));
}

}  // namespace
}  // namespace causeway::api
