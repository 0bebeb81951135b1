#include "onebox/plan/cluster_plan.hpp"

#include "onebox/plan/addresses.hpp"
#include "onebox/plan/config_files.hpp"

namespace causeway::onebox {

namespace {

using Argv = std::vector<std::string>;

constexpr const char* kApi = "https://127.0.0.1:6443";

class Cluster {
 public:
  explicit Cluster(const ClusterPlan& plan) : plan_(plan) {}

  std::string pki(const std::string& file) const { return (plan_.layout.pki() / file).string(); }
  std::string config(const std::string& file) const { return (plan_.layout.config() / file).string(); }
  ProbeSpec api_probe(ProbeKind kind, const std::string& path) const {
    return {.kind = kind,
            .url = kApi + path,
            .path = "",
            .ca = pki("ca.crt"),
            .cert = pki("admin.crt"),
            .key = pki("admin.key")};
  }
  ComponentSpec program(const std::string& name, Argv arguments) const {
    ComponentSpec spec;
    spec.name = name;
    spec.argv = plan_.kubernetes.command(name);
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    return spec;
  }

  ComponentSpec etcd() const;
  ComponentSpec apiserver() const;
  ComponentSpec controller_manager() const;
  ComponentSpec scheduler() const;
  ComponentSpec containerd() const;
  ComponentSpec kubelet() const;
  ComponentSpec proxy() const;
  ComponentSpec dns() const;

 private:
  const ClusterPlan& plan_;
};

ComponentSpec Cluster::etcd() const {
  auto spec = program("etcd", {
                                  "--name=" + plan_.node,
                                  "--data-dir=" + plan_.layout.etcd().string(),
                                  "--listen-client-urls=https://127.0.0.1:2379",
                                  "--advertise-client-urls=https://127.0.0.1:2379",
                                  "--listen-peer-urls=http://127.0.0.1:2380",
                                  "--initial-advertise-peer-urls=http://127.0.0.1:2380",
                                  "--initial-cluster=" + plan_.node + "=http://127.0.0.1:2380",
                                  "--listen-metrics-urls=http://127.0.0.1:2381",
                                  "--cert-file=" + pki("etcd.crt"),
                                  "--key-file=" + pki("etcd.key"),
                                  "--client-cert-auth",
                                  "--trusted-ca-file=" + pki("etcd-ca.crt"),
                                  "--auto-compaction-retention=8",
                                  "--snapshot-count=10000",
                                  "--log-level=warn",
                              });
  spec.ready = {
      .kind = ProbeKind::Http, .url = "http://127.0.0.1:2381/health", .path = "", .ca = "", .cert = "", .key = ""};
  return spec;
}

ComponentSpec Cluster::apiserver() const {
  auto spec = program("kube-apiserver", {
                                            "--advertise-address=" + plan_.address,
                                            "--bind-address=0.0.0.0",
                                            "--secure-port=6443",
                                            "--etcd-servers=https://127.0.0.1:2379",
                                            "--etcd-cafile=" + pki("etcd-ca.crt"),
                                            "--etcd-certfile=" + pki("apiserver-etcd-client.crt"),
                                            "--etcd-keyfile=" + pki("apiserver-etcd-client.key"),
                                            "--client-ca-file=" + pki("ca.crt"),
                                            "--tls-cert-file=" + pki("apiserver.crt"),
                                            "--tls-private-key-file=" + pki("apiserver.key"),
                                            "--kubelet-client-certificate=" + pki("apiserver-kubelet-client.crt"),
                                            "--kubelet-client-key=" + pki("apiserver-kubelet-client.key"),
                                            "--kubelet-certificate-authority=" + pki("ca.crt"),
                                            "--kubelet-preferred-address-types=InternalIP",
                                            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                                            "--service-account-key-file=" + pki("service-account.pub"),
                                            "--service-account-signing-key-file=" + pki("service-account.key"),
                                            "--service-cluster-ip-range=" + std::string(kServiceCidr),
                                            "--requestheader-client-ca-file=" + pki("front-proxy-ca.crt"),
                                            "--requestheader-allowed-names=front-proxy-client",
                                            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                                            "--requestheader-group-headers=X-Remote-Group",
                                            "--requestheader-username-headers=X-Remote-User",
                                            "--proxy-client-cert-file=" + pki("front-proxy-client.crt"),
                                            "--proxy-client-key-file=" + pki("front-proxy-client.key"),
                                            "--authorization-mode=Node,RBAC",
                                            "--enable-admission-plugins=NodeRestriction",
                                            "--allow-privileged=true",
                                            // On one machine it costs more than it saves.
                                            "--feature-gates=APIResponseCompression=false",
                                            "--profiling=false",
                                        });
  if (!plan_.audit_policy.empty())
    spec.argv.insert(spec.argv.end(), {"--audit-policy-file=" + plan_.audit_policy,
                                       "--audit-log-path=" + (plan_.layout.logs() / "audit.log").string(),
                                       "--audit-log-mode=batch", "--audit-log-maxsize=100", "--audit-log-maxbackup=4"});
  spec.uses = {"etcd"};  // it waits for it by itself, and has enough to do meanwhile
  spec.ready = api_probe(ProbeKind::Http, "/readyz");
  if (plan_.with_node) spec.setup = dns_access();
  spec.stop_seconds = 20;
  return spec;
}

ComponentSpec Cluster::controller_manager() const {
  auto spec = program("kube-controller-manager", {
                                                     "--kubeconfig=" + config("controller-manager.kubeconfig"),
                                                     // Nobody asks it anything; a second goes by over keys for that.
                                                     "--secure-port=0",
                                                     "--leader-elect=false",
                                                     "--use-service-account-credentials=true",
                                                     "--service-account-private-key-file=" + pki("service-account.key"),
                                                     "--root-ca-file=" + pki("ca.crt"),
                                                     "--cluster-signing-cert-file=" + pki("ca.crt"),
                                                     "--cluster-signing-key-file=" + pki("ca.key"),
                                                     "--allocate-node-cidrs=false",
                                                     // Each controller's first request waits its turn: at the default
                                                     // rate, starting takes five seconds.
                                                     "--kube-api-qps=500",
                                                     "--kube-api-burst=1000",
                                                     // A volume that names its claim is bound to it at the next sync;
                                                     // the default is 15 seconds.
                                                     "--pvclaimbinder-sync-period=1s",
                                                     "--profiling=false",
                                                 });
  spec.after = {"kube-apiserver"};
  // Its first visible work; without it no pod is admitted.
  spec.ready = api_probe(ProbeKind::Http, "/api/v1/namespaces/default/serviceaccounts/default");
  return spec;
}

ComponentSpec Cluster::scheduler() const {
  auto spec = program("kube-scheduler", {
                                            "--kubeconfig=" + config("scheduler.kubeconfig"),
                                            "--secure-port=0",
                                            "--leader-elect=false",
                                            "--profiling=false",
                                        });
  spec.after = {"kube-apiserver"};
  return spec;
}

ComponentSpec Cluster::containerd() const {
  ComponentSpec spec;
  spec.name = "containerd";
  spec.argv = {"containerd", "--config", config("containerd.toml")};
  spec.drain_seconds = 5;
  spec.ready = {
      .kind = ProbeKind::Socket, .url = "", .path = "/run/containerd/containerd.sock", .ca = "", .cert = "", .key = ""};
  return spec;
}

ComponentSpec Cluster::kubelet() const {
  auto spec = program("kubelet", {
                                     "--config=" + config("kubelet.yaml"),
                                     "--kubeconfig=" + config("kubelet.kubeconfig"),
                                     "--node-ip=" + plan_.address,
                                     "--hostname-override=" + plan_.node,
                                     "--node-labels=topology.kubernetes.io/region=" + plan_.region +
                                         ",topology.kubernetes.io/zone=" + plan_.region + "-a",
                                 });
  spec.after = {"kube-apiserver", "containerd"};
  spec.ready = api_probe(ProbeKind::Node, "/api/v1/nodes/" + plan_.node);
  return spec;
}

ComponentSpec Cluster::proxy() const {
  auto spec = program("kube-proxy", {"--config=" + config("kube-proxy.yaml")});
  spec.after = {"kube-apiserver"};
  spec.ready = {
      .kind = ProbeKind::Http, .url = "http://127.0.0.1:10256/healthz", .path = "", .ca = "", .cert = "", .key = ""};
  return spec;
}

ComponentSpec Cluster::dns() const {
  auto spec = program("coredns", {"-conf", config("Corefile")});
  spec.after = {"kube-apiserver"};
  spec.ready = {
      .kind = ProbeKind::Http, .url = "http://127.0.0.1:8181/ready", .path = "", .ca = "", .cert = "", .key = ""};
  return spec;
}

}  // namespace

std::vector<std::string> KubernetesPrograms::command(const std::string& program) const {
  if (folder) return {path + "/" + program};
  return {path, program};
}

InitSpec cluster_spec(const ClusterPlan& plan) {
  InitSpec init;
  init.name = plan.id;
  init.netns = plan.netns;
  init.hostname = plan.node;
  init.cgroup = plan.cgroup;
  init.log_dir = plan.layout.logs().string();
  init.control_socket = plan.layout.control().string();
  init.process_file = plan.layout.process().string();
  init.resolv_conf = (plan.layout.config() / "resolv.conf").string();
  init.sysctls = {{"net/ipv4/ip_forward", "1"}, {"net/bridge/bridge-nf-call-iptables", "1"}};
  init.mounts = {{"", "/run", false}};

  const Cluster cluster(plan);
  init.components = {cluster.etcd(), cluster.apiserver(), cluster.controller_manager()};
  if (!plan.with_node) return init;

  init.mounts.push_back({plan.layout.kubelet().string(), "/var/lib/kubelet", true});
  init.mounts.push_back({plan.layout.cni().string(), "/var/lib/cni", false});
  init.mounts.push_back({plan.layout.pod_logs().string(), "/var/log/pods", false});
  init.mounts.push_back({plan.layout.container_logs().string(), "/var/log/containers", false});
  // What kubelet wants to find, and would otherwise set for the whole machine (setupKernelTunables).
  init.shown_sysctls = {{"vm/overcommit_memory", "1"},
                        {"vm/panic_on_oom", "0"},
                        {"kernel/panic", "10"},
                        {"kernel/panic_on_oops", "1"},
                        {"kernel/keys/root_maxkeys", "1000000"},
                        {"kernel/keys/root_maxbytes", "25000000"}};
  init.components.push_back(cluster.scheduler());
  init.components.push_back(cluster.containerd());
  init.components.push_back(cluster.kubelet());
  init.components.push_back(cluster.proxy());
  init.components.push_back(cluster.dns());
  return init;
}

InitSpec shared_spec(const SharedPlan& plan) {
  InitSpec init;
  init.name = std::string(kSharedServices);
  init.cgroup = plan.cgroup;
  init.log_dir = plan.layout.logs().string();
  init.control_socket = plan.layout.control().string();
  init.process_file = plan.layout.process().string();

  ComponentSpec dns;
  dns.name = "dns";
  dns.argv = plan.kubernetes.command("coredns");
  dns.argv.insert(dns.argv.end(), {"-conf", (plan.layout.config() / "Corefile").string()});
  dns.ready = {.kind = ProbeKind::Http,
               .url = "http://" + plan.bridge_address + ":8181/ready",
               .path = "",
               .ca = "",
               .cert = "",
               .key = ""};

  ComponentSpec registry;
  registry.name = "registry";
  registry.argv = {plan.registry_binary, "serve", (plan.layout.config() / "registry.yml").string()};
  registry.ready = {.kind = ProbeKind::Http,
                    .url = "https://" + plan.bridge_address + "/v2/",
                    .path = "",
                    .ca = plan.registry_ca,
                    .cert = "",
                    .key = ""};
  init.components = {dns, registry};
  return init;
}

}  // namespace causeway::onebox
