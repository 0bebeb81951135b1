#pragma once
// An init's own API on a unix socket: GET /status, POST /components/NAME {"action":"kill|stop|start"}.

#include <filesystem>
#include <memory>

#include "base/http_server.hpp"
#include "onebox/machine/socket_path.hpp"

namespace causeway::onebox {

class Supervisor;

class ControlServer {
 public:
  static base::Result<std::unique_ptr<ControlServer>> start(Supervisor& supervisor,
                                                            const std::filesystem::path& socket);

 private:
  ControlServer() = default;
  std::optional<SocketPath> path_;
  std::unique_ptr<base::HttpServer> server_;
};

}  // namespace causeway::onebox
