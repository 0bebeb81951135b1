#include "onebox/service/serve.hpp"

#include <unistd.h>

#include "base/files.hpp"
#include "base/http_server.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "onebox/machine/network.hpp"
#include "onebox/machine/overlay.hpp"
#include "onebox/machine/process_id.hpp"
#include "onebox/machine/socket_path.hpp"
#include "onebox/plan/problem.hpp"
#include "onebox/service/api.hpp"
#include "onebox/service/machine_setup.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

constexpr auto kUpkeep = std::chrono::seconds(30);

base::Result<KubernetesPrograms> find_kubernetes(const std::string& given) {
  std::error_code error;
  const fs::path path = fs::canonical(given, error);
  if (error) return base::Error{base::ErrorCode::kNotFound, "--kubernetes " + given + ": " + error.message()};
  if (!fs::is_directory(path)) return KubernetesPrograms{path.string(), false};
  for (const auto& folder : {path, path / "bin"}) {
    bool all = true;
    for (const char* program :
         {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "coredns"})
      all = all && ::access((folder / program).c_str(), X_OK) == 0;
    if (all) return KubernetesPrograms{folder.string(), true};
  }
  return base::Error{base::ErrorCode::kNotFound, "--kubernetes " + given +
                                                     " has not all of etcd, kube-apiserver, kube-controller-manager, "
                                                     "kube-scheduler, kubelet, kube-proxy and coredns"};
}

base::Result<base::FileLock> lock_data(const Layout& layout) {
  std::error_code error;
  fs::create_directories(layout.root(), error);
  if (error) return base::Error{base::ErrorCode::kIo, "cannot make " + layout.root().string() + ": " + error.message()};
  auto lock = base::FileLock::try_acquire(layout.lock());
  if (!lock && lock.error().code == base::ErrorCode::kUnavailable) {
    auto other = load_json<ProcessRecord>(layout.service());
    return base::Error{base::ErrorCode::kAlreadyExists,
                       "another causeway-onebox serves " + layout.data.string() +
                           (other ? " (process " + std::to_string(other->pid) + ")" : std::string()) +
                           "; stop it first, or use another --data"};
  }
  return lock;
}

base::Result<std::unique_ptr<NameService>> bind_names(const ServeOptions& options, InstanceRecord& record,
                                                      const Clusters& clusters) {
  const bool asked = options.web_port.value_or(0) != 0;
  const int port = asked ? *options.web_port : record.web_port;
  auto names = NameService::bind(static_cast<std::uint16_t>(port), clusters);
  if (!names && asked)
    return base::Error{base::ErrorCode::kUnavailable,
                       "port " + std::to_string(port) + " on loopback is taken: " + names.error().message +
                           "; stop what uses it (`ss -ltnp`), or choose another port (0: any free one)"};
  if (!names && port != 0) {
    base::log::warn("the web port of last time is taken; choosing another", {{"port", port}});
    names = NameService::bind(0, clusters);
  }
  if (names) record.web_port = (*names)->port();
  return names;
}

base::Result<std::unique_ptr<base::HttpServer>> start_api(const Layout& layout, Api& api) {
  std::error_code ignored;
  fs::remove(layout.socket(), ignored);
  base::HttpServerOptions options;
  auto path = SocketPath::of(layout.socket());
  if (!path) return path.error();
  options.listen = path->url();
  options.workers = 64;  // most of them wait for a cluster
  return base::HttpServer::start(options, [&api](base::HttpExchange& exchange) {
    base::HttpRequest request = exchange.request();
    auto body = exchange.read_all(1u << 20);
    if (!body) return exchange.respond(problem_of(body.error()));
    request.body = std::move(*body);
    exchange.respond(api.handle(request, exchange.closed()));
  });
}

}  // namespace

base::Result<fs::path> data_folder(const std::string& given) {
  std::error_code error;
  fs::path path = fs::absolute(given, error);
  fs::create_directories(path, error);
  path = fs::canonical(path, error);
  if (error) return base::Error{base::ErrorCode::kIo, "cannot use the data folder " + given + ": " + error.message()};
  for (const char* taken : {"/run", "/proc", "/sys", "/dev", "/var/lib/kubelet", "/var/lib/cni", "/var/log/pods"})
    if (path.string() == taken || path.string().starts_with(std::string(taken) + "/"))
      return base::Error{base::ErrorCode::kInvalidArgument,
                         "the data folder cannot be below " + std::string(taken) +
                             ", which every cluster has one of its own of; choose another --data"};
  return path;
}

base::Result<void> serve(const ServeOptions& options, std::stop_token stop) {
  auto data = data_folder(options.data);
  if (!data) return data.error();
  Instance instance;
  instance.layout = Layout{*data};
  instance.names = Names{instance_id(*data)};
  auto kubernetes = find_kubernetes(options.kubernetes);
  if (!kubernetes) return kubernetes.error();
  instance.kubernetes = *kubernetes;
  instance.pause_image = options.pause_image;
  instance.audit_policy = options.audit_policy;
  instance.preload = options.preload;
  instance.cni_plugins = options.cni_plugins;
  instance.mtu = egress_mtu();

  auto lock = lock_data(instance.layout);
  if (!lock) return lock.error();
  auto self = identify(::getpid());
  if (!self) return self.error();
  if (auto saved = save_json(instance.layout.service(), *self); !saved) return saved.error();
  if (auto overlay = try_overlay(instance.layout.root()); !overlay) {
    base::log::warn("containers get copies instead of overlays: slower, and more disk",
                    {{"error", overlay.error().message}});
    instance.snapshotter = "native";
  }

  auto record = load_instance(instance);
  if (!record) return record.error();
  Clusters clusters(instance);
  // What may be refused comes before anything is made on the machine.
  auto names = bind_names(options, *record, clusters);
  if (!names) return names.error();
  if (auto ready = set_up_machine(instance, *record); !ready) return ready.error();

  auto shared = SharedServices::start(instance, options.registry_binary, *record);
  if (!shared) return shared.error();
  if (auto saved = save_json(instance.layout.instance(), *record); !saved) return saved.error();
  if (auto ready = (*shared)->wait_ready(std::chrono::seconds(30), stop); !ready) return ready.error();

  if (auto restored = clusters.restore(); !restored) return restored.error();
  (*names)->start();
  Api api(instance, clusters, **shared, **names);
  auto server = start_api(instance.layout, api);
  if (!server) return server.error();
  base::log::info("serving", {{"socket", instance.layout.socket().string()},
                              {"instance", instance.names.instance},
                              {"subnet", instance.subnet.to_string()},
                              {"web_port", (*names)->port()}});

  while (base::system_clock().sleep_for(kUpkeep, stop))
    if (auto kept = keep_up_machine(instance); !kept)
      base::log::warn("upkeep of network and firewall failed", {{"error", kept.error().message}});
  base::log::info("stopping; clusters, registry and DNS run on");
  (*server)->stop(std::chrono::seconds(0));
  std::error_code ignored;
  fs::remove(instance.layout.socket(), ignored);
  fs::remove(instance.layout.service(), ignored);
  return {};
}

}  // namespace causeway::onebox
