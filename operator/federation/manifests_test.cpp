// The manifests as they are in the tree, read as the hub reads them.

#include "operator/federation/manifests.hpp"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

#include "base/files.hpp"

namespace causeway::op::federation {
namespace {

namespace fs = std::filesystem;

// As in the operator's image: the gateway's manifests beside those of the region, the CRDs next to them.
class RegionManifests : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path source(CAUSEWAY_SOURCE_DIR);
    fs::create_directories(folder.path() / "crds");
    fs::copy(source / "manifests/region", folder.path() / "region");
    fs::remove(folder.path() / "region/kustomization.yaml");
    fs::copy_file(source / "crds/assignment/crd.yaml", folder.path() / "crds/assignment.yaml");
    settings.region_manifests = folder.path() / "region";
    settings.images = {{"operator", "host/operator:1"}, {"registry", "host/registry:1"}, {"traefik", "host/traefik:1"}};
    settings.registry_host = "registry.example:5443";
    settings.hub_url = "https://hub.example:16443";
  }

  std::string policy(std::string_view name) {
    const auto all = region_manifests(settings);
    EXPECT_TRUE(all.ok()) << all.error().message;
    if (!all) return {};
    const auto found = std::find_if(
        all->begin(), all->end(), [&](const Manifest& m) { return m.type.kind == "NetworkPolicy" && m.name == name; });
    return found == all->end() ? std::string{} : found->yaml;
  }

  base::TemporaryDirectory folder{"region-manifests"};
  Settings settings;
};

TEST_F(RegionManifests, BringTheClassBeforeThePodsThatHaveIt) {
  const auto all = region_manifests(settings);
  ASSERT_TRUE(all.ok()) << all.error().message;
  const auto first = [&](std::string_view kind) {
    return std::find_if(all->begin(), all->end(), [&](const Manifest& m) { return m.type.kind == kind; });
  };
  EXPECT_EQ(all->front().name, "assignments.causeway.dev");
  ASSERT_NE(first("PriorityClass"), all->end());
  EXPECT_LT(first("PriorityClass"), first("Deployment"));
  EXPECT_LT(first("PriorityClass"), first("DaemonSet"));
}

TEST_F(RegionManifests, LetTheRegionDialWhereTheHubAndTheRegistryAre) {
  EXPECT_NE(policy("operator-region").find("port: 16443"), std::string::npos);
  EXPECT_NE(policy("registry-cache").find("port: 5443"), std::string::npos);
  settings.registry_host = "registry.example";
  EXPECT_NE(policy("registry-cache").find("port: 443"), std::string::npos);
}

TEST_F(RegionManifests, SayWhichSettingIsNoAddress) {
  settings.hub_url = "hub.example:6443";
  const auto all = region_manifests(settings);
  ASSERT_FALSE(all.ok());
  EXPECT_NE(all.error().message.find("hub.url"), std::string::npos) << all.error().message;
}

std::string config_map(const std::string& value) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata: {key: \"" + value + "\"}\n";
}

TEST(Manifests, VariablesAreReplaced) {
  const auto read = parse_manifests(config_map("${HOST}"), {{"HOST", "registry.example.org"}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_NE(read->at(0).yaml.find("key: \"registry.example.org\""), std::string::npos);
}

TEST(Manifests, AVariableWithoutAValueIsAnErrorUnlessItMayBeEmpty) {
  EXPECT_EQ(parse_manifests(config_map("${HOST}"), {{"HOST", ""}}).error().message, "${HOST} has no value here");
  const auto read = parse_manifests(config_map("${HOST:-}"), {{"HOST", ""}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_NE(read->at(0).yaml.find("key: \"\""), std::string::npos);
  EXPECT_EQ(parse_manifests(config_map("${OTHER:-}"), {{"HOST", ""}}).error().message, "${OTHER} has no value here")
      << "a misspelt one is found";
}

}  // namespace
}  // namespace causeway::op::federation
