#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "apiserver/server.hpp"
#include "base/log.hpp"
#include "base/shutdown.hpp"

int main(int argc, char** argv) {
  using namespace causeway;
  base::ShutdownSignal shutdown;

  CLI::App app{"causeway-apiserver: git hosting (and, later, accounts, REST and the web application)"};
  std::string roles;
  api::ServerOptions options;
  std::string data, credentials;
  std::uint64_t max_push_mib = options.git.limits.max_push_bytes >> 20;
  app.add_option("--roles", roles, "what to serve; today: git")->required()->check(CLI::IsMember({"git"}));
  app.add_option("--data", data, "folder of the repositories, <data>/<owner>/<name>.git")->required();
  app.add_option("--listen", options.listen, "host:port")->capture_default_str();
  app.add_option("--credentials-file", credentials, "lines user:sha256hex(password); without it nobody can push");
  app.add_option("--workers", options.workers, "git processes at a time")->capture_default_str();
  app.add_option("--max-push-mib", max_push_mib, "largest pack of one push")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  options.git.data = data;
  options.git.credentials_file = credentials;
  options.git.limits.max_push_bytes = max_push_mib << 20;

  auto server = api::Server::start(options, base::system_clock());
  if (!server) {
    std::fprintf(stderr, "causeway-apiserver: %s\n", server.error().message.c_str());
    return 1;
  }
  base::log::info("listening", {{"port", (*server)->port()}, {"role", roles}, {"data", data}});
  shutdown.wait();
  base::log::info("stopping");
  (*server)->stop(std::chrono::seconds(20));
  return 0;
}
