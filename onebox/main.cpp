// causeway-onebox: real Kubernetes clusters on one machine. See README.md.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "base/log.hpp"
#include "base/shutdown.hpp"
#include "onebox/check/checks.hpp"
#include "onebox/cli/client.hpp"
#include "onebox/init/namespaces.hpp"
#include "onebox/service/down.hpp"
#include "onebox/service/serve.hpp"

namespace {

using namespace causeway;
using namespace causeway::onebox;

int report(const base::Result<std::string>& outcome) {
  if (outcome) {
    std::fputs(outcome->c_str(), stdout);
    return 0;
  }
  std::fprintf(stderr, "causeway-onebox: %s\n", outcome.error().message.c_str());
  return 1;
}

int run_serve(const ServeOptions& options, bool debug) {
  base::ShutdownSignal shutdown;
  if (debug) base::log::set_level(base::log::Level::kDebug);
  auto served = serve(options, shutdown.token());
  if (served) return 0;
  std::fprintf(stderr, "causeway-onebox: %s\n", served.error().message.c_str());
  return 1;
}

int run_down(const DownOptions& options) {
  auto removed = down(options);
  if (!removed) return report(removed.error());
  std::string text;
  for (const auto& line : *removed) text += "removed " + line + "\n";
  return report(text.empty() ? std::string("nothing was running\n") : text);
}

int run_check(const CheckOptions& options) {
  const auto results = check_machine(options);
  std::fputs(format_checks(results).c_str(), stdout);
  return machine_suffices(results) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Real Kubernetes clusters on one machine, in seconds each."};
  app.require_subcommand(1);
  std::function<int()> run;

  ServeOptions serve_options;
  auto* serve_command = app.add_subcommand("serve", "Own the clusters of a data folder; answer on its unix socket");
  serve_command->add_option("--data", serve_options.data, "Data folder")->required();
  serve_command
      ->add_option("--kubernetes", serve_options.kubernetes,
                   "causeway-kubernetes, or a folder with etcd, kube-apiserver, kubelet, …")
      ->required();
  serve_command->add_option("--registry-binary", serve_options.registry_binary)->capture_default_str();
  serve_command->add_option("--pause-image", serve_options.pause_image)->capture_default_str();
  serve_command
      ->add_option("--audit-policy", serve_options.audit_policy,
                   "Kubernetes audit policy of every cluster; what it selects is in clusters/ID/logs/audit.log")
      ->check(CLI::ExistingFile);
  serve_command->add_option("--preload", serve_options.preload,
                            "Folder with the images that new nodes and a new registry begin with (onebox/preload.sh)");
  serve_command->add_option("--cni-plugins", serve_options.cni_plugins)->capture_default_str();
  serve_command->add_option("--web-port", serve_options.web_port,
                            "Loopback port of http://*.localhost; default: the one of last time, or a free one");
  bool debug = false;
  serve_command->add_flag("--debug", debug, "Log every step");
  serve_command->callback([&] { run = [&] { return run_serve(serve_options, debug); }; });

  std::string spec;
  auto* init_command = app.add_subcommand("init", "Process 1 of a cluster's namespaces; started by serve")->group("");
  init_command->add_option("--spec", spec)->required();
  init_command->callback([&] { run = [&] { return init_main(spec); }; });

  DownOptions down_options;
  bool keep = false;
  auto* down_command = app.add_subcommand("down", "Stop everything of a data folder, whatever state it is in");
  down_command->add_option("--data", down_options.data, "Data folder")->required();
  auto* purge = down_command->add_flag("--purge", down_options.purge, "Delete clusters and registry from disk, too");
  down_command->add_flag("--keep-data", keep, "Keep them for the next serve (the default)")->excludes(purge);
  down_command->callback([&] { run = [&] { return run_down(down_options); }; });

  CheckOptions check_options;
  auto* check_command = app.add_subcommand("check", "Say what this machine lacks, if anything");
  check_command->add_option("--data", check_options.data, "Data folder to be");
  check_command->add_option("--registry-binary", check_options.registry_binary)->capture_default_str();
  check_command->add_option("--cni-plugins", check_options.cni_plugins)->capture_default_str();
  check_command->callback([&] { run = [&] { return run_check(check_options); }; });

  std::string data, id, action, component;
  auto client_command = [&](const char* name, const char* help, bool with_id) {
    auto* command = app.add_subcommand(name, help);
    command->add_option("--data", data, "Data folder of the service")->required();
    if (with_id) command->add_option("id", id, "The cluster's id")->required();
    return command;
  };
  ServiceClient::CreateOptions create_options;
  bool without_node = false;
  auto* create = client_command("create", "Make a cluster, or wait until it is ready", true);
  create->add_option("--name", create_options.name, "Its name (default: the id)");
  create->add_option("--region", create_options.region, "local-1 … local-9")->capture_default_str();
  create->add_flag("--without-node", without_node, "API server, etcd and controller manager only");
  create->callback([&] {
    run = [&] {
      create_options.id = id;
      create_options.node = !without_node;
      return report(ServiceClient(data).create(create_options));
    };
  });
  client_command("list", "List clusters", false)->callback([&] {
    run = [&] { return report(ServiceClient(data).list()); };
  });
  client_command("delete", "Delete a cluster and everything in it", true)->callback([&] {
    run = [&] { return report(ServiceClient(data).remove(id)); };
  });
  bool for_pods = false;
  auto* kubeconfig = client_command("kubeconfig", "Print a cluster's kubeconfig", true);
  kubeconfig->add_flag("--for-pods", for_pods, "With the node's address instead of loopback");
  kubeconfig->callback([&] { run = [&] { return report(ServiceClient(data).kubeconfig(id, for_pods)); }; });
  client_command("status", "Print everything the service knows, as JSON", false)->callback([&] {
    run = [&] { return report(ServiceClient(data).status()); };
  });
  auto* fault = client_command("fault", "Harm a cluster on purpose", true);
  fault->add_option("action", action, "kill, stop, start, cut, heal")->required();
  fault->add_option("component", component, "kube-apiserver, etcd, kubelet, …");
  fault->callback([&] { run = [&] { return report(ServiceClient(data).fault(id, action, component)); }; });

  CLI11_PARSE(app, argc, argv);
  return run();
}
