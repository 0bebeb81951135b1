#include "apiserver/server.hpp"

#include "apiserver/rest/cross_site.hpp"
#include "apiserver/routes.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/pki.hpp"
#include "base/process.hpp"

namespace causeway::api {
namespace {

constexpr auto kTidyEvery = std::chrono::hours(1);

// git's own protocol has its own proofs (git/service.hpp); the API beside it has those of the role web.
class GitRoleAuthenticator : public rest::Authenticator {
 public:
  explicit GitRoleAuthenticator(People* people) : people_(people), visitors_(rest::visitors_only()) {}

  base::Result<std::shared_ptr<const rest::Caller>, rest::Problem> authenticate(const base::HttpRequest& request,
                                                                                std::string_view client_address,
                                                                                base::Headers& answer) override {
    auto& by = people_ && request.path().starts_with("/api/") ? people_->authenticator() : *visitors_;
    return by.authenticate(request, client_address, answer);
  }

 private:
  People* people_;
  const std::unique_ptr<rest::Authenticator> visitors_;
};

}  // namespace

base::Result<void> Server::prepare(const ServerOptions& options) {
  const auto invalid = [](std::string why) { return base::Error{base::ErrorCode::kInvalidArgument, std::move(why)}; };
  auto trusted = rest::TrustedProxies::parse(options.trusted_proxies);
  if (!trusted) return trusted.error().wrap("trusted proxies");
  if (!options.public_url.empty() && !rest::origin_of(options.public_url))
    return invalid("the public URL is not http://… or https://…");
  if (!options.hub_url.empty() && !(options.hub_url.starts_with("https://") && rest::origin_of(options.hub_url)))
    return invalid("the hub's URL has to be https://HOST[:PORT], not \"" + options.hub_url + '"');
  if (!options.secret.empty() && options.secret.size() < 32) return invalid("the secret has less than 32 bytes");

  const Ready ready{[this] { return this->ready(); }, metrics_};
  rest::ApiOptions api;
  api.public_url = options.public_url;
  api.trusted_proxies = *trusted;
  api.secret = options.secret.empty() ? base::random_bytes(32) : options.secret;
  api.rate_classes = rate_classes(options.rates);
  if (options.role == ServerRole::kGit) {
    api.role = "git";
    if (auto made = make_git(options, *trusted); !made) return made;
    api_ = std::make_unique<rest::Api>(std::move(api), git_routes(ready, *git_, lfs_.get(), people_.get(), *git_host_),
                                       *authenticator_, nullptr, clock_, metrics_);
    return {};
  }
  api.role = "web";
  if (auto made = make_people(options, *trusted); !made) return made;
  if (options.people.require_second_factor != session::Require::kNobody && !people_->second_factors())
    return invalid("second factors are required, and there is no key to keep their secrets with: --second-factor-keys");
  if (options.kubernetes)
    cluster_ = std::make_unique<Cluster>(*options.kubernetes, options.controllers_listen, options.tls, options.hub_url,
                                         *people_);
  api_ = std::make_unique<rest::Api>(std::move(api), web_routes(ready, *people_, cluster_.get()),
                                     people_->authenticator(), &people_->idempotency(), clock_, metrics_);
  return {};
}

base::Result<void> Server::make_git(const ServerOptions& options, const rest::TrustedProxies& trusted) {
  if (!options.people.database.url.empty()) {
    if (auto made = make_people(options, trusted); !made) return made;
    access_ = std::make_unique<git::Access>(people_->pool(), clock_);
  }
  gate_ = std::make_unique<git::Gate>(options.git.data, options.git.credentials_file, options.git.tokens, access_.get(),
                                      clock_);
  if (!options.scan.socket.empty()) {
    if (!base::find_program("causeway-scan-objects"))
      return base::Error{base::ErrorCode::kNotFound, "the program causeway-scan-objects is not on the PATH"};
    scanner_ = std::make_unique<malware::Scanner>(options.scan, metrics_);
  }
  git_ = std::make_unique<git::GitService>(options.git, *gate_, scanner_.get(), metrics_);
  git_host_ = std::make_unique<git_host::EmbeddedGitHost>(git_host::EmbeddedOptions{
      .data = options.git.data, .child = options.git.limits.child, .scanner = scanner_.get()});
  authenticator_ = std::make_unique<GitRoleAuthenticator>(people_.get());
  return access_ ? make_lfs(options) : base::Result<void>();
}

base::Result<void> Server::make_lfs(const ServerOptions& options) {
  const lfs::DiskStore* disk = nullptr;
  if (options.lfs.s3) {
    auto store = lfs::S3Store::make(*options.lfs.s3, clock_);
    if (!store) return store.error().wrap("large files");
    lfs_store_ = std::move(*store);
  } else {
    auto store = std::make_unique<lfs::DiskStore>(options.git.data);
    disk = store.get();
    lfs_store_ = std::move(store);
  }
  lfs_ = std::make_unique<lfs::LfsService>(lfs::ServiceParts{*gate_, *access_, people_->pool(), *lfs_store_, disk,
                                                             scanner_.get(), options.lfs.quota, clock_, metrics_});
  return {};
}

base::Result<void> Server::make_people(const ServerOptions& options, const rest::TrustedProxies& trusted) {
  PeopleOptions people_options = options.people;
  people_options.public_url = options.public_url;
  people_options.trusted_proxies = trusted;
  people_options.community.public_url = options.public_url;
  people_options.community.send_notifications = options.role == ServerRole::kWeb;
  auto people = People::make(people_options, metrics_, clock_);
  if (!people) return people.error();
  people_ = std::move(*people);
  return {};
}

Server::~Server() {
  certificate_ = {};  // uses the server
  if (http_) http_->stop(base::Duration::zero());
}

base::Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, const base::Clock& clock) {
  std::unique_ptr<Server> server(new Server(options.drain, clock));
  if (auto prepared = server->prepare(options); !prepared) return prepared.error();
  base::HttpServerOptions http;
  http.listen = options.listen;
  if (options.tls) {
    auto certificate = options.tls->read(clock.wall());
    if (!certificate) return certificate.error();
    http.tls = std::move(*certificate);
  }
  http.workers = options.workers;
  http.min_bytes_per_second = options.min_bytes_per_second;
  http.slow_patience = options.slow_patience;
  http.on_slow_peer = [metrics = &server->metrics_,
                       role = options.role == ServerRole::kGit ? "git" : "web"](base::SlowPeer what) {
    metrics
        ->counter("causeway_http_slow_clients_total", "Clients that were given up because they were too slow",
                  {{"role", role}, {"direction", what == base::SlowPeer::kSending ? "sending" : "receiving"}})
        .add();
  };
  auto started = base::HttpServer::start(
      http, base::HttpServer::StreamHandler([api = server->api_.get()](base::HttpExchange& e) { api->handle(e); }),
      [api = server->api_.get()](base::HttpExchange& e) { return api->handle_at_once(e); });
  if (!started) return started.error();
  server->http_ = std::move(*started);
  if (options.tls) server->follow_certificate(*options.tls, std::move(*http.tls));
  if (server->people_) server->people_->start();
  if (server->cluster_) server->cluster_->start();
  if (server->lfs_) {
    server->tidy_ = std::jthread([&clock, lfs = server->lfs_.get()](const std::stop_token& stop) {
      while (clock.sleep_for(kTidyEvery, stop)) lfs->tidy(stop);
    });
  }
  return server;
}

void Server::follow_certificate(const base::CertificateFiles& files, base::TlsServerOptions served) {
  auto& ends =
      metrics_.gauge("causeway_http_certificate_expiry_timestamp_seconds",
                     "When the served certificate ends, in seconds since 1970.", {{"role", git_ ? "git" : "web"}});
  const auto tell = [&ends](const base::TlsServerOptions& now) {
    if (const auto end = base::certificate_expiry(now.cert_pem))
      ends.set(std::chrono::duration<double>(end->time_since_epoch()).count());
  };
  tell(served);
  certificate_ = std::jthread([this, files, served = std::move(served), tell](std::stop_token stop) {
    base::follow_certificate_files(files, served, clock_, std::move(stop), [this, tell](base::TlsServerOptions now) {
      tell(now);
      http_->set_tls(std::move(now));
    });
  });
}

std::uint16_t Server::port() const {
  return http_->port();
}

void Server::stop(base::Duration grace) {
  stopping_ = true;
  clock_.sleep_for(drain_, {});
  http_->stop(grace);
  tidy_.request_stop();
  if (tidy_.joinable()) tidy_.join();
  if (people_) people_->stop();
}

base::Result<void> Server::ready() const {
  if (stopping_) return base::Error{base::ErrorCode::kUnavailable, "the server is shutting down"};
  if (!git_) {
    if (auto ready = people_->ready(); !ready) return ready;
    return cluster_ ? cluster_->ready() : base::Result<void>();
  }
  // Not the database: what is public is cloned without it.
  if (auto ready = git_->ready(); !ready) return ready.error().wrap("git");
  return {};
}

}  // namespace causeway::api
