#pragma once
// The inside of Api, for its three files: api.cpp (around every request), api_admission.cpp (may it go on, and what
// does it ask), api_answer.cpp (the handler and its answer). Private to the pipeline.

#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/rest/api.hpp"
#include "apiserver/rest/call.hpp"
#include "apiserver/rest/cross_site.hpp"
#include "apiserver/rest/observed_exchange.hpp"
#include "apiserver/rest/openapi.hpp"
#include "apiserver/rest/prepared_route.hpp"
#include "apiserver/rest/request_body.hpp"
#include "apiserver/rest/router.hpp"
#include "apiserver/rest/security_headers.hpp"

namespace causeway::api::rest {

struct Api::Impl {
  Impl(ApiOptions o, std::vector<Route> r, Authenticator& a, IdempotencyStore* i, const base::Clock& c,
       base::MetricsRegistry& registry)
      : options(std::move(o)),
        routes(std::move(r)),
        authenticator(a),
        idempotency(i),
        clock(c),
        router(routes),
        schemas(body_schemas(routes)),
        limiter(options.rate_classes, c),
        cursors(options.secret),
        security(options.public_url),
        budget(options.max_buffered_bytes),
        metrics(registry),
        unknown(registry, options.role, "", "unknown") {
    static_cast<void>(openapi_document(routes, {}));  // throws where a route contradicts itself
    for (const Route& route : routes) {
      if (route.idempotency_key && idempotency == nullptr)
        throw std::logic_error(route.path + " takes an Idempotency-Key, and there is no store of them");
      prepared.emplace_back(route, schemas, limiter, registry, options.role);
    }
    if (const auto origin = origin_of(options.public_url)) origins.push_back(*origin);
  }

  void handle(base::HttpExchange& raw, const Router::Match& match);
  void run(Call& call, const PreparedRoute& route, const Router::Match& match, ObservedExchange& exchange);
  base::HttpResponse answer(Call& call, const PreparedRoute& route, const Router::Match& match);
  base::HttpResponse answer_once(Call& call, const PreparedRoute& route, const Inputs& inputs, std::string_view body);
  base::HttpResponse response_of(Call& call, const PreparedRoute& route, base::Result<Reply, Problem> outcome);
  base::HttpResponse no_route(const base::HttpRequest& request, const Router::Match& match,
                              const std::string& id) const;

  std::optional<Problem> admit(Call& call, const PreparedRoute& route);
  std::optional<Problem> cross_site(const Call& call, const PreparedRoute& route) const;
  std::optional<Problem> read_parameters(Call& call, const PreparedRoute& route, const Router::Match& match,
                                         Inputs& inputs) const;
  std::optional<Problem> body_objection(const Call& call, const PreparedRoute& route) const;

  const ApiOptions options;
  const std::vector<Route> routes;
  Authenticator& authenticator;
  IdempotencyStore* const idempotency;
  const base::Clock& clock;
  const Router router;
  SchemaCheck schemas;
  RateLimiter limiter;
  const CursorSealer cursors;
  const SecurityHeaders security;
  BodyBudget budget;
  base::MetricsRegistry& metrics;
  RouteProbe unknown;
  std::vector<std::string> origins;
  std::deque<PreparedRoute> prepared;  // by the router's index
};

}  // namespace causeway::api::rest
