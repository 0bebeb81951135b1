// The smaller plans: records, certificates, firewall.

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "base/files.hpp"
#include "onebox/plan/certificates.hpp"
#include "onebox/plan/firewall_rules.hpp"
#include "onebox/plan/records.hpp"

namespace causeway::onebox {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(Records, SurviveTheDisk) {
  base::TemporaryDirectory dir;
  ClusterRecord record;
  record.id = "0d5c";
  record.name = "berlin";
  record.region = "local-2";
  record.node = false;
  record.host = 7;
  record.local_port = 40001;
  record.deleting = true;
  ASSERT_TRUE(save_json(dir.path() / "record.json", record));
  auto read = load_json<ClusterRecord>(dir.path() / "record.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, record);
}

TEST(Records, AbsentAndBrokenOnesAreToldApart) {
  base::TemporaryDirectory dir;
  EXPECT_EQ(load_json<ClusterRecord>(dir.path() / "none.json").error().code, base::ErrorCode::kNotFound);
  ASSERT_TRUE(base::write_file_atomic(dir.path() / "bad.json", "{\"host\":\"x\"}"));
  auto bad = load_json<ClusterRecord>(dir.path() / "bad.json");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, base::ErrorCode::kProtocol);
  EXPECT_THAT(bad.error().message, HasSubstr("bad.json"));
  EXPECT_THAT(bad.error().message, HasSubstr("host"));
}

TEST(Certificates, OfTheApiServerAreForEveryWayToReachIt) {
  const auto all = cluster_certificates("10.213.7.3", "berlin");
  auto api = std::ranges::find_if(all, [](const auto& c) { return c.file == "apiserver"; });
  ASSERT_NE(api, all.end());
  for (const char* ip : {"10.213.7.3", "127.0.0.1", "10.96.0.1"}) EXPECT_THAT(api->leaf.ip_addresses, Contains(ip));
  EXPECT_THAT(api->leaf.dns_names, Contains("kubernetes.default.svc"));
  EXPECT_TRUE(api->leaf.server);
}

TEST(Certificates, KubeletIsItsNodeAndNobodyElse) {
  const auto all = cluster_certificates("10.213.7.3", "berlin");
  auto kubelet = std::ranges::find_if(all, [](const auto& c) { return c.file == "kubelet-client"; });
  ASSERT_NE(kubelet, all.end());
  EXPECT_EQ(kubelet->leaf.common_name, "system:node:berlin");
  EXPECT_EQ(kubelet->leaf.organizations, std::vector<std::string>{"system:nodes"});
  EXPECT_FALSE(kubelet->leaf.server);
}

TEST(Certificates, HaveFilesOfTheirOwnAndKnownAuthorities) {
  std::set<std::string> files;
  for (const auto& plan : cluster_certificates("10.213.7.3", "berlin")) {
    EXPECT_TRUE(files.insert(plan.file).second) << plan.file;
    EXPECT_THAT(certificate_authorities(), Contains(plan.authority));
  }
}

TEST(Firewall, LetsClustersOutAndNobodyIn) {
  const Names names{"a1b2c3"};
  const auto chains = firewall_chains(names, Subnet(7));
  const auto& forward = chains.at(0).rules;
  ASSERT_EQ(forward.size(), 4u);
  // Not to other instances' bridges, which all begin with "cw".
  EXPECT_EQ(forward[1], (std::vector<std::string>{"-i", "cwa1b2c3", "!", "-o", "cw+", "-j", "ACCEPT"}));
  EXPECT_EQ(forward.back(), (std::vector<std::string>{"-o", "cwa1b2c3", "-j", "DROP"}));
  for (const auto& chain : chains) {
    EXPECT_TRUE(chain.name.starts_with("CW-a1b2c3-"));
    EXPECT_THAT(entering_rule(chain), Contains(chain.name));
  }
}

TEST(Firewall, MasqueradesOnlyWhatLeavesTheBridge) {
  const auto chains = firewall_chains(Names{"a1b2c3"}, Subnet(7));
  EXPECT_EQ(chains.back().table, "nat");
  EXPECT_EQ(chains.back().rules.at(0),
            (std::vector<std::string>{"-s", "10.213.7.0/24", "!", "-o", "cwa1b2c3", "-j", "MASQUERADE"}));
}

}  // namespace
}  // namespace causeway::onebox
