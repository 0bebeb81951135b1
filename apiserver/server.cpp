#include "apiserver/server.hpp"

#include "apiserver/rest/cross_site.hpp"
#include "apiserver/routes.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::api {

Server::Server(const ServerOptions& options, rest::TrustedProxies trusted, const base::Clock& clock)
    : clock_(clock), drain_(options.drain), authenticator_(rest::visitors_only()) {
  const Ready ready{[this] { return this->ready(); }, metrics_};
  rest::ApiOptions api;
  api.public_url = options.public_url;
  api.trusted_proxies = std::move(trusted);
  api.secret = options.secret.empty() ? base::random_bytes(32) : options.secret;
  std::vector<rest::Route> routes;
  if (options.role == ServerRole::kGit) {
    api.role = "git";
    git_ = std::make_unique<git::GitService>(options.git, clock, metrics_);
    routes = git_routes(ready, *git_);
  } else {
    api.role = "web";
    routes = web_routes(ready);
  }
  api_ = std::make_unique<rest::Api>(std::move(api), std::move(routes), *authenticator_, nullptr, clock, metrics_);
}

Server::~Server() {
  if (http_) http_->stop(base::Duration::zero());
}

base::Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, const base::Clock& clock) {
  const auto invalid = [](std::string why) { return base::Error{base::ErrorCode::kInvalidArgument, std::move(why)}; };
  auto trusted = rest::TrustedProxies::parse(options.trusted_proxies);
  if (!trusted) return trusted.error().wrap("trusted proxies");
  if (!options.public_url.empty() && !rest::origin_of(options.public_url))
    return invalid("the public URL is not http://… or https://…");
  if (!options.secret.empty() && options.secret.size() < 32) return invalid("the secret has less than 32 bytes");
  std::unique_ptr<Server> server(new Server(options, std::move(*trusted), clock));
  base::HttpServerOptions http;
  http.listen = options.listen;
  http.workers = options.workers;
  auto started = base::HttpServer::start(
      http, base::HttpServer::StreamHandler([api = server->api_.get()](base::HttpExchange& e) { api->handle(e); }));
  if (!started) return started.error();
  server->http_ = std::move(*started);
  return server;
}

std::uint16_t Server::port() const {
  return http_->port();
}

void Server::stop(base::Duration grace) {
  stopping_ = true;
  clock_.sleep_for(drain_, {});
  http_->stop(grace);
}

base::Result<void> Server::ready() const {
  if (stopping_) return base::Error{base::ErrorCode::kUnavailable, "the server is shutting down"};
  if (!git_) return {};
  if (auto ready = git_->ready(); !ready) return ready.error().wrap("git");
  return {};
}

}  // namespace causeway::api
