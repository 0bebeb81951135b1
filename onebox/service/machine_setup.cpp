#include "onebox/service/machine_setup.hpp"

#include <cstdlib>
#include <filesystem>

#include "onebox/machine/cgroups.hpp"
#include "onebox/machine/firewall.hpp"
#include "onebox/machine/host_state.hpp"
#include "onebox/machine/network.hpp"

namespace causeway::onebox {

namespace {

bool has_clusters(const Layout& layout) {
  std::error_code error;
  return std::filesystem::directory_iterator(layout.clusters(), error) != std::filesystem::directory_iterator{};
}

base::Result<Subnet> subnet_of(const Instance& instance, const InstanceRecord& record) {
  auto routes = machine_routes();
  if (!routes) return routes.error();
  const std::string bridge = instance.names.bridge();
  if (!record.subnet.empty()) {
    auto subnet = Subnet::parse(record.subnet);
    if (!subnet) return subnet.error().wrap(instance.layout.instance().string());
    auto conflict = subnet_conflict(*routes, *subnet, bridge);
    if (!conflict) return subnet;
    // Certificates and kubeconfigs of clusters carry their address.
    if (has_clusters(instance.layout))
      return base::Error{base::ErrorCode::kUnavailable,
                         "the network " + record.subnet + " of these clusters is now used by " + *conflict +
                             "; stop that (another onebox: `down`), or begin anew with `causeway-onebox down --purge`"};
  }
  const int start = static_cast<int>(std::strtol(instance.names.instance.substr(0, 2).c_str(), nullptr, 16));
  return choose_subnet(*routes, start, bridge);
}

base::Result<void> make_network(const Instance& instance) {
  if (auto wanted = want_kernel_settings(instance.names); !wanted) return wanted.error();
  if (auto made = make_bridge(instance.names, instance.subnet, instance.mtu); !made) return made.error();
  const auto chains = firewall_chains(instance.names, instance.subnet);
  return firewall_intact(chains) ? base::Result<void>{} : apply_firewall(chains);
}

}  // namespace

base::Result<InstanceRecord> load_instance(const Instance& instance) {
  auto record = load_json<InstanceRecord>(instance.layout.instance());
  if (!record && record.error().code != base::ErrorCode::kNotFound) return record.error();
  InstanceRecord out = record ? *record : InstanceRecord{};
  if (record && record->id != instance.names.instance) {
    const Names old{record->id};
    if (bridge_exists(old) || !cgroup_processes(old.cgroup_parent()).empty())
      return base::Error{base::ErrorCode::kAlreadyExists,
                         "this data folder was moved from " + record->data +
                             " while its clusters ran; move it back and run `causeway-onebox down` first"};
  }
  out.id = instance.names.instance;
  out.data = instance.layout.data.string();
  return out;
}

base::Result<void> set_up_machine(Instance& instance, InstanceRecord& record) {
  auto lock = lock_machine();
  if (!lock) return lock.error();
  auto subnet = subnet_of(instance, record);
  if (!subnet) return subnet.error();
  instance.subnet = *subnet;
  record.subnet = subnet->to_string();
  // On disk before anything is named on the machine: `down` finds it after a crash.
  if (auto saved = save_json(instance.layout.instance(), record); !saved) return saved.error();
  return make_network(instance);
}

base::Result<void> keep_up_machine(const Instance& instance) {
  auto lock = lock_machine();
  if (!lock) return lock.error();
  return make_network(instance);
}

}  // namespace causeway::onebox
