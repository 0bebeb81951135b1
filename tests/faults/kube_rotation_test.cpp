// Certificates of a real API server that are replaced or have expired.

#include <csignal>
#include <fstream>

#include "base/files.hpp"
#include "base/pki.hpp"
#include "kube/runtime/informers.hpp"
#include "tests/integration/kube_fixture.hpp"
#include "tests/integration/other_api_server.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using resources::kConfigMap;

std::string read(const fs::path& path) {
  auto text = base::read_file(path);
  if (!text) throw std::runtime_error(text.error().message);
  return *text;
}

void write(const fs::path& path, const std::string& text) {
  if (auto written = base::write_file_atomic(path, text); !written) throw std::runtime_error(written.error().message);
}

// Where tests/integration/apiserver.sh keeps the certificates that a kubeconfig of its names.
fs::path folder_of(const std::string& kubeconfig) {
  const auto text = read(kubeconfig);
  const std::string key = "certificate-authority: \"";
  const auto begin = text.find(key) + key.size();
  return fs::path(text.substr(begin, text.find('"', begin) - begin)).parent_path();
}

base::KeyPair issue(const base::KeyPair& authority, base::LeafSpec leaf) {
  auto issued = base::issue_certificate(authority, leaf);
  if (!issued) throw std::runtime_error(issued.error().message);
  return *issued;
}

using KubeRotation = KubeTest;

TEST_F(KubeRotation, AnExpiredClientCertificateIsNamed) {
  const auto folder = folder_of(std::getenv("CAUSEWAY_TEST_KUBECONFIG"));
  const base::KeyPair authority{read(folder / "ca.crt"), read(folder / "ca.key")};
  const auto expired = issue(authority, {.common_name = "admin",
                                         .organizations = {"system:masters"},
                                         .dns_names = {},
                                         .ip_addresses = {},
                                         .client = true,
                                         .validity = -10min});
  auto mine = config;
  mine.tls_source = nullptr;
  mine.tls.cert_pem = expired.cert_pem;
  mine.tls.key_pem = expired.key_pem;
  const auto refused = Client(mine).list(kConfigMap, ns);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, 401) << refused.error().message;
  EXPECT_NE(refused.error().message.find("the client certificate expired at "), std::string::npos)
      << refused.error().message;
}

// The server comes back with a certificate of another authority, and the file of the authorities follows.
TEST_F(KubeRotation, AnAuthorityIsReplacedUnderARunningInformer) {
  causeway::test::OtherApiServer server;
  ASSERT_TRUE(server.start());
  const auto folder = folder_of(server.kubeconfig());
  const base::TemporaryDirectory ours;
  write(ours.path() / "ca.crt", read(folder / "ca.crt"));
  write(ours.path() / "kubeconfig",
        "current-context: c\ncontexts:\n- {name: c, context: {cluster: c, user: u}}\n"
        "users:\n- {name: u, user: {client-certificate: " +
            (folder / "admin.crt").string() + ", client-key: " + (folder / "admin.key").string() +
            "}}\nclusters:\n- {name: c, cluster: {certificate-authority: ca.crt, server: \"" +
            load_kubeconfig(server.kubeconfig())->server + "\"}}\n");
  auto loaded = load_kubeconfig(ours.path() / "kubeconfig");
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  Client other(*loaded);
  base::MetricsRegistry metrics;
  Informers informers(other, base::system_clock(), metrics);
  auto& maps = informers.objects(kConfigMap, {.ns = "default"});
  informers.start();
  ASSERT_TRUE(informers.wait_synced({}));

  const auto authority = *base::make_authority("another");
  const auto leaf = issue(authority, {.common_name = "kube-apiserver",
                                      .organizations = {},
                                      .dns_names = {},
                                      .ip_addresses = {"127.0.0.1"},
                                      .server = true});
  write(folder / "server.crt", leaf.cert_pem);
  write(folder / "server.key", leaf.key_pem);
  write(ours.path() / "ca.crt", authority.cert_pem);  // and the old one is trusted no more
  pid_t pid = 0;
  ASSERT_TRUE(std::ifstream(folder / "apiserver.pid") >> pid);
  ASSERT_EQ(kill(pid, SIGKILL), 0);

  ASSERT_TRUE(eventually([&] { return other.create(kConfigMap, config_map("default", "after")).ok(); }, 30s))
      << "files are looked at every minute, and at once when a connection is refused";
  EXPECT_TRUE(eventually([&] { return maps.get({"default", "after"}) != nullptr; }, 40s));

  // A server that has just started knows nothing of what was before: the real 410.
  const auto old = other.watch(kConfigMap, "default", {.resource_version = "1"}, [](WatchEvent) { return true; });
  ASSERT_FALSE(old.ok());
  EXPECT_TRUE(old.error().expired()) << old.error().message;
}

}  // namespace
}  // namespace causeway::kube
