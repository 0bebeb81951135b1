#include "kube/runtime/probe_server.hpp"

namespace causeway::kube {

base::Result<void> ProbeServer::start(const std::string& listen, const std::optional<base::CertificateFiles>& tls) {
  base::HttpServerOptions options;
  if (tls) {
    auto read = tls->read(base::system_clock().wall());
    if (!read) return read.error().wrap("probes and metrics on " + listen);
    options.tls = std::move(*read);
  }
  options.listen = listen;
  options.workers = 2;
  options.queue = 32;
  options.max_connections = 64;
  auto server = base::HttpServer::start(
      options, base::HttpServer::Handler([this](const base::HttpRequest& request) { return answer(request); }));
  if (!server) return server.error().wrap("probes and metrics on " + listen);
  server_ = std::move(*server);
  if (tls) {
    follower_ = std::jthread([this, files = *tls, served = *options.tls](std::stop_token stop) {
      base::follow_certificate_files(files, served, base::system_clock(), std::move(stop),
                                     [this](base::TlsServerOptions now) { server_->set_tls(std::move(now)); });
    });
  }
  return {};
}

void ProbeServer::stop() {
  follower_.request_stop();
  if (follower_.joinable()) follower_.join();
  if (server_) server_->stop(std::chrono::milliseconds(200));
  server_.reset();
}

base::HttpResponse ProbeServer::answer(const base::HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") return base::text_response(405, "method not allowed\n");
  const auto path = request.path();
  if (path == "/healthz" || path == "/livez") return base::text_response(200, "ok\n");
  if (path == "/readyz") return ready();
  if (path == "/metrics") {
    if (refresh_) refresh_();
    return base::text_response(200, metrics_.render(), "text/plain; version=0.0.4; charset=utf-8");
  }
  return base::text_response(404, "not found: /healthz, /readyz and /metrics are here\n");
}

base::HttpResponse ProbeServer::ready() const {
  std::string text;
  bool all = true;
  for (const auto& [name, check] : checks_) {
    const auto result = check();
    all = all && result.ok();
    text += result ? "[+]" + name + " ok\n" : "[-]" + name + " " + result.error().message + "\n";
  }
  return base::text_response(all ? 200 : 503, text + (all ? "ready\n" : "not ready\n"));
}

}  // namespace causeway::kube
