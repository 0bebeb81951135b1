#include "onebox/service/shared_services.hpp"

#include <filesystem>
#include <poll.h>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "onebox/cluster/pki_files.hpp"
#include "onebox/machine/cgroups.hpp"
#include "onebox/machine/ports.hpp"
#include "onebox/machine/preload.hpp"
#include "onebox/plan/decision.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

void preload_registry(const Instance& instance) {
  if (instance.preload.empty()) return;
  if (auto preloaded = preload(registry_preload(instance.preload, instance.layout.registry())); !preloaded)
    base::log::warn("the registry begins without images", {{"error", preloaded.error().message}});
}

base::Result<void> make_certificates(const Instance& instance) {
  const auto shared = instance.layout.shared();
  for (const auto& dir : {instance.layout.registry(), shared.pki(), shared.config(), shared.logs()}) {
    std::error_code error;
    fs::create_directories(dir, error);
    if (error) return base::Error{base::ErrorCode::kIo, "cannot make " + dir.string() + ": " + error.message()};
  }
  auto authority = ensure_authority(instance.layout.ca(), instance.layout.ca_key(), "Causeway onebox");
  if (!authority) return authority.error();
  base::LeafSpec leaf;
  leaf.common_name = std::string(kRegistryHost);
  leaf.dns_names = {std::string(kRegistryHost), "localhost"};
  leaf.ip_addresses = {instance.subnet.bridge_address(), "127.0.0.1"};
  leaf.server = true;
  leaf.validity = std::chrono::hours(24 * 365);
  // The address is part of the name: another subnet needs another certificate.
  const std::string file = "registry-" + instance.subnet.bridge_address();
  auto made = ensure_certificate(shared.pki() / (file + ".crt"), shared.pki() / (file + ".key"), *authority, leaf);
  if (!made) return made.error();
  for (const char* kind : {".crt", ".key"}) {
    std::error_code error;
    fs::remove(shared.pki() / ("registry" + std::string(kind)), error);
    fs::create_symlink(file + kind, shared.pki() / ("registry" + std::string(kind)), error);
    if (error) return base::Error{base::ErrorCode::kIo, "cannot link the registry's certificate: " + error.message()};
  }
  return {};
}

}  // namespace

SharedServices::SharedServices(const Instance& instance, SharedPlan plan, ConfigFiles files)
    : instance_(instance), plan_(std::move(plan)), files_(std::move(files)), init_(plan_.layout) {}

SharedServices::~SharedServices() = default;

base::Result<std::unique_ptr<SharedServices>> SharedServices::start(const Instance& instance,
                                                                    const std::string& registry_binary,
                                                                    InstanceRecord& record) {
  preload_registry(instance);
  if (auto made = make_certificates(instance); !made) return made.error();
  if (record.registry_secret.empty()) record.registry_secret = base::random_hex(32);
  SharedPlan plan{.bridge_address = instance.subnet.bridge_address(),
                  .cgroup = instance.names.cgroup(kSharedServices),
                  .layout = instance.layout.shared(),
                  .kubernetes = instance.kubernetes,
                  .registry_binary = registry_binary,
                  .registry_ca = instance.layout.ca().string()};
  auto files = shared_config_files(plan, instance.layout.registry().string(), record.registry_secret);
  auto shared = std::unique_ptr<SharedServices>(new SharedServices(instance, std::move(plan), std::move(files)));

  const base::TcpTarget target{instance.subnet.bridge_address(), 443};
  auto relay = base::TcpRelay::fixed("127.0.0.1:" + std::to_string(record.registry_port), target);
  if (!relay && record.registry_port != 0) relay = base::TcpRelay::fixed("127.0.0.1:0", target);
  if (!relay) return relay.error().wrap("cannot relay the registry to loopback");
  shared->relay_ = std::move(*relay);
  record.registry_port = shared->relay_->port();

  if (shared->init_.find()) {
    base::log::info("registry and DNS are running already");
  } else if (auto begun = shared->begin(); !begun) {
    return begun.error();
  }
  shared->watcher_ = std::jthread([s = shared.get()](std::stop_token stop) { s->watch(stop); });
  return shared;
}

base::Result<void> SharedServices::begin() {
  if (auto cleared = remove_cgroup(plan_.cgroup); !cleared) return cleared.error();
  for (auto [port, transport] : {std::pair{443, Transport::kTcp}, {53, Transport::kTcp}, {53, Transport::kUdp}})
    if (auto free = check_port_free(plan_.bridge_address, static_cast<std::uint16_t>(port), transport); !free)
      return free.error();
  return init_.start(shared_spec(plan_), files_);
}

void SharedServices::watch(std::stop_token stop) {
  int failures = 0;
  auto begun_at = base::system_clock().steady();
  while (!stop.stop_requested()) {
    base::StopDescriptor stopped(stop);
    pollfd fds[2] = {{.fd = init_.descriptor(), .events = POLLIN, .revents = 0},
                     {.fd = stopped.fd(), .events = POLLIN, .revents = 0}};
    ::poll(fds, 2, init_.descriptor() < 0 ? 0 : -1);
    if (stop.stop_requested()) return;
    if (init_.running()) continue;
    // One that ran for a while is started at once, one that keeps ending less and less often.
    failures = base::system_clock().steady() - begun_at > std::chrono::seconds(30) ? 0 : failures + 1;
    base::log::warn("registry and DNS ended; starting them again", {{"failures", failures}});
    if (failures > 0 && !base::system_clock().sleep_for(retry_delay(failures), stop)) return;
    begun_at = base::system_clock().steady();
    if (auto begun = begin(); !begun)
      base::log::error("registry and DNS did not start", {{"error", begun.error().message}});
  }
}

kube::json::array SharedServices::components() const {
  auto status = InitProcess(plan_.layout).status();
  const auto* list = status ? kube::array_at(*status, "components") : nullptr;
  return list ? *list : kube::json::array{};
}

base::Result<void> SharedServices::wait_ready(base::Duration timeout, std::stop_token stop) const {
  const auto deadline = base::system_clock().steady() + timeout;
  std::string why = "no answer from their init";
  while (!stop.stop_requested()) {
    auto status = InitProcess(plan_.layout).status();
    if (status && kube::bool_at(*status, "ready")) return {};
    if (status) why = describe_unready(*status);
    if (base::system_clock().steady() > deadline)
      return base::Error{base::ErrorCode::kTimeout,
                         "registry and DNS are not ready (logs: " + plan_.layout.logs().string() + "): " + why};
    base::system_clock().sleep_for(std::chrono::milliseconds(50), stop);
  }
  return base::Error{base::ErrorCode::kCancelled, "stopped"};
}

kube::json::object SharedServices::describe_registry() const {
  bool ready = false;
  for (const auto& component : components())
    if (component.is_object() && kube::string_at(component.get_object(), "name") == "registry")
      ready = kube::bool_at(component.get_object(), "ready");
  return {{"host", kRegistryHost},
          {"address", plan_.bridge_address + ":443"},
          {"loopback", "127.0.0.1:" + std::to_string(relay_->port())},
          {"loopbackPort", relay_->port()},
          {"caFile", plan_.registry_ca},
          {"ready", ready}};
}

base::Result<void> SharedServices::command(const std::string& component, const std::string& action) const {
  return InitProcess(plan_.layout).command(component, action);
}

}  // namespace causeway::onebox
