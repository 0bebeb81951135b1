// A region is installed, registered, revoked and removed: from the hub's side, with real API servers on both.

#include <filesystem>

#include "base/files.hpp"
#include "operator/federation/names.hpp"
#include "tests/integration/federation_fixture.hpp"
#include "tests/integration/other_api_server.hpp"

namespace causeway::op::federation {
namespace {

namespace fs = std::filesystem;
namespace resources = kube::resources;

// The hub is the region as well, unless a test says otherwise; its causeway-system is the test's namespace.
class RegionJoin : public FederationTest {
 protected:
  void SetUp() override {
    FederationTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    settings.system_namespace = ns;
    settings.hub_url = config.server;
    settings.region_manifests = folder.path() / "region";
    settings.images = {{"operator", "causeway/operator:1"}, {"registry", "causeway/registry:1"}};
    for (const char* part : {"region", "crds"}) fs::create_directories(folder.path() / part);
    auto ca = kube::make_object(resources::kConfigMap, ns, "kube-root-ca.crt");
    ca["data"] = {{"ca.crt", config.tls.ca_pem}};
    ASSERT_TRUE(client->create(resources::kConfigMap, ca).ok());
  }

  ::testing::AssertionResult joins(const crds::Cluster& c, const kube::ClientConfig& region) {
    const auto state = bootstrap(*client, c, {region}, settings);
    if (!state) return ::testing::AssertionFailure() << state.error().message;
    return state->done ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << state->message;
  }
  std::string handed(std::string_view key) {
    const auto secret = client->get(resources::kSecret, ns, kHubSecret);
    return secret ? kube::secret_value(*secret, key).value_or("") : secret.error().message;
  }
  std::string reported() {
    const auto map = client->get(resources::kConfigMap, home, kRegionReport);
    return map ? std::string(kube::string_at(*map, "data.report")) : map.error().message;
  }
  void report(const std::string& token, const std::string& uid) {
    const kube::Object patch{{"data", {{"report", R"({"uid":")" + uid + "\"}"}}}};
    const auto r = with_token(token)->patch(resources::kConfigMap, home, kRegionReport, kube::PatchType::kMerge, patch);
    EXPECT_TRUE(r.ok()) << r.error().message;
  }
  int code_with(const std::string& token) { return code_of(*with_token(token), "GET", resources::kSecret.path(home)); }

  Settings settings;
  base::TemporaryDirectory folder{"region-join"};
};

TEST_F(RegionJoin, ARevokedRegionIsHandedANewCredential) {
  ASSERT_TRUE(joins(cluster, config));
  const auto first = handed("token");
  EXPECT_EQ(code_with(first), 200);
  ASSERT_TRUE(joins(cluster, config));
  EXPECT_EQ(handed("token"), first) << "one that is good is left to the region";
  report(first, "somebody-else");

  ASSERT_TRUE(client->remove(resources::kSecret, home, kRegionCredential).ok());
  EXPECT_TRUE(kube::eventually([&] { return code_with(first) == 401; }));
  ASSERT_TRUE(ensure_hub_side(*client, cluster, settings).ok());
  ASSERT_TRUE(joins(cluster, config));
  EXPECT_NE(handed("token"), first);
  EXPECT_EQ(code_with(handed("token")), 200);
  EXPECT_EQ(code_with(first), 401) << "also now that the Secret is there again";
  EXPECT_EQ(reported(), "") << "what the thief reported would refuse the region";

  const auto own = client->get(resources::kNamespace, "", "kube-system");
  report(handed("token"), std::string(kube::uid_of(*own)));
  ASSERT_TRUE(client->remove(resources::kSecret, home, kRegionCredential).ok());
  ASSERT_TRUE(ensure_hub_side(*client, cluster, settings).ok());
  ASSERT_TRUE(joins(cluster, config));
  EXPECT_NE(reported(), "") << "its own report stays";
}

TEST_F(RegionJoin, TwoClustersOfOneRegionDoNotFight) {
  const auto create = [&](const char* name) {
    crds::Cluster c;
    c.metadata.name = name;
    c.metadata.namespace_ = ns;
    c.spec.source.kubeconfig_ref = crds::KubeconfigRef{.name = "region"};
    const auto made = client->create(crds::Cluster::kResource, kube::encode(c));
    EXPECT_TRUE(made.ok()) << made.error().message;
    c.metadata.uid = kube::uid_of(*made);
    EXPECT_TRUE(ensure_hub_side(*client, c, settings).ok());
    return c;
  };
  const auto one = create("one"), two = create("two");
  ASSERT_TRUE(joins(one, config));
  const auto refused = bootstrap(*client, two, {config}, settings);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, kDuplicateRegistration);
  EXPECT_NE(refused.error().message.find("Cluster " + ns + "/one"), std::string::npos) << refused.error().message;
  EXPECT_EQ(handed("namespace"), region_namespace(one));
  EXPECT_TRUE(joins(one, config)) << "the first is not bothered by it";

  // One that is gone without a trace but its namespace holds nobody off.
  ASSERT_TRUE(client->remove(crds::Cluster::kResource, ns, "one").ok());
  EXPECT_TRUE(joins(two, config));
  EXPECT_EQ(handed("namespace"), region_namespace(two));
  (void)client->remove(crds::Cluster::kResource, ns, "two");
  for (const auto& c : {one, two}) (void)remove_hub_side(*client, c);
}

class RegionLeaves : public RegionJoin {
 protected:
  void SetUp() override {
    RegionJoin::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const fs::path source(CAUSEWAY_SOURCE_DIR);
    for (const char* file : {"operator.yaml", "rbac.yaml", "registry-cache.yaml"}) {
      auto text = base::read_file(source / "manifests/region" / file);
      ASSERT_TRUE(text.ok());
      const std::string_view system = "causeway-system";
      for (auto at = text->find(system); at != text->npos; at = text->find(system, at))
        text->replace(at, system.size(), ns);
      ASSERT_TRUE(base::write_file_atomic(settings.region_manifests / file, *text).ok());
    }
    fs::copy_file(source / "crds/assignment/crd.yaml", folder.path() / "crds/assignment.yaml");
    ASSERT_TRUE(other.start());
    auto loaded = kube::load_kubeconfig(other.kubeconfig());
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    region_config = *loaded;
    region = std::make_unique<kube::Client>(region_config);
    cluster.spec.source.kubeconfig_ref = crds::KubeconfigRef{.name = "region"};
    ASSERT_TRUE(joins(cluster, region_config));
    ASSERT_TRUE(installed());
  }

  bool installed() {
    return region->get(resources::kDeployment, ns, "causeway-operator-region").ok() &&
           region->get(resources::kClusterRole, "", "causeway-operator-region").ok() &&
           region->get(resources::kSecret, ns, kHubSecret).ok() &&
           region->get(resources::kCustomResourceDefinition, "", "assignments.causeway.dev").ok();
  }
  std::string leaves(const crds::Cluster& c) {
    const auto left = unbootstrap(*client, c, {region_config}, settings);
    return left ? *left : "error: " + left.error().message;
  }

  test::OtherApiServer other;
  kube::ClientConfig region_config;
  std::unique_ptr<kube::Client> region;
};

TEST_F(RegionLeaves, WithItsClusterAndLeavesNothingBehind) {
  auto stranger = cluster;
  stranger.metadata.uid = base::uuid4();
  EXPECT_EQ(leaves(stranger), "");
  EXPECT_TRUE(installed()) << "a Cluster that was never bound to it";
  ASSERT_TRUE(test::install_crd(*region, "cluster"));
  EXPECT_EQ(leaves(cluster), "");
  EXPECT_TRUE(installed()) << "a hub of its own";
  ASSERT_TRUE(region->remove(resources::kCustomResourceDefinition, "", "clusters.causeway.dev").ok());
  const auto gone = [&](const kube::ResourceType& type, const std::string& name) {
    return kube::eventually([&] {
      const auto object = region->get(type, type.namespaced ? ns : "", name);
      return !object && object.error().not_found();
    });
  };
  ASSERT_TRUE(gone(resources::kCustomResourceDefinition, "clusters.causeway.dev"));

  EXPECT_EQ(leaves(cluster), "");
  EXPECT_TRUE(gone(resources::kDeployment, "causeway-operator-region"));
  EXPECT_TRUE(gone(resources::kConfigMap, "registry-cache"));
  EXPECT_TRUE(gone(resources::kRoleBinding, "causeway-operator-region"));
  EXPECT_TRUE(gone(resources::kClusterRole, "causeway-operator-region"));
  EXPECT_TRUE(gone(resources::kClusterRoleBinding, "causeway-operator-region"));
  EXPECT_TRUE(gone(resources::kCustomResourceDefinition, "assignments.causeway.dev"));
  const auto system = region->get(resources::kNamespace, "", ns);
  EXPECT_TRUE(!system || kube::deleting(*system)) << "no controller of namespaces runs there";
  const auto here = client->get(resources::kNamespace, "", ns);
  EXPECT_TRUE(here && !kube::deleting(*here)) << "the hub's own has the same name";
}

TEST_F(RegionLeaves, NotFromARegionThatCallsSomebodyElseByNow) {
  const kube::Object patch{{"stringData", {{"namespace", "cluster-ffffffff"}}}};
  ASSERT_TRUE(region->patch(resources::kSecret, ns, kHubSecret, kube::PatchType::kMerge, patch).ok());
  EXPECT_EQ(leaves(cluster), "");
  EXPECT_TRUE(installed());
}

TEST_F(RegionLeaves, OrItIsSaidWhatStaysAndHowToRemoveIt) {
  other.stop();
  region_config.max_retries = 0;
  const auto said = leaves(cluster);
  EXPECT_NE(said.find("kubectl delete namespace " + ns), said.npos) << said;
  (void)remove_hub_side(*client, cluster);
  EXPECT_EQ(leaves(cluster), "") << "said once";
}

TEST_F(RegionJoin, TheHubItselfIsNeverTakenApart) {
  cluster.spec.source.kubeconfig_ref = crds::KubeconfigRef{.name = "region"};
  ASSERT_TRUE(joins(cluster, config));
  const auto left = unbootstrap(*client, cluster, {config}, settings);
  ASSERT_TRUE(left.ok());
  EXPECT_EQ(*left, "");
  EXPECT_TRUE(client->get(resources::kSecret, ns, kHubSecret).ok());
  const auto system = client->get(resources::kNamespace, "", ns);
  EXPECT_TRUE(system && !kube::deleting(*system));
}

}  // namespace
}  // namespace causeway::op::federation
