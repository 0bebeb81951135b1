#include <fstream>
#include <optional>

#include "tests/integration/gateway/real_gateway.hpp"

namespace causeway::api {

std::string traefik_program() {
  if (auto found = program_of("CAUSEWAY_TRAEFIK", "traefik"); !found.empty()) return found;
  const auto asked = base::run({.argv = {CAUSEWAY_SOURCE_DIR "/onebox/build.sh", "gateway", "--print-path"}});
  if (!asked || !asked->status.success()) return "";
  const auto built = asked->out.substr(0, asked->out.find('\n')) + "/bin/traefik";
  return std::filesystem::exists(built) ? built : "";
}

namespace {

class Traefik final : public RealGateway {
 public:
  Traefik(std::uint16_t api, std::uint16_t upstream) {
    const auto routes = folder_.path() / "routes.yaml";
    const auto asked = "http://127.0.0.1:" + std::to_string(api) + "/auth/forward?renew=true";
    const std::string answer =
        "        authResponseHeaders: [X-Causeway-User, X-Causeway-Identity]\n"
        "        addAuthCookiesToResponse: [causeway]\n"
        "        maxResponseBodySize: 65536\n";
    std::ofstream(routes) << "http:\n"
                             "  routers:\n"
                             "    site: {rule: PathPrefix(`/`), middlewares: [annotate], service: behind}\n"
                             "    private: {rule: PathPrefix(`/private/`), middlewares: [require], service: behind}\n"
                             "  services:\n"
                             "    behind: {loadBalancer: {servers: [{url: 'http://127.0.0.1:"
                          << upstream
                          << "'}]}}\n"
                             "  middlewares:\n"
                             "    annotate:\n"
                             "      forwardAuth:\n"
                             "        address: "
                          << asked << "\n"
                          << answer
                          << "    require:\n"
                             "      forwardAuth:\n"
                             "        address: "
                          << asked << "&mode=require&redirect=true\n"
                          << answer;
    // The port is looked for and taken in two steps: somebody may be in between.
    for (int attempt = 1;; ++attempt) {
      port_ = base::test::unused_port();
      try {
        process_.emplace(
            std::vector<std::string>{traefik_program(), "--entrypoints.web.address=127.0.0.1:" + std::to_string(port_),
                                     "--providers.file.filename=" + routes.string(), "--providers.file.watch=false",
                                     "--global.checknewversion=false", "--global.sendanonymoususage=false",
                                     "--log.level=ERROR"},
            folder_.path() / "log", [this] { wait_for_routes(); });
        return;
      } catch (const std::runtime_error&) {
        if (attempt == 3) throw;
      }
    }
  }
  base::test::RawSocket connect() override { return base::test::RawSocket::connect(port_); }

 private:
  // It listens before it knows where to.
  void wait_for_routes() {
    auto socket = connect();
    socket.send("GET /private/ready HTTP/1.1\r\nHost: demo.localhost\r\nConnection: close\r\n\r\n");
    if (!socket.receive_all().starts_with("HTTP/1.1 401"))
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
  }

  const base::TemporaryDirectory folder_;
  std::uint16_t port_ = 0;
  std::optional<Started> process_;
};

}  // namespace

const RealGateway::Kind kTraefik{
    "traefik",
    [] {
      return traefik_program().empty() ? std::string("there is no Traefik: onebox/build.sh gateway builds it") : "";
    },
    [](std::uint16_t api, std::uint16_t upstream) -> std::unique_ptr<RealGateway> {
      return std::make_unique<Traefik>(api, upstream);
    }};

}  // namespace causeway::api
