#include "kube/runtime/probe_server.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

base::HttpResponse get(const ProbeServer& server, const std::string& path, const std::string& method = "GET") {
  base::HttpRequest request;
  request.method = method;
  request.target = path;
  return server.answer(request);
}

TEST(ProbeServer, IsReadyWhenEveryCheckIs) {
  base::MetricsRegistry metrics;
  ProbeServer server(metrics);
  bool database = false;
  server.add_ready_check("informers", []() -> base::Result<void> { return {}; });
  server.add_ready_check("database", [&]() -> base::Result<void> {
    if (database) return {};
    return base::Error{base::ErrorCode::kUnavailable, "connection refused"};
  });
  EXPECT_EQ(get(server, "/healthz").status, 200) << "not ready is not dead: a restart would not help";
  const auto waiting = get(server, "/readyz");
  EXPECT_EQ(waiting.status, 503);
  EXPECT_EQ(waiting.body, "[+]informers ok\n[-]database connection refused\nnot ready\n");
  database = true;
  EXPECT_EQ(get(server, "/readyz?verbose").status, 200);
}

TEST(ProbeServer, RefreshesMetricsBeforeTheyAreRead) {
  base::MetricsRegistry metrics;
  ProbeServer server(metrics);
  server.before_metrics([&] { metrics.gauge("age_seconds", "help").set(5); });
  const auto page = get(server, "/metrics");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("age_seconds 5"), std::string::npos) << page.body;
  EXPECT_EQ(get(server, "/other").status, 404);
  EXPECT_EQ(get(server, "/metrics", "POST").status, 405);
}

}  // namespace
}  // namespace causeway::kube
