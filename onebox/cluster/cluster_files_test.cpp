#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"
#include "kube/client/config.hpp"
#include "onebox/cluster/outputs.hpp"
#include "onebox/cluster/pki_files.hpp"
#include "onebox/cluster/trash.hpp"

namespace causeway::onebox {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(ClusterPki, IsMadeOnceAndKept) {
  base::TemporaryDirectory dir;
  ASSERT_TRUE(ensure_cluster_pki(dir.path(), "10.213.7.3", "berlin"));
  const auto ca = *base::read_file(dir.path() / "ca.crt"), key = *base::read_file(dir.path() / "service-account.key");
  const auto admin = *base::read_file(dir.path() / "admin.crt");
  ASSERT_TRUE(ensure_cluster_pki(dir.path(), "10.213.7.3", "berlin"));
  EXPECT_EQ(*base::read_file(dir.path() / "ca.crt"), ca);
  EXPECT_EQ(*base::read_file(dir.path() / "admin.crt"), admin);
  EXPECT_EQ(*base::read_file(dir.path() / "service-account.key"), key);
  for (const char* name : {"ca.key", "admin.key", "service-account.key"})
    EXPECT_EQ(fs::status(dir.path() / name).permissions() & fs::perms::mask, fs::perms(0600)) << name;
}

TEST(ClusterPki, ACertificateThatEndsSoonIsMadeAnew) {
  base::TemporaryDirectory dir;
  auto authority = ensure_authority(dir.path() / "ca.crt", dir.path() / "ca.key", "test");
  ASSERT_TRUE(authority);
  base::LeafSpec leaf;
  leaf.common_name = "x";
  leaf.validity = std::chrono::hours(24);
  auto first = ensure_certificate(dir.path() / "x.crt", dir.path() / "x.key", *authority, leaf);
  auto second = ensure_certificate(dir.path() / "x.crt", dir.path() / "x.key", *authority, leaf);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->cert_pem, second->cert_pem);
  leaf.validity = std::chrono::hours(24 * 365);
  auto third = ensure_certificate(dir.path() / "x.crt", dir.path() / "x.key", *authority, leaf);
  auto fourth = ensure_certificate(dir.path() / "x.crt", dir.path() / "x.key", *authority, leaf);
  EXPECT_EQ(third->cert_pem, fourth->cert_pem);
}

TEST(Outputs, AreTheContractOfEveryProvider) {
  ClusterRecord record;
  record.id = "0d5c";
  record.name = "berlin";
  record.region = "local-2";
  record.local_port = 40001;
  const auto authority = base::make_authority("test").value();
  const ClusterAccess access{"10.213.7.3", authority.cert_pem, authority};
  const auto outputs = terraform_outputs(record, access);
  for (const char* name : {"cluster_id", "cluster_name", "endpoint", "ca_certificate", "kubeconfig", "gateway",
                           "public_ips", "provider", "region", "capabilities", "services"})
    EXPECT_TRUE(outputs.contains(name)) << name;
  EXPECT_EQ(kube::string_at(outputs, "gateway.address"), "10.213.7.3");
  EXPECT_EQ(kube::int_at(outputs, "gateway.port"), 80);

  auto bridge = kube::parse_kubeconfig(kube::string_at(outputs, "kubeconfig"));
  ASSERT_TRUE(bridge) << bridge.error().message;
  EXPECT_EQ(bridge->server, "https://10.213.7.3:6443");
  auto local = kube::parse_kubeconfig(local_kubeconfig(record, access));
  ASSERT_TRUE(local) << local.error().message;
  EXPECT_EQ(local->server, "https://127.0.0.1:40001");
  EXPECT_EQ(local->tls.cert_pem, authority.cert_pem);
}

bool eventually(const std::function<bool()>& done) {
  for (int i = 0; i < 1000; ++i) {
    if (done()) return true;
    base::system_clock().sleep_for(std::chrono::milliseconds(10), {});
  }
  return false;
}

TEST(Trash, TakesAtOnceAndDeletesInTheBackground) {
  base::TemporaryDirectory dir;
  const auto cluster = dir.path() / "hub";
  fs::create_directories(cluster / "a/b");
  ASSERT_TRUE(base::write_file_atomic(cluster / "a/b/file", "x"));
  fs::create_directory_symlink("/", cluster / "link");  // is not followed
  Trash trash(dir.path() / "trash");
  ASSERT_TRUE(trash.take(cluster));
  EXPECT_FALSE(fs::exists(cluster));
  EXPECT_TRUE(eventually([&] { return fs::is_empty(dir.path() / "trash"); }));
  EXPECT_TRUE(trash.take(cluster));  // nothing there: fine
}

TEST(Trash, DeletesWhatAnEarlierServiceLeft) {
  base::TemporaryDirectory dir;
  fs::create_directories(dir.path() / "trash/old/x");
  Trash trash(dir.path() / "trash");
  EXPECT_TRUE(eventually([&] { return fs::is_empty(dir.path() / "trash"); }));
}

}  // namespace
}  // namespace causeway::onebox
