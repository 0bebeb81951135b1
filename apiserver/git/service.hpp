#pragma once
// Git over HTTP: the gate and the backend put together.

#include <filesystem>
#include <string>

#include "apiserver/git/backend.hpp"
#include "apiserver/git/gate.hpp"
#include "apiserver/malware/scanner.hpp"
#include "base/http_server.hpp"
#include "base/metrics.hpp"

namespace causeway::api::git {

struct ServiceOptions {
  std::filesystem::path data;              // <data>/<owner>/<name>.git
  std::filesystem::path credentials_file;  // empty: nobody of the platform may do everything
  PlatformTokenOptions tokens;             // who of the platform reads what
  BackendLimits limits;
  std::uint64_t max_file = 256u << 20;  // bytes of one file that a push brings, unpacked; 0: no limit
  std::uint64_t repository_quota = 0;   // bytes that a repository may take, without large files; 0: no limit
};

// Thread-safe.
class GitService {
 public:
  // `scanner`: null where nothing is looked through for malware; outlives it.
  GitService(ServiceOptions options, Gate& gate, const malware::Scanner* scanner, base::MetricsRegistry& metrics)
      : options_(std::move(options)), gate_(gate), scanner_(scanner), metrics_(metrics) {}

  struct Summary {
    int status = 0;  // 0: the peer went away
    std::string user, error;
    std::uint64_t bytes_in = 0, bytes_out = 0;
  };
  // Answers the exchange in every case. `address`: the client's, behind proxies.
  Summary handle(base::HttpExchange& exchange, const std::string& address);
  // What is missing before this role can serve.
  base::Result<void> ready() const;

 private:
  Summary refuse(base::HttpExchange& exchange, const Refusal& refusal) const;
  void tell_scan(const std::filesystem::path& report, const Route& route, const std::string& user) const;

  ServiceOptions options_;
  Gate& gate_;
  const malware::Scanner* const scanner_;
  base::MetricsRegistry& metrics_;
};

}  // namespace causeway::api::git
