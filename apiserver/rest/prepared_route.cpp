#include "apiserver/rest/prepared_route.hpp"

#include "apiserver/rest/router.hpp"

namespace causeway::api::rest {

PreparedRoute::PreparedRoute(const Route& r, SchemaCheck& check, const RateLimiter& limiter,
                             base::MetricsRegistry& metrics, const std::string& role)
    : route(r),
      name(std::string(to_string(r.method)) + " " + r.path),
      changes(changes_state(r)),
      success(success_status(r)),
      path_names(Router::parameter_names(r.path)),
      path(r.run.path, check),
      query(r.run.query, check) {
  if (r.run.body) {
    Components names;
    body = check.compile(r.run.body.schema(names));
  }
  for (const int status : declared_statuses(r)) declared.set(static_cast<std::size_t>(status));
  if (!r.rate.empty()) rate = limiter.index_of(r.rate);
  if (!r.quiet) probe = std::make_unique<RouteProbe>(metrics, role, std::string(to_string(r.method)), r.path);
}

SchemaCheck body_schemas(const std::vector<Route>& routes) {
  Components components;
  for (const Route& route : routes) {
    if (route.run.body) static_cast<void>(route.run.body.schema(components));
  }
  json::object schemas;
  for (const auto& [name, schema] : components.schemas()) schemas[name] = schema;
  return SchemaCheck(std::move(schemas));
}

}  // namespace causeway::api::rest
