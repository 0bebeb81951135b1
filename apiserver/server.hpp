#pragma once
// The HTTP server of causeway-apiserver: one role's table of routes behind base::HttpServer.

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apiserver/cluster.hpp"
#include "apiserver/git/service.hpp"
#include "apiserver/git_host/embedded.hpp"
#include "apiserver/lfs/s3_store.hpp"
#include "apiserver/lfs/service.hpp"
#include "apiserver/people.hpp"
#include "apiserver/rest/api.hpp"
#include "apiserver/routes.hpp"
#include "base/certificate_files.hpp"
#include "base/http_server.hpp"

namespace causeway::api {

enum class ServerRole { kGit, kWeb };

struct LfsOptions {
  lfs::Quota quota;
  std::optional<lfs::S3Options> s3;  // where the objects are; nullopt: beneath the data folder
};

struct ServerOptions {
  ServerRole role = ServerRole::kGit;
  std::string listen = "0.0.0.0:8080";
  // HTTPS and nothing else, on `controllers_listen` too; renewed files are served without a restart. nullopt: plain
  // HTTP.
  std::optional<base::CertificateFiles> tls;
  git::ServiceOptions git;     // of the role git
  malware::ClamdOptions scan;  // of the role git; no socket: nothing is looked through for malware
  LfsOptions lfs;              // of the role git with a database
  std::size_t workers = 64;    // requests at a time; of the role git, git processes
  // What a client has to send or read on average while it is waited for (base/http_server.hpp); 0: anything.
  std::uint64_t min_bytes_per_second = 1024;
  base::Duration slow_patience = std::chrono::seconds(60);
  // Of the role web, but for the public URL. The role git uses its database, if one is named.
  PeopleOptions people;
  std::optional<kube::ClientConfig> kubernetes;  // where the role web finds Repos; nullopt: nowhere
  std::string controllers_listen;                // metrics of what follows them; "": none
  std::string hub_url;                           // where people reach the cluster's API server; "": they do not
  std::string public_url;                        // where people reach the role web
  std::vector<std::string> trusted_proxies;      // address ranges whose forwarded headers are believed
  RequestRates rates;
  std::string secret;      // of the role web, at least 32 bytes; empty: a random one, for one replica
  base::Duration drain{};  // how long stop() says "not ready" before it stops accepting
};

// Thread-safe once started; stops with its destructor.
class Server {
 public:
  // Fails when the address cannot be listened on, or an option is not valid: a certificate that cannot be used, too.
  static base::Result<std::unique_ptr<Server>> start(const ServerOptions& options, const base::Clock& clock);
  ~Server();

  std::uint16_t port() const;
  // /readyz fails from now on; after `drain` nothing is accepted any more, and requests in flight get `grace` to end.
  void stop(base::Duration grace);

 private:
  Server(base::Duration drain, const base::Clock& clock) : clock_(clock), drain_(drain) {}
  base::Result<void> prepare(const ServerOptions& options);
  base::Result<void> make_people(const ServerOptions& options, const rest::TrustedProxies& trusted);
  base::Result<void> make_git(const ServerOptions& options, const rest::TrustedProxies& trusted);
  base::Result<void> make_lfs(const ServerOptions& options);
  base::Result<void> ready() const;
  void follow_certificate(const base::CertificateFiles& files, base::TlsServerOptions served);

  const base::Clock& clock_;
  const base::Duration drain_;
  std::atomic<bool> stopping_{false};
  base::MetricsRegistry metrics_;
  std::unique_ptr<People> people_;                      // null in the role git without a database
  std::unique_ptr<git::Access> access_;                 // of the role git
  std::unique_ptr<git::Gate> gate_;                     // of the role git
  std::unique_ptr<malware::Scanner> scanner_;           // of the role git, where contents are looked through
  std::unique_ptr<git::GitService> git_;                // of the role git
  std::unique_ptr<lfs::ObjectStore> lfs_store_;         // of the role git, with a database
  std::unique_ptr<lfs::LfsService> lfs_;                // of the role git, with a database
  std::unique_ptr<Cluster> cluster_;                    // of the role web
  std::unique_ptr<git_host::GitHost> git_host_;         // of the role git
  std::unique_ptr<rest::Authenticator> authenticator_;  // of the role git
  std::unique_ptr<rest::Api> api_;
  std::jthread tidy_;
  std::unique_ptr<base::HttpServer> http_;  // its threads use all of the above
  std::jthread certificate_;                // follows its files
};

}  // namespace causeway::api
