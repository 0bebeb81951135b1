// causeway-webhooks: what the API server asks before it writes a Cluster, Demo, ImageTemplate or Repo.

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "base/log.hpp"
#include "base/shutdown.hpp"
#include "webhooks/service.hpp"

namespace causeway::webhooks {
namespace {

namespace log = base::log;

int fail(std::string_view message) {
  log::error(message);
  return 1;
}

int run(int argc, char** argv) {
  const char* pod_namespace = std::getenv("POD_NAMESPACE");
  std::string listen = "0.0.0.0:8080", kubeconfig, log_level = "info", service = "causeway-webhooks", folder;
  ServiceOptions options;
  options.certificates.ns = pod_namespace != nullptr ? pod_namespace : "causeway-system";

  CLI::App app("Causeway's admission webhooks.");
  app.add_option("--webhooks-listen", options.server.listen, "address of the webhooks (HTTPS)")->capture_default_str();
  app.add_option("--workers", options.server.workers, "reviews judged at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--listen", listen, "address of /healthz, /readyz and /metrics")->capture_default_str();
  app.add_option("--service", service, "name of the Service in front, for the certificate")->capture_default_str();
  app.add_option("--certificate-folder", folder,
                 "tls.crt and tls.key of somebody else, who fills in the caBundle too; otherwise self-issued");
  app.add_option("--kubeconfig", kubeconfig, "kubeconfig; otherwise $KUBECONFIG, then the pod's service account");
  app.add_option("--log-level", log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  CLI11_PARSE(app, argc, argv);

  if (log_level == "debug") log::set_level(log::Level::kDebug);
  if (log_level == "warn") log::set_level(log::Level::kWarn);
  if (log_level == "error") log::set_level(log::Level::kError);

  base::ShutdownSignal shutdown;
  auto config = kube::default_config(kubeconfig);
  if (!config) return fail("no way to reach the API server: " + config.error().message);
  const std::string host = service + "." + options.certificates.ns;
  options.certificates.dns_names = {host + ".svc", host, host + ".svc.cluster.local"};
  if (!folder.empty()) {
    const std::filesystem::path at(folder);
    options.certificate_files = base::CertificateFiles{.cert = at / "tls.crt", .key = at / "tls.key"};
  }

  kube::ManagerOptions manager_options;
  manager_options.name = "causeway-webhooks";
  manager_options.config = std::move(*config);
  manager_options.listen = listen;
  kube::Manager manager(std::move(manager_options));
  const Service webhooks(manager, std::move(options));
  log::info("starting");
  if (auto ended = manager.run(shutdown.token()); !ended) return fail(ended.error().message);
  log::info("stopped");
  return 0;
}

}  // namespace
}  // namespace causeway::webhooks

int main(int argc, char** argv) {
  try {
    return causeway::webhooks::run(argc, argv);
  } catch (const std::exception& e) {
    causeway::base::log::error(std::string("internal error: ") + e.what());
    return 70;
  }
}
