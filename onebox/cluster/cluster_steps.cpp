// The steps of a cluster that touch the machine.

#include <filesystem>

#include "base/files.hpp"
#include "base/log.hpp"
#include "onebox/cluster/cluster.hpp"
#include "onebox/cluster/pki_files.hpp"
#include "onebox/machine/cgroups.hpp"
#include "onebox/machine/host_state.hpp"
#include "onebox/machine/network.hpp"
#include "onebox/machine/preload.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

ClusterPlan Cluster::plan(const ClusterRecord& record) const {
  ClusterPlan plan;
  plan.id = record.id;
  plan.node = node_name(record.name, record.id);
  plan.region = record.region;
  plan.with_node = record.node;
  plan.address = instance_.subnet.host(record.host);
  plan.bridge_address = instance_.subnet.bridge_address();
  plan.netns = netns_path(instance_.names, record.id);
  plan.cgroup = instance_.names.cgroup(record.id);
  plan.layout = layout_;
  plan.kubernetes = instance_.kubernetes;
  plan.pause_image = instance_.pause_image;
  plan.audit_policy = instance_.audit_policy;
  plan.registry_ca = instance_.layout.ca().string();
  plan.snapshotter = instance_.snapshotter;
  plan.cni_plugins = instance_.cni_plugins;
  plan.mtu = instance_.mtu;
  return plan;
}

base::Result<void> Cluster::prepare_folders(const ClusterLayout& layout, const ClusterRecord& record) const {
  if (record.node && instance_.snapshotter == "overlayfs" && !instance_.preload.empty())
    if (auto preloaded = preload(node_preload(instance_.preload, layout.containerd())); !preloaded)
      base::log::warn("the node begins without images, and pulls them", {{"error", preloaded.error().message}});
  std::vector<fs::path> dirs{layout.dir, layout.pki(), layout.etcd(), layout.logs()};
  if (record.node)
    dirs.insert(dirs.end(),
                {layout.kubelet(), layout.cni(), layout.pod_logs(), layout.container_logs(), layout.containerd()});
  for (const auto& dir : dirs) {
    std::error_code error;
    fs::create_directories(dir, error);
    if (error) return base::Error{base::ErrorCode::kIo, "cannot make " + dir.string() + ": " + error.message()};
  }
  for (const auto& dir : {layout.pki(), layout.etcd()}) {
    std::error_code error;
    fs::permissions(dir, fs::perms::owner_all, error);
    if (error) return base::Error{base::ErrorCode::kIo, "cannot protect " + dir.string() + ": " + error.message()};
  }
  return {};
}

base::Result<void> Cluster::start() {
  const auto record = this->record();
  const auto started = base::system_clock().steady();
  // Whatever an earlier life left: processes of its cgroup, network.
  if (auto cleared = clear_network(); !cleared) return cleared.error();
  if (auto made = prepare_folders(layout_, record); !made) return made.error();
  const auto plan = this->plan(record);
  if (auto pki = ensure_cluster_pki(layout_.pki(), plan.address, plan.node); !pki) return pki.error();
  if (auto made = make_network(record); !made) return made.error();
  auto begun = init_.start(cluster_spec(plan), cluster_config_files(plan));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(base::system_clock().steady() - started);
  if (begun) base::log::info("cluster started", {{"address", plan.address}, {"prepared_ms", took.count()}});
  return begun;
}

base::Result<void> Cluster::make_network(const ClusterRecord& record) const {
  auto lock = lock_machine();  // the last instance to leave takes the folder of network namespaces along
  if (!lock) return lock.error();
  return make_cluster_network(instance_.names, instance_.subnet, record.id, record.host, instance_.mtu);
}

base::Result<void> Cluster::open_relay() {
  auto record = this->record();
  if (!relay_) {
    const base::TcpTarget target{instance_.subnet.host(record.host), 6443};
    auto relay = base::TcpRelay::fixed("127.0.0.1:" + std::to_string(record.local_port), target);
    if (!relay && record.local_port != 0) {
      base::log::warn("the loopback port of the API server is taken; choosing another",
                      {{"port", record.local_port}, {"error", relay.error().message}});
      relay = base::TcpRelay::fixed("127.0.0.1:0", target);
    }
    if (!relay) return relay.error();
    relay_ = std::move(*relay);
  }
  ClusterAccess access;
  access.address = instance_.subnet.host(record.host);
  auto ca = base::read_file(layout_.pki() / "ca.crt");
  if (!ca) return ca.error();
  access.ca_pem = *ca;
  auto admin = load_key_pair(layout_.pki() / "admin.crt", layout_.pki() / "admin.key");
  if (!admin) return admin.error();
  access.admin = *admin;

  record.local_port = relay_->port();
  if (auto saved = base::write_file_atomic(layout_.kubeconfig(), bridge_kubeconfig(record, access), 0600); !saved)
    return saved.error();
  if (auto saved = base::write_file_atomic(layout_.local_kubeconfig(), local_kubeconfig(record, access), 0600); !saved)
    return saved.error();
  auto outputs = save_json(instance_.layout.output(record.id), kube::json::value(terraform_outputs(record, access)));
  if (!outputs) return outputs.error();

  std::lock_guard lock(mutex_);
  record_.local_port = record.local_port;
  access_ = std::move(access);
  return save_json(layout_.record(), record_);
}

base::Result<void> Cluster::clear_network() {
  const auto record = this->record();
  auto removed = remove_cgroup(instance_.names.cgroup(record.id));
  if (!removed) return removed.error();
  remove_cluster_network(instance_.names, record.id, record.host);
  return {};
}

base::Result<void> Cluster::forget() {
  const auto record = this->record();
  relay_.reset();
  if (auto cleared = clear_network(); !cleared) return cleared.error();
  std::error_code error;
  fs::remove(instance_.layout.output(record.id), error);
  // In one step: until then the deletion is taken up again after a crash.
  if (auto moved = trash_.take(layout_.dir); !moved) return moved.error();
  {
    std::lock_guard lock(mutex_);
    gone_ = true;
    init_pid_ = 0;
    phase_ = "gone";
  }
  changed_.notify_all();
  base::log::info("cluster deleted");
  return {};
}

}  // namespace causeway::onebox
