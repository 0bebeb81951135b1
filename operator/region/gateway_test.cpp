#include "operator/region/gateway.hpp"

#include <gtest/gtest.h>
#include <mutex>
#include <vector>

#include "base/http_server.hpp"

namespace causeway::op::region {
namespace {

// As Traefik 3.6 answers for a host that it has no route for.
base::HttpResponse no_route(std::string date = "Wed, 25 Nov 2026 18:06:37 GMT") {
  return {404,
          {{"Content-Type", "text/plain; charset=utf-8"},
           {"X-Content-Type-Options", "nosniff"},
           {"Date", std::move(date)},
           {"Content-Length", "19"}},
          "404 page not found\n"};
}
// As it passes on what http.NotFound of a Go application says.
base::HttpResponse not_found_of_an_application() {
  return {404,
          {{"Content-Length", "19"},
           {"Content-Type", "text/plain; charset=utf-8"},
           {"Date", "Wed, 25 Nov 2026 18:06:37 GMT"},
           {"X-Content-Type-Options", "nosniff"}},
          "404 page not found\n"};
}

TEST(Gateway, TellsItsOwnNotFoundFromAnApplications) {
  EXPECT_TRUE(is_no_route(no_route(), no_route("Wed, 25 Nov 2026 18:06:38 GMT")));
  EXPECT_FALSE(is_no_route(not_found_of_an_application(), no_route()));

  auto closing = no_route();
  closing.headers.add("Connection", "close");
  EXPECT_TRUE(is_no_route(no_route(), closing)) << "a gateway that is about to end";
  auto other = no_route();
  other.body = "<h1>Not Found</h1>";
  EXPECT_FALSE(is_no_route(other, no_route()));
}

// A gateway with a route for each of these applications.
class GatewayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = base::HttpServer::start(
        {}, base::HttpServer::Handler([this](const base::HttpRequest& request) {
          const std::string host(request.headers.get("Host").value_or(""));
          std::lock_guard lock(mutex_);
          asked_.push_back(host + request.target);
          if (host == "go.localhost")
            return base::HttpResponse{404, {{"X-B", "b"}, {"Content-Type", "text/plain"}, {"X-A", "a"}}, "not found\n"};
          if (host == "fine.localhost") return base::text_response(200, "hello");
          if (host == "down.localhost") return base::text_response(503, "no available server");
          return base::HttpResponse{404, {{"X-A", "a"}, {"Content-Type", "text/plain"}, {"X-B", "b"}}, "not found\n"};
        }));
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = std::move(*server);
  }
  Observation::Answer ask(const std::string& host) {
    Gateway gateway("http://127.0.0.1:" + std::to_string(server_->port()));
    return gateway.ask(host, "/healthz", {});
  }
  std::mutex mutex_;
  std::vector<std::string> asked_;
  std::unique_ptr<base::HttpServer> server_;
};

TEST_F(GatewayTest, ServesWhatAnApplicationAnswers) {
  EXPECT_TRUE(ask("fine.localhost").served);
  EXPECT_EQ(asked_, std::vector<std::string>{"fine.localhost/healthz"});
  EXPECT_TRUE(ask("go.localhost").served) << "an application without this path runs nevertheless";
}

TEST_F(GatewayTest, DoesNotServeWithoutARouteOrAnybodyBehindIt) {
  EXPECT_FALSE(ask("unrouted.localhost").served);
  const auto down = ask("down.localhost");
  EXPECT_FALSE(down.served);
  EXPECT_EQ(down.what, "HTTP 503");
  const auto port = server_->port();
  server_.reset();
  Gateway gone("http://127.0.0.1:" + std::to_string(port));
  EXPECT_FALSE(gone.ask("fine.localhost", "/", {}).served);
}

}  // namespace
}  // namespace causeway::op::region
