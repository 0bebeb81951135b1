#include "apiserver/rest/route_probe.hpp"

namespace causeway::api::rest {
namespace {

const std::vector<double> kBuckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};

}  // namespace

RouteProbe::RouteProbe(base::MetricsRegistry& metrics, std::string role, std::string method, std::string route)
    : metrics_(metrics),
      role_(std::move(role)),
      method_(std::move(method)),
      route_(std::move(route)),
      seconds_(metrics.histogram("causeway_http_request_seconds", "Time from header to end of answer", kBuckets,
                                 {{"role", role_}, {"method", method_}, {"route", route_}})) {}

base::Counter& RouteProbe::counter(int status) {
  auto& slot = by_status_.at(static_cast<std::size_t>(status >= 0 && status < 600 ? status : 0));
  if (base::Counter* known = slot.load(std::memory_order_acquire)) return *known;
  base::Counter& made =
      metrics_.counter("causeway_http_requests_total", "Requests by status; 0: the client went away",
                       {{"role", role_}, {"method", method_}, {"route", route_}, {"code", std::to_string(status)}});
  slot.store(&made, std::memory_order_release);  // the registry gives everybody the same
  return made;
}

void RouteProbe::observe(int status, double seconds) {
  counter(status).add();
  seconds_.observe(seconds);
}

}  // namespace causeway::api::rest
