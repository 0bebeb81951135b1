#pragma once
// What a cluster asks a server about itself: /healthz, /readyz, /metrics.

#include <functional>
#include <vector>

#include "apiserver/rest/route.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"

namespace causeway::api {

// `ready`: what is missing before requests can be served; called from any thread. `metrics` has to outlive the routes.
std::vector<rest::Route> probe_routes(std::function<base::Result<void>()> ready, const base::MetricsRegistry& metrics);

}  // namespace causeway::api
