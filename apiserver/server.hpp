#pragma once
// The HTTP server of causeway-apiserver: probes, metrics, request log; everything else goes to the role.

#include <memory>
#include <string>

#include "apiserver/git/service.hpp"
#include "base/http_server.hpp"

namespace causeway::api {

struct ServerOptions {
  std::string listen = "0.0.0.0:8080";
  git::ServiceOptions git;
  std::size_t workers = 64;  // git processes at a time
};

// Thread-safe once started; stops with its destructor.
class Server {
 public:
  // Fails when the address cannot be listened on.
  static base::Result<std::unique_ptr<Server>> start(const ServerOptions& options, const base::Clock& clock);
  ~Server();

  std::uint16_t port() const;
  // Requests in flight get `grace` to end.
  void stop(base::Duration grace);

 private:
  Server(const ServerOptions& options, const base::Clock& clock);
  void handle(base::HttpExchange& exchange);
  base::HttpResponse probe(const base::HttpRequest& request) const;

  const base::Clock& clock_;
  base::MetricsRegistry metrics_;
  git::GitService git_;
  std::unique_ptr<base::HttpServer> http_;  // last: its threads use all of the above
};

}  // namespace causeway::api
