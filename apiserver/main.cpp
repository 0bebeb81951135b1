#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "apiserver/routes.hpp"
#include "apiserver/server.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "base/shutdown.hpp"

namespace causeway::api {
namespace {

int fail(const std::string& why) {
  std::fprintf(stderr, "causeway-apiserver: %s\n", why.c_str());
  return 1;
}

int print_openapi() {
  const base::MetricsRegistry metrics;
  std::vector<rest::Route> routes = web_routes({[] { return base::Result<void>(); }, metrics});
  const std::string text = rest::pretty(rest::openapi_document(routes, api_info()));
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : fail("the document cannot be written");
}

int run(int argc, char** argv) {
  base::ShutdownSignal shutdown;
  CLI::App app{"causeway-apiserver: git hosting, and the API of people and their programs"};
  std::string role, data, credentials, secret_file;
  ServerOptions options;
  std::uint64_t max_push_mib = options.git.limits.max_push_bytes >> 20;
  std::uint64_t drain_seconds = 0;
  bool openapi = false;
  app.add_flag("--print-openapi", openapi, "write the OpenAPI document of the role web, and end");
  app.add_option("--roles", role, "what to serve: git or web")->check(CLI::IsMember({"git", "web"}));
  app.add_option("--listen", options.listen, "host:port")->capture_default_str();
  app.add_option("--workers", options.workers, "requests at a time; of the role git, git processes")
      ->capture_default_str();
  app.add_option("--drain-seconds", drain_seconds, "how long /readyz says so before the server stops")
      ->capture_default_str();
  app.add_option("--trusted-proxy", options.trusted_proxies,
                 "address or range of a proxy whose Forwarded and X-Forwarded-For are believed; may repeat");
  auto* git = app.add_option_group("git", "the role git");
  git->add_option("--data", data, "folder of the repositories, <data>/<owner>/<name>.git");
  git->add_option("--credentials-file", credentials, "lines user:sha256hex(password); without it nobody can push");
  git->add_option("--max-push-mib", max_push_mib, "largest pack of one push")->capture_default_str();
  auto* web = app.add_option_group("web", "the role web");
  web->add_option("--public-url", options.public_url, "where people reach it: https://causeway.example");
  web->add_option("--secret-file", secret_file, "at least 32 random bytes, the same for every replica");
  CLI11_PARSE(app, argc, argv);
  if (openapi) return print_openapi();
  if (role.empty()) return fail("--roles is needed: git or web");
  if (role == "git" && data.empty()) return fail("--data is needed for the role git");

  options.role = role == "git" ? ServerRole::kGit : ServerRole::kWeb;
  options.git.data = data;
  options.git.credentials_file = credentials;
  options.git.limits.max_push_bytes = max_push_mib << 20;
  options.drain = std::chrono::seconds(drain_seconds);
  if (!secret_file.empty()) {
    auto secret = base::read_file(secret_file);
    if (!secret) return fail(secret.error().message);
    options.secret = std::move(*secret);
  } else if (options.role == ServerRole::kWeb) {
    base::log::warn("without --secret-file, cursors end with this process and are no other replica's");
  }

  auto server = Server::start(options, base::system_clock());
  if (!server) return fail(server.error().message);
  base::log::info("listening", {{"port", (*server)->port()}, {"role", role}});
  shutdown.wait();
  base::log::info("stopping");
  (*server)->stop(std::chrono::seconds(20));
  return 0;
}

}  // namespace
}  // namespace causeway::api

int main(int argc, char** argv) {
  return causeway::api::run(argc, argv);
}
