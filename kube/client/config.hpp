#pragma once
// How to reach an API server: kubeconfig files, in-cluster service accounts, or values.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/http_client.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"

namespace causeway::kube {

// Where the bearer token comes from. Thread-safe.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  virtual base::Result<std::string> token() = 0;  // cached inside; empty: send none
  virtual void rejected() {}                      // the server answered 401: drop what is cached
};
std::shared_ptr<TokenSource> static_token(std::string token);
// Read again every 60 s; the last good one is kept when a read fails. (client-go)
std::shared_ptr<TokenSource> file_token(std::filesystem::path path);

// Certificates that may be replaced while the program runs. Thread-safe.
class TlsSource {
 public:
  struct Snapshot {
    std::uint64_t generation = 0;  // grows with every change
    std::shared_ptr<const base::TlsClientOptions> options;
  };
  virtual ~TlsSource() = default;
  virtual Snapshot current() = 0;  // cheap: looks at files every 60 s at most
  // A connection or a call was refused, perhaps for a certificate that has been replaced: the next current() looks.
  virtual void doubted() {}
};
// The options, with what the named files hold; an empty path leaves that member alone. The last good content is kept
// when a file cannot be read. (client-go rechecks CA and client certificate as well as the token)
struct TlsFiles {
  std::filesystem::path ca, cert, key;
};
base::Result<std::shared_ptr<TlsSource>> file_tls(base::TlsClientOptions options, TlsFiles files);

struct ClientConfig {
  std::string server;  // https://host:port[/prefix]
  base::TlsClientOptions tls;
  std::string proxy_url;
  std::shared_ptr<TokenSource> token;  // may be null (client certificates)
  std::string default_namespace = "default";
  std::string user_agent = "causeway";
  std::string impersonate_user, impersonate_uid;  // Impersonate-User, -Uid; empty: not sent
  std::vector<std::string> impersonate_groups;
  std::map<std::string, std::vector<std::string>> impersonate_extra;  // Impersonate-Extra-KEY
  std::shared_ptr<TlsSource> tls_source;                              // may be null: `tls` stays as it is
  base::MetricsRegistry* metrics = nullptr;           // rest_client_requests_total; outlives every client
  base::Duration timeout = std::chrono::seconds(30);  // of one attempt of a call (watches and logs: until the header)
  int max_retries = 10;                               // 0: every failure is the caller's
  // Requests a second on average, and at once; 0: as many as are made. The API server has its own fairness (KEP-1040).
  double qps = 0;
  int burst = 10;
};

// kubeconfig: `text` is YAML; relative file names are resolved against `base_dir`; `context` empty: current-context.
// Errors name the entry and what it lacks.
base::Result<ClientConfig> parse_kubeconfig(std::string_view text, std::string_view context = {},
                                            const std::filesystem::path& base_dir = {});
base::Result<ClientConfig> load_kubeconfig(const std::filesystem::path& path, std::string_view context = {});
// Several files as one, by kubectl's rules: of what is named alike the first one counts, each file's relative names are
// resolved against its own folder, files that are not there are passed over; at least one must be.
base::Result<ClientConfig> load_kubeconfig(const std::vector<std::filesystem::path>& paths,
                                           std::string_view context = {});
// The pod's service account; kNotFound outside a pod.
base::Result<ClientConfig> in_cluster_config();
// --kubeconfig if given, else the files of $KUBECONFIG, else in-cluster, else ~/.kube/config.
base::Result<ClientConfig> default_config(const std::string& kubeconfig_flag = {}, std::string_view context = {});

// A kubeconfig with one context, for handing out.
std::string write_kubeconfig(std::string_view name, std::string_view server, std::string_view ca_pem,
                             const base::TlsClientOptions& client_cert, std::string_view token);

}  // namespace causeway::kube
