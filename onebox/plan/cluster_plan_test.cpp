#include "onebox/plan/cluster_plan.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onebox/plan/config_files.hpp"

namespace causeway::onebox {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

ClusterPlan example() {
  ClusterPlan plan;
  plan.id = "0d5c";
  plan.node = "berlin";
  plan.region = "local-2";
  plan.address = "10.213.7.3";
  plan.bridge_address = "10.213.7.1";
  plan.netns = "/run/netns/cw-a1b2c3-0d5c";
  plan.cgroup = "/causeway-a1b2c3/0d5c";
  plan.layout = ClusterLayout{"/data/onebox/clusters/0d5c"};
  plan.kubernetes = {"/opt/causeway-kubernetes", false};
  plan.pause_image = "registry.causeway.internal/causeway/pause:1";
  plan.registry_ca = "/data/onebox/ca.pem";
  plan.snapshotter = "overlayfs";
  plan.cni_plugins = "/usr/lib/cni";
  plan.mtu = 1400;
  return plan;
}

std::vector<std::string> names(const InitSpec& spec) {
  std::vector<std::string> out;
  for (const auto& c : spec.components) out.push_back(c.name);
  return out;
}

const ComponentSpec& component(const InitSpec& spec, const std::string& name) {
  auto it = std::ranges::find_if(spec.components, [&](const ComponentSpec& c) { return c.name == name; });
  if (it == spec.components.end()) throw std::logic_error("no component " + name);
  return *it;
}

kube::Object json_of(const std::string& text) {
  return kube::json::parse(text).as_object();
}

TEST(ClusterSpec, WithANodeHasEveryProcessOfACluster) {
  EXPECT_THAT(names(cluster_spec(example())),
              ElementsAre("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "containerd",
                          "kubelet", "kube-proxy", "coredns"));
}

TEST(ClusterSpec, AuditsWhereThereIsAPolicy) {
  auto plan = example();
  EXPECT_THAT(component(cluster_spec(plan), "kube-apiserver").argv, Not(Contains(HasSubstr("audit"))));
  plan.audit_policy = "/etc/audit.yaml";
  const auto argv = component(cluster_spec(plan), "kube-apiserver").argv;
  EXPECT_THAT(argv, Contains("--audit-policy-file=/etc/audit.yaml"));
  EXPECT_THAT(argv, Contains("--audit-log-path=/data/onebox/clusters/0d5c/logs/audit.log"));
}

TEST(ClusterSpec, WithoutANodeIsTheControlPlaneAndTouchesNoFolderOfTheMachine) {
  auto plan = example();
  plan.with_node = false;
  const auto spec = cluster_spec(plan);
  EXPECT_THAT(names(spec), ElementsAre("etcd", "kube-apiserver", "kube-controller-manager"));
  ASSERT_EQ(spec.mounts.size(), 1u);
  EXPECT_EQ(spec.mounts[0].target, "/run");
  EXPECT_TRUE(component(spec, "kube-apiserver").setup.empty());
}

TEST(ClusterSpec, OrderIsByWhatEachNeeds) {
  const auto spec = cluster_spec(example());
  EXPECT_THAT(component(spec, "kube-apiserver").uses, ElementsAre("etcd"));
  EXPECT_THAT(component(spec, "kubelet").after, ElementsAre("kube-apiserver", "containerd"));
  for (const auto& c : spec.components)
    for (const auto& needed : c.after) EXPECT_THAT(names(spec), Contains(needed)) << c.name;
}

TEST(ClusterSpec, StoreAndSecretsAreReachableWithCertificatesOnly) {
  const auto spec = cluster_spec(example());
  const auto& etcd = component(spec, "etcd").argv;
  EXPECT_THAT(etcd, Contains("--client-cert-auth"));
  EXPECT_THAT(etcd, Contains("--listen-client-urls=https://127.0.0.1:2379"));
  const auto& api = component(spec, "kube-apiserver").argv;
  EXPECT_THAT(api, Contains("--authorization-mode=Node,RBAC"));
  EXPECT_THAT(api, Contains("--etcd-servers=https://127.0.0.1:2379"));
  EXPECT_THAT(api, Not(Contains(HasSubstr("anonymous"))));
}

TEST(ClusterSpec, KeepsKubeletFromChangingTheMachine) {
  const auto spec = cluster_spec(example());
  EXPECT_EQ(spec.shown_sysctls.at("vm/overcommit_memory"), "1");
  auto kubelet = std::ranges::find_if(spec.mounts, [](const MountSpec& m) { return m.target == "/var/lib/kubelet"; });
  ASSERT_NE(kubelet, spec.mounts.end());
  EXPECT_TRUE(kubelet->shared);
  EXPECT_EQ(kubelet->source, "/data/onebox/clusters/0d5c/kubelet");
}

TEST(ClusterSpec, SurvivesItsWayThroughAFile) {
  const auto spec = cluster_spec(example());
  auto read = kube::from_json<InitSpec>(kube::json::parse(kube::json::serialize(kube::to_json(spec))));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, spec);
}

TEST(Programs, AreOneFileOrAFolder) {
  EXPECT_THAT((KubernetesPrograms{"/opt/all", false}.command("etcd")), ElementsAre("/opt/all", "etcd"));
  EXPECT_THAT((KubernetesPrograms{"/opt/bin", true}.command("etcd")), ElementsAre("/opt/bin/etcd"));
}

TEST(ConfigFiles, OfKubeletAreWhatWasTried) {
  const auto kubelet = json_of(cluster_config_files(example()).at("kubelet.yaml"));
  EXPECT_EQ(kube::string_at(kubelet, "cgroupDriver"), "cgroupfs");
  EXPECT_FALSE(kube::bool_at(kubelet, "cgroupsPerQOS", true));
  EXPECT_FALSE(kube::bool_at(kubelet, "featureGates.InPlacePodVerticalScaling", true));
  EXPECT_FALSE(kube::bool_at(kubelet, "failSwapOn", true));
  EXPECT_FALSE(kube::bool_at(kubelet, "authentication.anonymous.enabled", true));
  const auto* enforced = kube::array_at(kubelet, "enforceNodeAllocatable");
  ASSERT_TRUE(enforced);
  EXPECT_TRUE(enforced->empty());
  const auto* dns = kube::array_at(kubelet, "clusterDNS");
  ASSERT_TRUE(dns);
  EXPECT_EQ(*dns, (kube::json::array{"10.213.7.3"}));
}

TEST(ConfigFiles, CniHasABridgePluginWithHostLocalRanges) {
  const auto cni = json_of(cluster_config_files(example()).at("cni/10-causeway.conflist"));
  const auto* plugins = kube::array_at(cni, "plugins");
  ASSERT_TRUE(plugins);
  ASSERT_EQ(plugins->size(), 2u);
  const auto& bridge = plugins->at(0).as_object();
  EXPECT_EQ(kube::string_at(bridge, "type"), "bridge");
  EXPECT_EQ(kube::int_at(bridge, "mtu"), 1400);
  const auto& ranges = kube::find(bridge, "ipam.ranges")->as_array();  // a list of lists
  EXPECT_EQ(kube::string_at(ranges.at(0).as_array().at(0).as_object(), "subnet"), "10.244.0.0/16");
  EXPECT_EQ(kube::string_at(plugins->at(1).as_object(), "type"), "portmap");
}

TEST(ConfigFiles, ContainerdAsksTheRegionsCacheFirst) {
  const auto files = cluster_config_files(example());
  const auto& hosts = files.at("registries/registry.causeway.internal/hosts.toml");
  const auto cache = hosts.find("http://10.213.7.3:5000"), registry = hosts.find("[host.\"https://registry.causeway");
  ASSERT_NE(cache, std::string::npos);
  ASSERT_NE(registry, std::string::npos);
  EXPECT_LT(cache, registry);
  EXPECT_THAT(hosts, HasSubstr("ca = \"/data/onebox/ca.pem\""));
  const auto& containerd = files.at("containerd.toml");
  EXPECT_THAT(containerd, HasSubstr("root = \"/data/onebox/clusters/0d5c/containerd\""));
  EXPECT_THAT(containerd, HasSubstr("restrict_oom_score_adj = true"));
  EXPECT_THAT(containerd, HasSubstr("SystemdCgroup = false"));
}

TEST(ConfigFiles, DnsKnowsTheRegistryAndForwardsToTheBridge) {
  const auto corefile = cluster_config_files(example()).at("Corefile");
  EXPECT_THAT(corefile, HasSubstr("10.213.7.1 registry.causeway.internal"));
  EXPECT_THAT(corefile, HasSubstr("forward . 10.213.7.1"));
  EXPECT_THAT(corefile, HasSubstr("kubernetes cluster.local"));
  EXPECT_EQ(cluster_config_files(example()).at("resolv.conf"), "nameserver 10.213.7.1\n");
}

TEST(SharedServices, RegistryHasTlsAndDeletesManifests) {
  SharedPlan plan{.bridge_address = "10.213.7.1",
                  .cgroup = "/causeway-a1b2c3/shared",
                  .layout = ClusterLayout{"/data/onebox/shared"},
                  .kubernetes = {"/opt/all", false},
                  .registry_binary = "/usr/bin/docker-registry",
                  .registry_ca = "/data/onebox/ca.pem"};
  const auto registry = json_of(shared_config_files(plan, "/data/onebox/registry", "s3cret").at("registry.yml"));
  EXPECT_EQ(kube::string_at(registry, "http.addr"), "10.213.7.1:443");
  EXPECT_FALSE(kube::string_at(registry, "http.tls.certificate").empty());
  EXPECT_TRUE(kube::bool_at(registry, "storage.delete.enabled"));
  EXPECT_EQ(kube::string_at(registry, "storage.filesystem.rootdirectory"), "/data/onebox/registry");
  const auto spec = shared_spec(plan);
  EXPECT_TRUE(spec.netns.empty());
  EXPECT_THAT(names(spec), ElementsAre("dns", "registry"));
}

}  // namespace
}  // namespace causeway::onebox
