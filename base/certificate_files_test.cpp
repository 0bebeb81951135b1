#include "base/certificate_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>

#include "base/files.hpp"
#include "base/http_client.hpp"
#include "base/pki.hpp"

namespace causeway::base {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CertificateFilesTest : public testing::Test {
 protected:
  KeyPair leaf(const std::string& name, Duration validity = 24h) const {
    return *issue_certificate(authority,
                              {.common_name = name, .dns_names = {name}, .server = true, .validity = validity});
  }
  void write(const KeyPair& pair) const {
    ASSERT_TRUE(write_file_atomic(files.cert, pair.cert_pem).ok());
    ASSERT_TRUE(write_file_atomic(files.key, pair.key_pem).ok());
  }
  std::string refusal(WallTime now = system_clock().wall()) const {
    const auto read = files.read(now);
    return read ? "used" : read.error().message;
  }

  const KeyPair authority = *make_authority("test");
  const TemporaryDirectory folder;
  const CertificateFiles files{folder.path() / "tls.crt", folder.path() / "tls.key"};
};

TEST_F(CertificateFilesTest, AreReadTogether) {
  const auto pair = leaf("a.test");
  write(pair);
  const auto read = files.read(system_clock().wall());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->cert_pem, pair.cert_pem);
  EXPECT_EQ(read->key_pem, pair.key_pem);
}

TEST_F(CertificateFilesTest, WhatIsWrongIsSaidWithTheFile) {
  EXPECT_THAT(refusal(), HasSubstr("tls.crt"));
  const auto pair = leaf("a.test");
  write(pair);
  std::filesystem::remove(files.key);
  EXPECT_THAT(refusal(), HasSubstr("tls.key"));
  write({"nonsense", pair.key_pem});
  EXPECT_THAT(refusal(), AllOf(HasSubstr("tls.crt"), HasSubstr("-----BEGIN CERTIFICATE-----")));
  write({pair.cert_pem, "nonsense"});
  EXPECT_THAT(refusal(), AllOf(HasSubstr("tls.key"), HasSubstr("private key")));
  write({pair.cert_pem, leaf("b.test").key_pem});
  EXPECT_THAT(refusal(), AllOf(HasSubstr("tls.crt"), HasSubstr("tls.key"), HasSubstr("mismatch")));
}

TEST_F(CertificateFilesTest, OneThatHasEndedOrNotBegunIsNotUsed) {
  write(leaf("a.test", 24h));
  const auto now = system_clock().wall();
  EXPECT_EQ(refusal(now), "used");
  EXPECT_THAT(refusal(now + 25h), AllOf(HasSubstr("tls.crt"), HasSubstr("expired at 20")));
  EXPECT_THAT(refusal(now - 2h), AllOf(HasSubstr("tls.crt"), HasSubstr("not valid before 20")));
}

TEST_F(CertificateFilesTest, AreFollowedAndWhatCannotBeUsedIsNotHandedOn) {
  const auto first = leaf("a.test"), second = leaf("b.test");
  write(first);
  ManualClock clock(system_clock().wall());
  std::mutex mutex;
  std::vector<std::string> changes;
  const auto seen = [&] {
    const std::lock_guard lock(mutex);
    return changes;
  };
  std::jthread follower([&](const std::stop_token& stop) {
    follow_certificate_files(files, {first.cert_pem, first.key_pem}, clock, stop, [&](TlsServerOptions now) {
      const std::lock_guard lock(mutex);
      changes.push_back(now.cert_pem);
    });
  });
  const auto next_look = [&] {
    while (clock.sleepers() == 0) std::this_thread::yield();
    clock.advance(10s);
    while (clock.sleepers() == 0) std::this_thread::yield();
  };
  next_look();
  EXPECT_THAT(seen(), IsEmpty());
  std::filesystem::remove(files.key);
  next_look();
  write({second.cert_pem, first.key_pem});
  next_look();
  write(leaf("old.test", -30min));
  next_look();
  EXPECT_THAT(seen(), IsEmpty());
  write(second);
  next_look();
  next_look();
  EXPECT_THAT(seen(), ElementsAre(second.cert_pem));
}

// As a kubelet replaces a Secret's files: a link to a folder is put in the place of the one before.
TEST_F(CertificateFilesTest, ARenewedSecretIsServedWithoutARestart) {
  const CertificateFiles mounted{folder.path() / "data" / "tls.crt", folder.path() / "data" / "tls.key"};
  const auto put = [&](const std::string& version, const KeyPair& pair) {
    const auto at = folder.path() / version;
    std::filesystem::create_directory(at);
    ASSERT_TRUE(write_file_atomic(at / "tls.crt", pair.cert_pem).ok());
    ASSERT_TRUE(write_file_atomic(at / "tls.key", pair.key_pem).ok());
    std::filesystem::create_directory_symlink(version, folder.path() / "data.new");
    std::filesystem::rename(folder.path() / "data.new", folder.path() / "data");
  };
  put("v1", leaf("before.test"));
  auto served = *mounted.read(system_clock().wall());
  HttpServerOptions options;
  options.tls = served;
  const auto server = std::move(
      *HttpServer::start(options, HttpServer::Handler([](const HttpRequest&) { return text_response(200, "ok"); })));
  const auto reached_as = [&](const std::string& name) {
    HttpClientOptions client;
    client.base_url = "https://127.0.0.1:" + std::to_string(server->port());
    client.tls.ca_pem = authority.cert_pem;
    client.tls.server_name = name;
    return HttpClient(client).call({}).ok();
  };
  EXPECT_TRUE(reached_as("before.test"));
  std::jthread follower([&](const std::stop_token& stop) {
    follow_certificate_files(
        mounted, served, system_clock(), stop, [&](TlsServerOptions now) { server->set_tls(std::move(now)); }, 10ms);
  });
  put("v2", leaf("after.test"));
  for (int i = 0; i < 1000 && !reached_as("after.test"); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_TRUE(reached_as("after.test"));
  EXPECT_FALSE(reached_as("before.test"));
}

}  // namespace
}  // namespace causeway::base
