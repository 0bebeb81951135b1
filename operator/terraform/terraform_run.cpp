#include "operator/terraform/terraform_run.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "base/log.hpp"
#include "base/process.hpp"
#include "base/shutdown.hpp"
#include "kube/client/config.hpp"
#include "operator/terraform/run.hpp"

extern char** environ;

namespace causeway::op::terraform {
namespace {

namespace log = base::log;

constexpr int kFailed = 1, kUsage = 2, kUnknown = 3;

std::map<std::string, std::string> own_environment() {
  std::map<std::string, std::string> values;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text(*entry);
    if (const auto equals = text.find('='); equals != text.npos && equals > 0) {
      values.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return values;
}

std::string hostname() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

int terraform_run_main(int argc, char** argv) {
  base::ShutdownSignal shutdown;

  RunOptions options;
  options.own_pod = hostname();
  std::string cluster, operation;
  double grace_seconds = 540;
  CLI::App app(
      "One Terraform run of a Cluster, in the pod of its Job. What to do stands in the Secret `input` of the run "
      "namespace; the other flags guard against a mix-up.",
      "causeway-operator terraform-run");
  app.add_option("--run-namespace", options.run_namespace, "namespace with input, state and results")->required();
  app.add_option("--run-id", options.run_id, "name of the Job; the input must be meant for it")->required();
  app.add_option("--cluster", cluster, "NAMESPACE/NAME, shown in logs");
  app.add_option("--operation", operation, "plan, apply, destroy or refresh; the input must agree")
      ->transform(CLI::IsMember({"plan", "apply", "destroy", "refresh"}));
  app.add_option("--modules", options.modules, "folder of the Terraform modules")->capture_default_str();
  app.add_option("--provider-mirror", options.provider_mirror, "filesystem mirror of Terraform providers")
      ->capture_default_str();
  app.add_option("--program", options.program, "terraform or tofu; otherwise whichever is on the PATH");
  app.add_option("--kubeconfig", options.kubeconfig, "otherwise the pod's service account");
  app.add_option("--grace", grace_seconds, "seconds that terraform has to save its state after a SIGTERM")
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kUsage;
  }
  if (operation == "plan") options.operation = crds::RunOperation::Plan;
  if (operation == "apply") options.operation = crds::RunOperation::Apply;
  if (operation == "destroy") options.operation = crds::RunOperation::Destroy;
  if (operation == "refresh") options.operation = crds::RunOperation::Refresh;
  options.grace = std::chrono::milliseconds(static_cast<std::int64_t>(grace_seconds * 1000));
  options.environment = own_environment();

  log::Scope scope({{"cluster", cluster}, {"run", options.run_id}, {"operation", operation}});
  if (options.program.empty()) {
    auto program = base::find_program("terraform");
    if (!program) program = base::find_program("tofu");
    if (!program) {
      log::error("there is neither terraform nor tofu on the PATH of this image");
      return kUnknown;
    }
    options.program = *program;
  }
  auto config = options.kubeconfig.empty() ? kube::in_cluster_config() : kube::load_kubeconfig(options.kubeconfig);
  if (!config) {
    log::error("no way to reach the API server: " + config.error().message);
    return kUnknown;
  }
  config->user_agent = "causeway-terraform-run";
  kube::Client client(std::move(*config));

  auto result = execute_run(client, options, shutdown.token());
  if (!result) {
    log::error(result.error().message);
    return kUnknown;
  }
  const bool good = result->outcome == RunOutcome::Succeeded || result->outcome == RunOutcome::AwaitingApproval;
  log::info("run ended", {{"outcome", std::string(kube::codec::enum_name(result->outcome))},
                          {"reason", result->reason},
                          {"message", result->message}});
  return good ? 0 : kFailed;
}

}  // namespace causeway::op::terraform
