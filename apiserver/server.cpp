#include "apiserver/server.hpp"

#include "apiserver/rest/cross_site.hpp"
#include "apiserver/routes.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::api {

base::Result<void> Server::prepare(const ServerOptions& options) {
  const auto invalid = [](std::string why) { return base::Error{base::ErrorCode::kInvalidArgument, std::move(why)}; };
  auto trusted = rest::TrustedProxies::parse(options.trusted_proxies);
  if (!trusted) return trusted.error().wrap("trusted proxies");
  if (!options.public_url.empty() && !rest::origin_of(options.public_url))
    return invalid("the public URL is not http://… or https://…");
  if (!options.secret.empty() && options.secret.size() < 32) return invalid("the secret has less than 32 bytes");

  const Ready ready{[this] { return this->ready(); }, metrics_};
  rest::ApiOptions api;
  api.public_url = options.public_url;
  api.trusted_proxies = std::move(*trusted);
  api.secret = options.secret.empty() ? base::random_bytes(32) : options.secret;
  if (options.role == ServerRole::kGit) {
    api.role = "git";
    if (!options.people.database.url.empty()) {
      pool_ = std::make_unique<database::Pool>(options.people.database, options.people.pool, metrics_,
                                               base::system_clock());
      access_ = std::make_unique<git::Access>(*pool_, clock_);
    }
    git_ = std::make_unique<git::GitService>(options.git, access_.get(), clock_, metrics_);
    visitors_ = rest::visitors_only();
    api_ = std::make_unique<rest::Api>(std::move(api), git_routes(ready, *git_), *visitors_, nullptr, clock_, metrics_);
    return {};
  }
  api.role = "web";
  api.rate_classes = web_rate_classes();
  PeopleOptions people_options = options.people;
  people_options.public_url = options.public_url;
  auto people = People::make(people_options, metrics_, clock_);
  if (!people) return people.error();
  people_ = std::move(*people);
  if (options.kubernetes)
    cluster_ = std::make_unique<Cluster>(*options.kubernetes, options.controllers_listen, *people_);
  api_ = std::make_unique<rest::Api>(std::move(api), web_routes(ready, *people_, cluster_.get()),
                                     people_->authenticator(), &people_->idempotency(), clock_, metrics_);
  return {};
}

Server::~Server() {
  if (http_) http_->stop(base::Duration::zero());
}

base::Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, const base::Clock& clock) {
  std::unique_ptr<Server> server(new Server(options.drain, clock));
  if (auto prepared = server->prepare(options); !prepared) return prepared.error();
  base::HttpServerOptions http;
  http.listen = options.listen;
  http.workers = options.workers;
  auto started = base::HttpServer::start(
      http, base::HttpServer::StreamHandler([api = server->api_.get()](base::HttpExchange& e) { api->handle(e); }));
  if (!started) return started.error();
  server->http_ = std::move(*started);
  if (server->people_) server->people_->start();
  if (server->cluster_) server->cluster_->start();
  return server;
}

std::uint16_t Server::port() const {
  return http_->port();
}

void Server::stop(base::Duration grace) {
  stopping_ = true;
  clock_.sleep_for(drain_, {});
  http_->stop(grace);
  if (people_) people_->stop();
}

base::Result<void> Server::ready() const {
  if (stopping_) return base::Error{base::ErrorCode::kUnavailable, "the server is shutting down"};
  if (people_) {
    if (auto ready = people_->ready(); !ready) return ready;
    return cluster_ ? cluster_->ready() : base::Result<void>();
  }
  if (auto ready = git_->ready(); !ready) return ready.error().wrap("git");
  return {};
}

}  // namespace causeway::api
