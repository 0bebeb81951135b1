#pragma once
// A route with everything that can be worked out before the first request. Private to the pipeline.

#include <bitset>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/rest/parameters.hpp"
#include "apiserver/rest/rate_limit.hpp"
#include "apiserver/rest/route.hpp"
#include "apiserver/rest/route_probe.hpp"
#include "apiserver/rest/schema_check.hpp"

namespace causeway::api::rest {

struct PreparedRoute {
  PreparedRoute(const Route& r, SchemaCheck& check, const RateLimiter& limiter, base::MetricsRegistry& metrics,
                const std::string& role);

  const Route& route;
  const std::string name;  // "GET /api/v1/version"
  const bool changes;      // state
  const int success;
  const std::vector<std::string> path_names;
  const ParameterReader path, query;
  const SchemaCheck::Node* body = nullptr;
  std::bitset<600> declared;
  std::optional<std::size_t> rate;
  std::unique_ptr<RouteProbe> probe;  // null of a quiet one
};

// The schemas of all bodies of the table, in one place.
SchemaCheck body_schemas(const std::vector<Route>& routes);

}  // namespace causeway::api::rest
