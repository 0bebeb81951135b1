#pragma once
// How to reach an API server: kubeconfig files, in-cluster service accounts, or values.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/http_client.hpp"
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

struct ClientConfig {
  std::string server;  // https://host:port[/prefix]
  base::TlsClientOptions tls;
  std::string proxy_url;
  std::shared_ptr<TokenSource> token;   // may be null (client certificates)
  std::string default_namespace = "default";
  std::string user_agent = "causeway";
  std::string impersonate_user;               // Impersonate-User, or empty
  std::vector<std::string> impersonate_groups;
};

// kubeconfig: `text` is YAML; relative file names are resolved against `base_dir`; `context` empty: current-context.
// Errors name the entry and what it lacks.
base::Result<ClientConfig> parse_kubeconfig(std::string_view text, std::string_view context = {},
                                            const std::filesystem::path& base_dir = {});
base::Result<ClientConfig> load_kubeconfig(const std::filesystem::path& path, std::string_view context = {});
// The pod's service account; kNotFound outside a pod.
base::Result<ClientConfig> in_cluster_config();
// --kubeconfig if given, else $KUBECONFIG, else in-cluster, else ~/.kube/config.
base::Result<ClientConfig> default_config(const std::string& kubeconfig_flag = {}, std::string_view context = {});

// A kubeconfig with one context, for handing out.
std::string write_kubeconfig(std::string_view name, std::string_view server, std::string_view ca_pem,
                             const base::TlsClientOptions& client_cert, std::string_view token);

}  // namespace causeway::kube
