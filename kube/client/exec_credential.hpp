#pragma once
// Exec plugins: a program that prints credentials (client.authentication.k8s.io/v1, v1beta1; KEP-541).

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "kube/client/config.hpp"

namespace causeway::kube {

struct ExecPlugin {
  std::string user;  // the kubeconfig entry, for messages
  std::string api_version = "client.authentication.k8s.io/v1";
  std::string command;  // a path, or a name looked up on PATH
  std::vector<std::string> args;
  std::map<std::string, std::string> env;  // added to ours
  std::string install_hint;
  bool provide_cluster_info = false;
  std::string server, ca_pem, tls_server_name;  // cluster info
  bool insecure = false;
  base::Duration timeout = std::chrono::seconds(60);  // a run that takes longer is ended
};

// Runs the plugin when there is nothing cached or it has expired, one run at a time, whose outcome is that of everybody
// who waited for it; a 401 drops what is cached. Gives a token, a client certificate or both. Thread-safe.
// (client-go's plugin/pkg/client/auth/exec)
class ExecCredential final : public TokenSource, public TlsSource {
 public:
  // `tls` is what the certificate of the plugin is added to; `files`, if not null, follows its changes on disk.
  ExecCredential(ExecPlugin plugin, base::TlsClientOptions tls, const base::Clock& clock = base::system_clock(),
                 std::shared_ptr<TlsSource> files = nullptr);

  base::Result<std::string> token() override;  // runs the plugin if need be
  void rejected() override;
  Snapshot current() override;  // what the last run gave; never runs the plugin
  void doubted() override;      // of the files; a rejected credential is rejected()

 private:
  base::Result<void> refresh();  // with the mutex held: others wait for this run
  base::Result<void> accept(std::string_view output);
  void assemble_locked();

  const ExecPlugin plugin_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::atomic<std::uint64_t> runs_{0};
  base::Result<void> outcome_;  // of the last run
  bool have_ = false;
  std::string token_;
  std::optional<base::WallTime> expires_;
  base::SteadyTime ran_{};
  std::mutex snapshot_mutex_;  // of what follows
  const std::shared_ptr<TlsSource> files_;
  std::uint64_t files_generation_ = 0;
  base::TlsClientOptions tls_;
  std::string cert_, key_;
  Snapshot snapshot_;
};

}  // namespace causeway::kube
