#pragma once
// /healthz, /readyz and /metrics of a program.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/certificate_files.hpp"
#include "base/http_server.hpp"
#include "base/metrics.hpp"

namespace causeway::kube {

// Checks are added before start(). Thread-safe afterwards.
class ProbeServer {
 public:
  using Check = std::function<base::Result<void>()>;

  explicit ProbeServer(base::MetricsRegistry& metrics) : metrics_(metrics) {}

  void add_ready_check(std::string name, Check check) { checks_.push_back({std::move(name), std::move(check)}); }
  void before_metrics(std::function<void()> refresh) { refresh_ = std::move(refresh); }

  // With `tls` it is HTTPS, and renewed files are served without a restart.
  base::Result<void> start(const std::string& listen, const std::optional<base::CertificateFiles>& tls = {});
  void stop();
  std::uint16_t port() const { return server_ ? server_->port() : 0; }

  // Every request; for tests without a socket.
  base::HttpResponse answer(const base::HttpRequest& request) const;

 private:
  base::HttpResponse ready() const;

  struct Named {
    std::string name;
    Check check;
  };
  base::MetricsRegistry& metrics_;
  std::vector<Named> checks_;
  std::function<void()> refresh_;
  std::unique_ptr<base::HttpServer> server_;
  std::jthread follower_;  // of certificate files; uses the server
};

}  // namespace causeway::kube
