#include "onebox/plan/config_files.hpp"

#include "onebox/plan/addresses.hpp"

namespace causeway::onebox {

namespace {

using kube::json::array;
using kube::json::object;
using kube::json::serialize;
using kube::json::value;

// TOML basic strings, and JSON's, escape alike for the characters paths have.
std::string quoted(const std::string& text) {
  return serialize(value(kube::json::string(text)));
}

// YAML is a superset of JSON: configuration objects are written as such.
std::string kubelet_config(const ClusterPlan& plan) {
  const auto pki = plan.layout.pki();
  return serialize(object{
             {"apiVersion", "kubelet.config.k8s.io/v1beta1"},
             {"kind", "KubeletConfiguration"},
             {"authentication", object{{"anonymous", object{{"enabled", false}}},
                                       {"webhook", object{{"enabled", true}}},
                                       {"x509", object{{"clientCAFile", (pki / "ca.crt").string()}}}}},
             {"authorization", object{{"mode", "Webhook"}}},
             {"tlsCertFile", (pki / "kubelet.crt").string()},
             {"tlsPrivateKeyFile", (pki / "kubelet.key").string()},
             {"healthzBindAddress", "127.0.0.1"},
             {"containerRuntimeEndpoint", "unix:///run/containerd/containerd.sock"},
             {"cgroupDriver", "cgroupfs"},
             {"cgroupsPerQOS", false},
             {"enforceNodeAllocatable", array{}},
             // Without cgroups of QoS classes Kubernetes 1.34's kubelet dies of a null pointer (doPodResizeAction) when
             // it finds a container's resources changed, as those of one that was just killed (kubernetes#137999).
             {"featureGates", object{{"InPlacePodVerticalScaling", false}}},
             {"failSwapOn", false},
             {"evictionHard", object{}},
             {"imageGCHighThresholdPercent", 100},
             {"localStorageCapacityIsolation", false},
             {"clusterDomain", "cluster.local"},
             {"clusterDNS", array{value(plan.address)}},
             {"resolvConf", (plan.layout.config() / "resolv.conf").string()},
             {"maxPods", 250},
             {"serializeImagePulls", false},
             {"registryPullQPS", 0},
             // Its default is a folder of the machine, which kubelet would create.
             {"volumePluginDir", "/var/lib/kubelet/volume-plugins"},
         }) +
         "\n";
}

std::string proxy_config(const ClusterPlan& plan) {
  return serialize(object{
             {"apiVersion", "kubeproxy.config.k8s.io/v1alpha1"},
             {"kind", "KubeProxyConfiguration"},
             {"clientConnection", object{{"kubeconfig", (plan.layout.config() / "kube-proxy.kubeconfig").string()}}},
             {"mode", "iptables"},
             {"clusterCIDR", kPodCidr},
             {"hostnameOverride", plan.node},
             {"healthzBindAddress", "127.0.0.1:10256"},
             {"metricsBindAddress", "127.0.0.1:10249"},
             // Limits of the whole machine are not ours to change.
             {"conntrack",
              object{{"maxPerCore", 0}, {"min", 0}, {"tcpEstablishedTimeout", "0s"}, {"tcpCloseWaitTimeout", "0s"}}},
         }) +
         "\n";
}

std::string containerd_config(const ClusterPlan& plan) {
  const std::string root = plan.layout.containerd().string();
  return "version = 2\n"
         "root = " +
         quoted(root) +
         "\n"
         "state = \"/run/containerd\"\n"
         "disabled_plugins = [\"io.containerd.internal.v1.tracing\", \"io.containerd.tracing.processor.v1.otlp\","
         " \"io.containerd.snapshotter.v1.aufs\", \"io.containerd.snapshotter.v1.btrfs\","
         " \"io.containerd.snapshotter.v1.devmapper\", \"io.containerd.snapshotter.v1.zfs\"]\n"
         "[grpc]\n"
         "  address = \"/run/containerd/containerd.sock\"\n"
         // Its default is /opt/containerd, which containerd would create.
         "[plugins.\"io.containerd.internal.v1.opt\"]\n"
         "  path = " +
         quoted(root + "/opt") +
         "\n"
         "[plugins.\"io.containerd.grpc.v1.cri\"]\n"
         "  sandbox_image = " +
         quoted(plan.pause_image) +
         "\n"
         "  restrict_oom_score_adj = true\n"
         "  tolerate_missing_hugetlb_controller = true\n"
         "  [plugins.\"io.containerd.grpc.v1.cri\".containerd]\n"
         "    snapshotter = " +
         quoted(plan.snapshotter) +
         "\n"
         "    default_runtime_name = \"runc\"\n"
         "    [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n"
         "      runtime_type = \"io.containerd.runc.v2\"\n"
         "      [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n"
         "        SystemdCgroup = false\n"
         "  [plugins.\"io.containerd.grpc.v1.cri\".cni]\n"
         "    bin_dir = " +
         quoted(plan.cni_plugins) +
         "\n"
         "    conf_dir = " +
         quoted((plan.layout.config() / "cni").string()) +
         "\n"
         "  [plugins.\"io.containerd.grpc.v1.cri\".registry]\n"
         "    config_path = " +
         quoted((plan.layout.config() / "registries").string()) + "\n";
}

// The region's pull-through cache first, when it runs; then the registry itself.
std::string registry_hosts(const ClusterPlan& plan) {
  const std::string registry = "https://" + std::string(kRegistryHost);
  return "server = " + quoted(registry) +
         "\n"
         "[host.\"http://" +
         plan.address +
         ":5000\"]\n"
         "  capabilities = [\"pull\", \"resolve\"]\n"
         "[host." +
         quoted(registry) +
         "]\n"
         "  capabilities = [\"pull\", \"resolve\", \"push\"]\n"
         "  ca = " +
         quoted(plan.registry_ca) + "\n";
}

std::string cni_config(const ClusterPlan& plan) {
  object bridge{{"type", "bridge"},
                {"bridge", "cni0"},
                {"isGateway", true},
                {"ipMasq", true},
                {"hairpinMode", true},
                {"mtu", plan.mtu},
                {"ipam", object{{"type", "host-local"},
                                {"ranges", array{array{object{{"subnet", kPodCidr}}}}},
                                {"routes", array{object{{"dst", "0.0.0.0/0"}}}},
                                // Forgotten with the pods when the cluster is started anew.
                                {"dataDir", "/run/cni/networks"}}}};
  object portmap{{"type", "portmap"}, {"capabilities", object{{"portMappings", true}}}, {"snat", true}};
  return serialize(object{{"cniVersion", "0.4.0"}, {"name", "causeway"}, {"plugins", array{bridge, portmap}}}) + "\n";
}

std::string cluster_corefile(const ClusterPlan& plan) {
  const std::string kubeconfig = (plan.layout.config() / "coredns.kubeconfig").string();
  return ".:53 {\n"
         "    bind " +
         plan.address +
         " 127.0.0.1\n"
         "    errors\n"
         "    ready 127.0.0.1:8181\n"
         "    hosts {\n"
         "        " +
         plan.bridge_address + " " + std::string(kRegistryHost) +
         "\n"
         "        no_reverse\n"
         "        fallthrough\n"
         "    }\n"
         "    kubernetes cluster.local in-addr.arpa ip6.arpa {\n"
         "        kubeconfig " +
         kubeconfig +
         "\n"
         "        pods insecure\n"
         "        fallthrough in-addr.arpa ip6.arpa\n"
         "        ttl 5\n"
         "    }\n"
         "    forward . " +
         plan.bridge_address +
         "\n"
         "    cache 30\n"
         "    loadbalance\n"
         "}\n";
}

}  // namespace

std::string component_kubeconfig(const ClusterPlan& plan, const std::string& certificate) {
  const auto pki = plan.layout.pki();
  return serialize(object{
             {"apiVersion", "v1"},
             {"kind", "Config"},
             {"clusters", array{object{{"name", "local"},
                                       {"cluster", object{{"server", "https://127.0.0.1:6443"},
                                                          {"certificate-authority", (pki / "ca.crt").string()}}}}}},
             {"users", array{object{{"name", certificate},
                                    {"user", object{{"client-certificate", (pki / (certificate + ".crt")).string()},
                                                    {"client-key", (pki / (certificate + ".key")).string()}}}}}},
             {"contexts",
              array{object{{"name", "local"}, {"context", object{{"cluster", "local"}, {"user", certificate}}}}}},
             {"current-context", "local"},
         }) +
         "\n";
}

std::vector<SetupObject> dns_access() {
  const auto rules = array{object{{"apiGroups", array{""}},
                                  {"resources", array{"endpoints", "services", "pods", "namespaces"}},
                                  {"verbs", array{"list", "watch"}}},
                           object{{"apiGroups", array{"discovery.k8s.io"}},
                                  {"resources", array{"endpointslices"}},
                                  {"verbs", array{"list", "watch"}}}};
  const std::string group = "rbac.authorization.k8s.io";
  object role{{"apiVersion", group + "/v1"},
              {"kind", "ClusterRole"},
              {"metadata", object{{"name", "system:coredns"}}},
              {"rules", rules}};
  object binding{{"apiVersion", group + "/v1"},
                 {"kind", "ClusterRoleBinding"},
                 {"metadata", object{{"name", "system:coredns"}}},
                 {"roleRef", object{{"apiGroup", group}, {"kind", "ClusterRole"}, {"name", "system:coredns"}}},
                 {"subjects", array{object{{"apiGroup", group}, {"kind", "User"}, {"name", "system:coredns"}}}}};
  return {{"/apis/" + group + "/v1/clusterroles", role}, {"/apis/" + group + "/v1/clusterrolebindings", binding}};
}

ConfigFiles cluster_config_files(const ClusterPlan& plan) {
  ConfigFiles files;
  files["controller-manager.kubeconfig"] = component_kubeconfig(plan, "controller-manager");
  files["resolv.conf"] = "nameserver " + plan.bridge_address + "\n";
  if (!plan.with_node) return files;
  files["scheduler.kubeconfig"] = component_kubeconfig(plan, "scheduler");
  files["kubelet.kubeconfig"] = component_kubeconfig(plan, "kubelet-client");
  files["kube-proxy.kubeconfig"] = component_kubeconfig(plan, "kube-proxy");
  files["coredns.kubeconfig"] = component_kubeconfig(plan, "coredns");
  files["kubelet.yaml"] = kubelet_config(plan);
  files["kube-proxy.yaml"] = proxy_config(plan);
  files["containerd.toml"] = containerd_config(plan);
  files["cni/10-causeway.conflist"] = cni_config(plan);
  files["registries/" + std::string(kRegistryHost) + "/hosts.toml"] = registry_hosts(plan);
  files["Corefile"] = cluster_corefile(plan);
  return files;
}

ConfigFiles shared_config_files(const SharedPlan& plan, const std::string& registry_storage,
                                const std::string& registry_secret) {
  ConfigFiles files;
  files["Corefile"] =
      ".:53 {\n"
      "    bind " +
      plan.bridge_address +
      "\n"
      "    errors\n"
      "    ready " +
      plan.bridge_address +
      ":8181\n"
      "    hosts {\n"
      "        " +
      plan.bridge_address + " " + std::string(kRegistryHost) +
      "\n"
      "        no_reverse\n"
      "        fallthrough\n"
      "    }\n"
      "    forward . /etc/resolv.conf\n"
      "    cache 30\n"
      "    loadbalance\n"
      "}\n";
  const auto pki = plan.layout.pki();
  files["registry.yml"] = serialize(object{
                              {"version", "0.1"},
                              {"log", object{{"level", "warn"}, {"accesslog", object{{"disabled", true}}}}},
                              {"storage", object{{"filesystem", object{{"rootdirectory", registry_storage}}},
                                                 {"delete", object{{"enabled", true}}},
                                                 {"cache", object{{"blobdescriptor", "inmemory"}}}}},
                              {"http", object{{"addr", plan.bridge_address + ":443"},
                                              {"secret", registry_secret},
                                              {"tls", object{{"certificate", (pki / "registry.crt").string()},
                                                             {"key", (pki / "registry.key").string()}}}}},
                          }) +
                          "\n";
  return files;
}

}  // namespace causeway::onebox
