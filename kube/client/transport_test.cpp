// How requests are authorised and paced, against peers that accept and refuse as told.

#include "kube/client/transport.hpp"

#include <gtest/gtest.h>

#include "base/files.hpp"
#include "base/pki.hpp"
#include "kube/client/client.hpp"
#include "kube/client/scripted_peer.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using resources::kConfigMap;
using test::config_map_json;
using test::ScriptedPeer;
using test::status_json;

base::KeyPair certificate(const base::KeyPair& authority, base::Duration validity = 1h) {
  base::LeafSpec leaf;
  leaf.common_name = "test";
  leaf.ip_addresses = {"127.0.0.1"};
  leaf.server = leaf.client = true;
  leaf.validity = validity;
  auto issued = base::issue_certificate(authority, leaf);
  if (!issued) throw std::runtime_error(issued.error().message);
  return *issued;
}

TEST(Transport, FollowsARotatedAuthorityAtOnce) {
  const auto before = *base::make_authority("before"), after = *base::make_authority("after");
  const base::TemporaryDirectory dir;
  const auto file = dir.path() / "ca.crt";
  ASSERT_TRUE(base::write_file_atomic(file, before.cert_pem).ok());
  const auto start = [](const std::string& listen, const base::KeyPair& leaf) {
    return base::HttpServer::start({.listen = listen, .tls = base::TlsServerOptions{leaf.cert_pem, leaf.key_pem}},
                                   base::HttpServer::Handler([](const base::HttpRequest&) {
                                     return base::json_response(200, config_map_json("a", "1"));
                                   }));
  };
  auto server = start("127.0.0.1:0", certificate(before));
  ASSERT_TRUE(server.ok()) << server.error().message;
  const auto address = "127.0.0.1:" + std::to_string((*server)->port());
  ClientConfig config;
  config.server = "https://" + address;
  auto files = file_tls({}, {.ca = file, .cert = {}, .key = {}});
  ASSERT_TRUE(files.ok()) << files.error().message;
  config.tls_source = *files;
  Client client(config);
  ASSERT_TRUE(client.get(kConfigMap, "n", "a").ok());

  (*server)->stop(0s);
  ASSERT_TRUE(base::write_file_atomic(file, after.cert_pem).ok());
  server = start(address, certificate(after));
  ASSERT_TRUE(server.ok()) << server.error().message;
  const auto read = client.get(kConfigMap, "n", "a");
  EXPECT_TRUE(read.ok()) << "files are looked at every minute, and when a connection is refused: "
                         << read.error().message;
}

TEST(Transport, SaysThatTheClientCertificateHasExpired) {
  ScriptedPeer peer(
      [](int, base::HttpExchange& e) { test::json(e, 401, status_json(401, "Unauthorized", "Unauthorized")); });
  const auto authority = *base::make_authority("test");
  auto config = peer.config();
  config.tls.cert_pem = certificate(authority, -10min).cert_pem;
  const auto refused = Client(config).get(kConfigMap, "n", "a");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message.find("Unauthorized: the client certificate expired at 2"), 0u)
      << refused.error().message;
  config.tls.cert_pem = certificate(authority).cert_pem;
  EXPECT_EQ(Client(config).get(kConfigMap, "n", "a").error().message, "Unauthorized") << "this one is valid";
}

// A client certificate that was replaced on disk, seen by the server's 401.
TEST(Transport, ReadsItsCertificatesAgainWhenRefused) {
  const auto authority = *base::make_authority("test");
  const auto first = certificate(authority), second = certificate(authority);
  const base::TemporaryDirectory dir;
  const auto write = [&](const base::KeyPair& pair) {
    ASSERT_TRUE(base::write_file_atomic(dir.path() / "cert", pair.cert_pem).ok());
    ASSERT_TRUE(base::write_file_atomic(dir.path() / "key", pair.key_pem).ok());
  };
  write(first);
  ScriptedPeer peer([&](int number, base::HttpExchange& e) {
    if (number == 1) {
      write(second);
      return test::json(e, 401, status_json(401, "Unauthorized"));
    }
    test::json(e, 200, config_map_json("a", "1"));
  });
  auto config = peer.config();
  auto files = file_tls({}, {.ca = {}, .cert = dir.path() / "cert", .key = dir.path() / "key"});
  ASSERT_TRUE(files.ok()) << files.error().message;
  config.tls_source = *files;
  EXPECT_TRUE(Client(config).get(kConfigMap, "n", "a").ok());
  EXPECT_EQ((*files)->current().options->cert_pem, second.cert_pem);
}

TEST(Transport, ImpersonatesWithEverythingThatAUserHas) {
  ScriptedPeer peer([](int, base::HttpExchange& e) { test::json(e, 200, config_map_json("a", "1")); });
  auto config = peer.config();
  config.impersonate_user = "ada";
  config.impersonate_uid = "u-1";
  config.impersonate_groups = {"g1", "g2"};
  config.impersonate_extra = {{"example.org/scopes", {"view", "edit"}}};
  ASSERT_TRUE(Client(config).get(kConfigMap, "n", "a").ok());
  const auto headers = peer.requests()[0].headers;
  EXPECT_EQ(headers.get("Impersonate-User"), "ada");
  EXPECT_EQ(headers.get("Impersonate-Uid"), "u-1");
  EXPECT_EQ(headers.count("Impersonate-Group"), 2u);
  EXPECT_EQ(headers.count("Impersonate-Extra-example.org%2Fscopes"), 2u);
}

TEST(Transport, KeepsToItsRateIfItHasOne) {
  ScriptedPeer peer([](int, base::HttpExchange& e) { test::json(e, 200, config_map_json("a", "1")); });
  auto config = peer.config();
  config.qps = 50;
  config.burst = 2;
  Client client(config);
  const auto begin = base::system_clock().steady();
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(client.get(kConfigMap, "n", "a").ok());
  EXPECT_GE(base::system_clock().steady() - begin, 100ms) << "two at once, then one every 20 ms";
  std::stop_source stop;
  stop.request_stop();
  client.set_stop(stop.get_token());
  EXPECT_TRUE(client.list_each(kConfigMap, "n", {}, [](Object) {}).error().cancelled());
}

}  // namespace
}  // namespace causeway::kube
