#pragma once
// The metrics of one route: looked up once, then only counted.

#include <array>
#include <atomic>
#include <string>

#include "base/metrics.hpp"

namespace causeway::api::rest {

// Thread-safe. causeway_http_requests_total{role,method,route,code}, causeway_http_request_seconds{role,method,route}.
class RouteProbe {
 public:
  // `route`: the pattern, never a path that somebody made up.
  RouteProbe(base::MetricsRegistry& metrics, std::string role, std::string method, std::string route);
  // `status` 0: the client went away before an answer.
  void observe(int status, double seconds);

 private:
  base::Counter& counter(int status);

  base::MetricsRegistry& metrics_;
  const std::string role_, method_, route_;
  base::Histogram& seconds_;
  std::array<std::atomic<base::Counter*>, 600> by_status_{};
};

}  // namespace causeway::api::rest
