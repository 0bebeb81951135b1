// causeway-operator: one binary, several roles.
//
//   causeway-operator --roles=hub|region|repo   a controller program (Manager), leader-elected where it writes
//   causeway-operator terraform-run …           inside a Terraform run's Job
//   causeway-operator build-run …               inside an image build's Job

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <unistd.h>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/otlp.hpp"
#include "base/process.hpp"
#include "base/shutdown.hpp"
#include "kube/runtime/manager.hpp"
#include "operator/build/build_run.hpp"
#include "operator/cluster/reconciler.hpp"
#include "operator/demo/reconciler.hpp"
#include "operator/federation/liveness.hpp"
#include "operator/fleet/fleet_metrics.hpp"
#include "operator/image_template/reconciler.hpp"
#include "operator/region/region.hpp"
#include "operator/repo/reconciler.hpp"
#include "operator/repo/token_reviews.hpp"
#include "operator/settings.hpp"
#include "operator/terraform/terraform_run.hpp"

namespace causeway::op {
namespace {

namespace log = base::log;

struct Options {
  std::string role;
  std::filesystem::path settings = "/etc/causeway/platform.json";
  std::string listen = "0.0.0.0:8080";
  std::string kubeconfig;
  std::filesystem::path git_data = "/var/lib/git";
  std::uint64_t max_import_mib = 0;
  repo::ScanOptions scan;
  std::string token_reviews;
  std::string log_level = "info";
};

int fail(std::string_view message) {
  log::error(message);
  return 1;
}

std::string identity() {
  const char* pod = std::getenv("POD_NAME");
  char host[256] = {};
  if (!pod) gethostname(host, sizeof host - 1);
  return std::string(pod ? pod : host) + "_" + base::random_hex(8);
}

std::string own_namespace() {
  const char* ns = std::getenv("POD_NAMESPACE");
  return ns ? ns : "causeway-system";
}

int run_role(const Options& options) {
  base::ShutdownSignal shutdown;

  auto config = kube::default_config(options.kubeconfig);
  if (!config) return fail("no way to reach the API server: " + config.error().message);

  Settings settings;
  if (options.role == "region") {
    auto there = region::await_credential(*config, {}, options.listen, shutdown.token());
    if (!there) return fail(there.error().message);
    if (shutdown.token().stop_requested()) return 0;
  } else {
    auto loaded = Settings::load(options.settings);
    if (!loaded) return fail(loaded.error().message);
    settings = std::move(*loaded);
  }

  kube::ManagerOptions manager_options;
  manager_options.name = "causeway-operator-" + options.role;
  manager_options.config = std::move(*config);
  manager_options.config.user_agent = manager_options.name;
  manager_options.listen = options.listen;
  const auto name = manager_options.name;
  if (options.role != "repo") {  // a StatefulSet of one elects nobody
    manager_options.leader =
        kube::LeaseOptions{.ns = own_namespace(), .name = manager_options.name, .identity = identity()};
  }
  kube::Manager manager(std::move(manager_options));
  const auto exporter = base::trace::export_from_environment(name, manager.metrics());

  if (options.role == "hub") {
    auto liveness = federation::make_liveness_tracker(manager);
    cluster::add_to(manager, settings, liveness);
    demo::add_to(manager, settings);
    image_template::add_to(manager, settings);
    fleet::add_to(manager, settings.system_namespace, liveness);
  } else if (options.role == "region") {
    if (auto r = region::add_to(manager, {}); !r) return fail(r.error().message);
  } else {
    if (!options.scan.clamd.empty() && !base::find_program("causeway-scan-objects"))
      return fail("the program causeway-scan-objects is not on the PATH");
    repo::add_to(manager, settings,
                 {.data = options.git_data, .max_import_bytes = options.max_import_mib << 20, .scan = options.scan});
    if (!options.token_reviews.empty()) repo::add_token_reviews(manager, options.token_reviews);
  }

  log::info("starting", {{"role", options.role}});
  auto r = manager.run(shutdown.token());
  if (!r) return fail(r.error().message);
  log::info("stopped");
  return 0;
}

int run(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "terraform-run")
    return terraform::terraform_run_main(argc - 1, argv + 1);
  if (argc > 1 && std::string_view(argv[1]) == "build-run") return build::build_run_main(argc - 1, argv + 1);

  Options options;
  CLI::App app("Causeway's operator. Subcommands of Jobs: terraform-run, build-run (each with --help).");
  app.add_option("--roles", options.role, "hub, region or repo")
      ->required()
      ->check(CLI::IsMember({"hub", "region", "repo"}));
  app.add_option("--settings", options.settings, "platform settings (JSON)")->capture_default_str();
  app.add_option("--listen", options.listen, "address of /healthz, /readyz and /metrics")->capture_default_str();
  app.add_option("--kubeconfig", options.kubeconfig,
                 "kubeconfig; otherwise $KUBECONFIG, then the pod's service account");
  app.add_option("--git-data", options.git_data, "role repo: where the repositories are")->capture_default_str();
  app.add_option("--max-import-mib", options.max_import_mib,
                 "role repo: what a repository that is copied from elsewhere may take; 0: no limit")
      ->check(CLI::Range(0, 1 << 30));
  app.add_option("--clamd", options.scan.clamd,
                 "role repo: unix socket of clamd(8), which looks through what is copied from elsewhere for malware");
  app.add_option("--clamd-most-mib", options.scan.most_mib, "role repo: of a file that is looked at")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--token-reviews-listen", options.token_reviews,
                 "role repo: unix:///path where the git server beside asks whose a ServiceAccount's token is");
  app.add_option("--log-level", options.log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  CLI11_PARSE(app, argc, argv);

  if (options.log_level == "debug") log::set_level(log::Level::kDebug);
  if (options.log_level == "warn") log::set_level(log::Level::kWarn);
  if (options.log_level == "error") log::set_level(log::Level::kError);
  return run_role(options);
}

}  // namespace
}  // namespace causeway::op

int main(int argc, char** argv) {
  try {
    return causeway::op::run(argc, argv);
  } catch (const std::exception& e) {
    causeway::base::log::error(std::string("internal error: ") + e.what());
    return 70;
  }
}
