#include "apiserver/rest/api.hpp"

#include <exception>

#include "apiserver/rest/api_impl.hpp"
#include "apiserver/rest/request_id.hpp"
#include "base/log.hpp"
#include "base/no_wait.hpp"
#include "base/trace.hpp"

namespace causeway::api::rest {
namespace {

constexpr std::string_view kAllMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

}  // namespace

base::HttpResponse Api::Impl::no_route(const base::HttpRequest& request, const Router::Match& match,
                                       const std::string& id) const {
  const bool asks_options = request.method == "OPTIONS";
  if (match.allow.empty() && !(asks_options && request.target == "*"))
    return to_response(Problem(kNotFound, "there is nothing at this address"), id);
  const std::string allow = match.allow.empty() ? std::string(kAllMethods) : match.allow;
  if (!asks_options) {
    return to_response(Problem(kMethodNotAllowed, "this takes " + allow).with("Allow", allow), id);
  }
  base::HttpResponse response;
  response.status = 204;
  response.headers.add("Allow", allow);
  return response;
}

void Api::Impl::run(Call& call, const PreparedRoute& route, const Router::Match& match, ObservedExchange& exchange) {
  std::string fault;
  try {
    if (!route.route.run.stream) return exchange.respond(answer(call, route, match));
    Inputs inputs;
    auto problem = admit(call, route);
    if (!problem && route.route.method != Method::kAny) problem = read_parameters(call, route, match, inputs);
    if (problem) return exchange.respond(response_of(call, route, std::move(*problem)));
    const auto streamed = route.route.run.stream(call, inputs);
    if (exchange.status() != 0 || exchange.closed().stop_requested()) return;
    if (!streamed) return exchange.respond(response_of(call, route, streamed.error()));
    fault = "the handler gave no answer";
  } catch (const std::exception& e) {
    fault = e.what();
  }
  call.note_error(fault);
  base::log::error("a request's handler failed", {{"route", route.name}, {"error", fault}});
  if (exchange.status() != 0) return;  // half an answer: the connection ends
  exchange.respond(
      to_response(Problem(kInternal, "it has been noted; ask for help with the request's id"), call.request_id()));
}

void Api::Impl::handle(base::HttpExchange& raw, const Router::Match& match) {
  const auto began = clock.steady();
  const auto& request = raw.request();
  const PreparedRoute* route = match.route ? &prepared[*match.route] : nullptr;
  static const Route kNone;
  const std::string id = request_id(request);
  Call* current = nullptr;
  ObservedExchange exchange(raw, [&](base::Headers& headers) {
    for (const auto& [name, value] : current->answer_headers_) headers.add(name, value);
    headers.set("X-Request-Id", id);
    // What carries somebody's cookie is nobody else's, however public the rest of it is.
    if (headers.get("Set-Cookie")) headers.set("Cache-Control", "no-store");
    security.apply(headers);
  });
  Call call({exchange, route != nullptr ? route->route : kNone, cursors, id,
             client_address(raw.remote(), request.headers, options.trusted_proxies)});
  current = &call;
  if (route != nullptr && route->route.quiet) return run(call, *route, match, exchange);

  std::optional<base::trace::Span> span;
  if (base::trace::enabled()) {
    std::optional<base::trace::Context> parent;
    if (const auto sent = request.headers.get("traceparent")) parent = base::trace::parse_traceparent(*sent);
    span.emplace(route != nullptr ? route->name : "unknown", parent);
    span->set("request_id", id);
  }
  const base::log::Scope scope({{"request_id", id}});
  if (route == nullptr) {
    exchange.respond(no_route(request, match, id));
  } else {
    call.deadline_ = began + route->route.timeout;
    try {
      run(call, *route, match, exchange);
    } catch (const base::WouldWait&) {
      if (span) span->forget();
      throw;
    }
  }

  const double seconds = std::chrono::duration<double>(clock.steady() - began).count();
  (route != nullptr ? *route->probe : unknown).observe(exchange.status(), seconds);
  if (span && exchange.status() >= 500) span->fail(call.error_.empty() ? "a 5xx answer" : call.error_);
  // Who tries what is not for them, and what cannot come from a page of ours: few by mistake, many in an attack.
  if (const int status = exchange.status(); !call.problem_.empty() && (status == 401 || status == 403 || status == 429))
    metrics
        .counter("causeway_http_refusals_total", "Requests refused for who asked, or how often",
                 {{"role", options.role}, {"problem", call.problem_}})
        .add();
  if (!options.access_log) return;
  base::log::info("request", {{"role", options.role},
                              {"method", request.method},
                              {"path", request.path()},
                              // What people search for, and codes of other sites that they come back with, are not
                              // the log's.
                              {"query", route != nullptr && route->route.hidden ? request.query() : ""},
                              {"status", exchange.status()},
                              {"problem", call.problem_},
                              {"user", call.caller_ && !call.caller_->id.empty() ? call.caller_->id : call.user_},
                              {"remote", call.client_address()},
                              {"bytes_in", exchange.bytes_in()},
                              {"bytes_out", exchange.bytes_out()},
                              {"seconds", seconds},
                              {"error", call.error_}});
}

Api::Api(ApiOptions options, std::vector<Route> routes, Authenticator& authenticator, IdempotencyStore* idempotency,
         const base::Clock& clock, base::MetricsRegistry& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(routes), authenticator, idempotency, clock, metrics)) {
}

Api::~Api() = default;

void Api::handle(base::HttpExchange& exchange) {
  const auto& request = exchange.request();
  impl_->handle(exchange, impl_->router.find(request.method, request.path()));
}

bool Api::handle_at_once(base::HttpExchange& exchange) {
  const auto& request = exchange.request();
  const auto match = impl_->router.find(request.method, request.path());
  if (!match.route || !impl_->prepared[*match.route].route.at_once) return false;
  try {
    impl_->handle(exchange, match);
    return true;
  } catch (const base::WouldWait&) {
    return false;
  }
}

}  // namespace causeway::api::rest
