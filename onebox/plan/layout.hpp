#pragma once
// Where everything of an instance is on disk.

#include <filesystem>
#include <string>
#include <string_view>

namespace causeway::onebox {

struct ClusterLayout {
  std::filesystem::path dir;

  auto record() const { return dir / "record.json"; }    // what was asked for
  auto process() const { return dir / "process.json"; }  // the running init
  auto spec() const { return dir / "init.json"; }        // what init starts
  auto control() const { return dir / "control.sock"; }  // init's own API
  auto logs() const { return dir / "logs"; }
  auto pki() const { return dir / "pki"; }
  auto config() const { return dir / "config"; }
  auto etcd() const { return dir / "etcd"; }
  auto containerd() const { return dir / "containerd"; }
  auto kubelet() const { return dir / "kubelet"; }
  auto cni() const { return dir / "cni"; }
  auto pod_logs() const { return dir / "pod-logs"; }
  auto container_logs() const { return dir / "container-logs"; }
  auto kubeconfig() const { return dir / "kubeconfig"; }
  auto local_kubeconfig() const { return dir / "kubeconfig.local"; }
};

struct Layout {
  std::filesystem::path data;  // absolute

  auto root() const { return data / "onebox"; }
  auto socket() const { return root() / "onebox.sock"; }
  auto lock() const { return root() / "serve.lock"; }
  auto instance() const { return root() / "instance.json"; }
  auto service() const { return root() / "service.json"; }  // the running service's process
  auto ca() const { return root() / "ca.pem"; }
  auto ca_key() const { return root() / "ca.key"; }
  auto registry() const { return root() / "registry"; }
  auto outputs() const { return root() / "outputs"; }
  auto output(std::string_view cluster) const { return outputs() / (std::string(cluster) + ".json"); }
  auto trash() const { return root() / "trash"; }
  auto clusters() const { return root() / "clusters"; }
  // The registry and the bridge's DNS: run by an init like a cluster's.
  ClusterLayout shared() const { return {root() / "shared"}; }
  ClusterLayout cluster(std::string_view id) const { return {clusters() / std::string(id)}; }
};

}  // namespace causeway::onebox
