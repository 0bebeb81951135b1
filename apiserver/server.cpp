#include "apiserver/server.hpp"

#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::api {
namespace {

const std::vector<double> kBuckets{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};

bool is_probe(std::string_view path) {
  return path == "/healthz" || path == "/readyz" || path == "/metrics";
}

// A client's own id if it is a plain one, else a new one.
std::string request_id(const base::HttpRequest& request) {
  const auto sent = request.headers.get("X-Request-Id");
  const bool usable = sent && !sent->empty() && sent->size() <= 64 &&
                      sent->find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") ==
                          std::string_view::npos;
  return usable ? std::string(*sent) : base::random_hex(16);
}

}  // namespace

Server::Server(const ServerOptions& options, const base::Clock& clock)
    : clock_(clock), git_(options.git, clock, metrics_) {}

Server::~Server() {
  stop(base::Duration::zero());
}

base::Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, const base::Clock& clock) {
  std::unique_ptr<Server> server(new Server(options, clock));
  base::HttpServerOptions http;
  http.listen = options.listen;
  http.workers = options.workers;
  auto started = base::HttpServer::start(
      http, base::HttpServer::StreamHandler([s = server.get()](base::HttpExchange& e) { s->handle(e); }));
  if (!started) return started.error();
  server->http_ = std::move(*started);
  return server;
}

std::uint16_t Server::port() const {
  return http_->port();
}

void Server::stop(base::Duration grace) {
  if (http_) http_->stop(grace);
}

base::HttpResponse Server::probe(const base::HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") return base::text_response(405, "read this with GET\n");
  if (request.path() == "/healthz") return base::text_response(200, "ok\n");
  if (request.path() == "/metrics")
    return base::text_response(200, metrics_.render(), "text/plain; version=0.0.4; charset=utf-8");
  if (auto ready = git_.ready(); !ready) return base::text_response(503, "git: " + ready.error().message + "\n");
  return base::text_response(200, "ok\n");
}

void Server::handle(base::HttpExchange& exchange) {
  const auto& request = exchange.request();
  if (is_probe(request.path())) return exchange.respond(probe(request));

  const auto began = clock_.steady();
  const std::string id = request_id(request);
  const base::log::Scope scope({{"request_id", id}});
  const auto summary = git_.handle(exchange);
  const double seconds = std::chrono::duration<double>(clock_.steady() - began).count();
  metrics_
      .counter("causeway_http_requests_total", "Requests by status; 0: the client went away",
               {{"role", "git"}, {"code", std::to_string(summary.status)}})
      .add();
  metrics_.histogram("causeway_http_request_seconds", "Time from header to end of answer", kBuckets, {{"role", "git"}})
      .observe(seconds);
  base::log::info("request", {{"method", request.method},
                              {"path", std::string(request.path())},
                              {"query", std::string(request.query())},
                              {"status", summary.status},
                              {"user", summary.user},
                              {"remote", std::string(exchange.remote())},
                              {"bytes_in", summary.bytes_in},
                              {"bytes_out", summary.bytes_out},
                              {"seconds", seconds},
                              {"error", summary.error}});
}

}  // namespace causeway::api
