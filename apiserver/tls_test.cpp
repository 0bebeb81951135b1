// The server with a certificate: https and nothing else, renewed while it runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "apiserver/server.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/http_client.hpp"
#include "base/pki.hpp"
#include "base/process.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

class ServerTlsTest : public testing::Test {
 protected:
  ServerTlsTest() {
    std::filesystem::create_directories(options.git.data);
    EXPECT_TRUE(base::write_file_atomic(folder.path() / "ca.crt", authority.cert_pem).ok());
    EXPECT_TRUE(
        base::write_file_atomic(options.git.credentials_file, "ada:" + base::sha256_hex(password) + "\n", 0600).ok());
    certify(authority, "git.causeway-system.svc");
  }
  void certify(const base::KeyPair& by, const std::string& name, base::Duration validity = 24h) const {
    const auto leaf = *base::issue_certificate(by, {.common_name = name,
                                                    .dns_names = {name},
                                                    .ip_addresses = {"127.0.0.1"},
                                                    .server = true,
                                                    .validity = validity});
    EXPECT_TRUE(base::write_file_atomic(options.tls->cert, leaf.cert_pem).ok());
    EXPECT_TRUE(base::write_file_atomic(options.tls->key, leaf.key_pem, 0600).ok());
  }
  void start() {
    auto started = Server::start(options, clock);
    ASSERT_TRUE(started.ok()) << started.error().message;
    server = std::move(*started);
  }
  std::string refusal() const {
    const auto started = Server::start(options, clock);
    return started ? "started" : started.error().message;
  }
  base::Result<base::HttpResponse> get(const std::string& target, const std::string& name = "git.causeway-system.svc",
                                       const std::string& scheme = "https") const {
    base::HttpClientOptions client;
    client.base_url = scheme + "://127.0.0.1:" + std::to_string(server->port());
    client.tls.ca_pem = authority.cert_pem;
    client.tls.server_name = name;
    return base::HttpClient(client).call({.target = target});
  }
  base::RunOutput git(std::vector<std::string> arguments) const {
    base::ProcessSpec spec;
    spec.argv = std::move(arguments);
    spec.argv.insert(spec.argv.begin(), "git");
    spec.env = {{"PATH", std::getenv("PATH")},
                {"HOME", "/nonexistent"},
                {"GIT_CONFIG_NOSYSTEM", "1"},
                {"GIT_CONFIG_GLOBAL", "/dev/null"},
                {"GIT_TERMINAL_PROMPT", "0"},
                {"GIT_SSL_CAINFO", (folder.path() / "ca.crt").string()},
                {"GIT_AUTHOR_NAME", "Ada"},
                {"GIT_AUTHOR_EMAIL", "ada@example.org"},
                {"GIT_COMMITTER_NAME", "Ada"},
                {"GIT_COMMITTER_EMAIL", "ada@example.org"},
                {"LC_ALL", "C"}};
    return *base::run(spec);
  }

  const std::string password = std::string(32, 'p');
  const base::KeyPair authority = *base::make_authority("test");
  const base::TemporaryDirectory folder;
  ServerOptions options{
      .listen = "127.0.0.1:0",
      .tls = base::CertificateFiles{.cert = folder.path() / "tls.crt", .key = folder.path() / "tls.key"},
      .git = {.data = folder.path() / "data", .credentials_file = folder.path() / "credentials"},
      .workers = 4};
  base::ManualClock clock{base::system_clock().wall()};
  std::unique_ptr<Server> server;
};

TEST_F(ServerTlsTest, SpeaksHttpsAndNothingElse) {
  start();
  for (const char* path : {"/healthz", "/readyz"}) {
    const auto answer = get(path);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(answer->status, 200) << path << ": " << answer->body;
  }
  EXPECT_THAT(get("/metrics")->body, HasSubstr("causeway_http_certificate_expiry_timestamp_seconds{role=\"git\"}"));
  EXPECT_FALSE(get("/healthz", "causeway-apiserver.causeway-system.svc").ok()) << "its name is another";
  EXPECT_FALSE(get("/healthz", "", "http").ok());
}

TEST_F(ServerTlsTest, GitPushesAndClonesOverIt) {
  start();
  const auto bare = (folder.path() / "data" / "ada" / "digits.git").string(), work = (folder.path() / "work").string(),
             url = "https://ada:" + password + "@127.0.0.1:" + std::to_string(server->port()) + "/ada/digits.git";
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"init", "-q", "--bare", "--initial-branch=main", bare},
                                             {"--git-dir", bare, "config", "causeway.visibility", "private"},
                                             {"init", "-q", "--initial-branch=main", work},
                                             {"-C", work, "commit", "-q", "--allow-empty", "-m", "first"},
                                             {"-C", work, "push", "-q", url, "main"},
                                             {"clone", "-q", url, (folder.path() / "clone").string()}}) {
    const auto ran = git(arguments);
    ASSERT_TRUE(ran.status.success()) << arguments[0] << ": " << ran.err;
  }
  EXPECT_EQ(git({"-C", (folder.path() / "clone").string(), "rev-parse", "HEAD"}).out,
            git({"-C", work, "rev-parse", "HEAD"}).out);
  ASSERT_TRUE(base::write_file_atomic(folder.path() / "ca.crt", base::make_authority("another")->cert_pem).ok());
  EXPECT_THAT(git({"ls-remote", url}).err, HasSubstr("certificate"));
}

TEST_F(ServerTlsTest, ARenewedCertificateIsServedWithoutARestart) {
  start();
  ASSERT_TRUE(get("/healthz").ok());
  const auto reached_as = [&](const std::string& name) {
    for (int i = 0; i < 1000; ++i) {
      clock.advance(10s);
      if (get("/healthz", name).ok()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  };
  certify(authority, "renewed.test");
  EXPECT_TRUE(reached_as("renewed.test"));
  EXPECT_FALSE(get("/healthz").ok());
}

TEST_F(ServerTlsTest, WhatCannotBeUsedIsSaidAtTheStart) {
  std::filesystem::remove(options.tls->key);
  EXPECT_THAT(refusal(), HasSubstr(options.tls->key.string()));
  certify(authority, "git.causeway-system.svc");
  ASSERT_TRUE(base::write_file_atomic(options.tls->key, *base::make_private_key()).ok());
  EXPECT_THAT(refusal(), AllOf(HasSubstr(options.tls->cert.string()), HasSubstr(options.tls->key.string())));
  certify(authority, "git.causeway-system.svc", -30min);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(options.tls->cert.string()), HasSubstr("expired at")));
}

}  // namespace
}  // namespace causeway::api
