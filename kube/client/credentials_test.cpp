// Tokens and certificates that change while a program runs.

#include <csignal>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>

#include "base/files.hpp"
#include "kube/client/exec_credential.hpp"
#include "kube/client/token_source.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const std::string kPem = "-----BEGIN X-----\n1\n-----END X-----\n", kOther = "-----BEGIN X-----\n2\n-----END X-----\n";

class Credentials : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text, mode_t mode = 0644) {
    ASSERT_TRUE(base::write_file_atomic(dir.path() / name, text, mode).ok());
  }
  base::TemporaryDirectory dir;
  base::ManualClock clock;
};

TEST_F(Credentials, ATokenFileIsReadAgainEveryMinute) {
  write("token", "one\n");
  const auto source = file_token(dir.path() / "token", clock);
  EXPECT_EQ(*source->token(), "one");
  write("token", "two\n");
  clock.advance(59s);
  EXPECT_EQ(*source->token(), "one");
  clock.advance(1s);
  EXPECT_EQ(*source->token(), "two");
}

TEST_F(Credentials, TheLastTokenIsKeptWhenTheFileCannotBeRead) {
  write("token", "one");
  const auto source = file_token(dir.path() / "token", clock);
  EXPECT_EQ(*source->token(), "one");
  fs::remove(dir.path() / "token");
  clock.advance(2min);
  EXPECT_EQ(*source->token(), "one");
  write("token", " \n");
  clock.advance(2min);
  EXPECT_EQ(*source->token(), "one") << "an empty file is one that is being written";
  write("token", "three");
  clock.advance(2min);
  EXPECT_EQ(*source->token(), "three");
}

TEST_F(Credentials, ARejectedTokenIsReadAgainAtOnce) {
  write("token", "one");
  const auto source = file_token(dir.path() / "token", clock);
  EXPECT_EQ(*source->token(), "one");
  write("token", "two");
  source->rejected();
  EXPECT_EQ(*source->token(), "two");
}

TEST_F(Credentials, AMissingTokenFileIsAnErrorThatNamesIt) {
  const auto token = file_token(dir.path() / "none", clock)->token();
  ASSERT_FALSE(token.ok());
  EXPECT_NE(token.error().message.find("none"), std::string::npos) << token.error().message;
}

TEST_F(Credentials, CertificateFilesAreLookedAtAgain) {
  write("ca", kPem);
  auto source = file_tls({}, {.ca = dir.path() / "ca", .cert = {}, .key = {}}, clock);
  ASSERT_TRUE(source.ok()) << source.error().message;
  const auto first = (*source)->current();
  EXPECT_EQ(first.options->ca_pem, kPem);
  clock.advance(1min);
  EXPECT_EQ((*source)->current().generation, first.generation) << "nothing changed";
  write("ca", kOther);
  clock.advance(59s);
  EXPECT_EQ((*source)->current().generation, first.generation);
  clock.advance(1s);
  const auto second = (*source)->current();
  EXPECT_GT(second.generation, first.generation);
  EXPECT_EQ(second.options->ca_pem, kOther);
  write("ca", "half a fi");
  clock.advance(1min);
  EXPECT_EQ((*source)->current().options->ca_pem, kOther) << "the last good one stays";
  EXPECT_FALSE(file_tls({}, {.ca = dir.path() / "none", .cert = {}, .key = {}}, clock).ok());
}

TEST_F(Credentials, CertificateFilesAreLookedAtAtOnceWhenDoubted) {
  write("ca", kPem);
  auto source = file_tls({}, {.ca = dir.path() / "ca", .cert = {}, .key = {}}, clock);
  ASSERT_TRUE(source.ok()) << source.error().message;
  write("ca", kOther);
  EXPECT_EQ((*source)->current().options->ca_pem, kPem);
  (*source)->doubted();
  EXPECT_EQ((*source)->current().options->ca_pem, kOther);
}

// Real programs: a script that counts its runs.
class ExecPluginTest : public Credentials {
 protected:
  std::shared_ptr<ExecCredential> plugin(const std::string& body, ExecPlugin plugin = {}) {
    write("plugin", "#!/bin/sh\necho run >>" + (dir.path() / "runs").string() + "\n" + body, 0755);
    plugin.user = "u";
    plugin.command = (dir.path() / "plugin").string();
    return std::make_shared<ExecCredential>(std::move(plugin), base::TlsClientOptions{}, clock);
  }
  long runs() {
    const auto text = base::read_file(dir.path() / "runs");
    return text ? std::count(text->begin(), text->end(), '\n') : 0;
  }
  std::string answer(const std::string& status) {
    return R"(echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":)" + status +
           "}'\n";
  }
};

TEST_F(ExecPluginTest, GivesATokenAndIsNotRunAgain) {
  const auto source = plugin(answer(R"({"token":"t"})"));
  EXPECT_EQ(*source->token(), "t");
  EXPECT_EQ(*source->token(), "t");
  clock.advance(24h);
  EXPECT_EQ(*source->token(), "t");
  EXPECT_EQ(runs(), 1);
}

TEST_F(ExecPluginTest, IsRunAgainWhenTheTokenExpires) {
  const auto expiry = base::format_time(clock.wall() + 10min);
  const auto source = plugin(answer(R"({"token":"t","expirationTimestamp":")" + expiry + "\"}"));
  EXPECT_EQ(*source->token(), "t");
  clock.advance(9min);
  EXPECT_EQ(*source->token(), "t");
  EXPECT_EQ(runs(), 1);
  clock.advance(1min);
  EXPECT_EQ(*source->token(), "t");
  EXPECT_EQ(runs(), 2);
}

TEST_F(ExecPluginTest, IsRunAgainWhenTheServerRejectsTheToken) {
  const auto source = plugin(answer(R"({"token":"t"})"));
  EXPECT_EQ(*source->token(), "t");
  source->rejected();
  EXPECT_EQ(*source->token(), "t");
  EXPECT_EQ(runs(), 1) << "the token is brand-new: many calls may have been refused for the one before";
  clock.advance(10s);
  source->rejected();
  EXPECT_EQ(*source->token(), "t");
  EXPECT_EQ(runs(), 2);
}

TEST_F(ExecPluginTest, RunsOnceForManyThreads) {
  const auto source = plugin("sleep 0.2\n" + answer(R"({"token":"t"})"));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_EQ(*source->token(), "t"); });
  threads.clear();
  EXPECT_EQ(runs(), 1);
}

// One that hangs, with a descendant that holds its output open.
TEST_F(ExecPluginTest, IsEndedWhenItHangs) {
  ExecPlugin hangs;
  hangs.timeout = 200ms;
  const auto source = plugin("echo $$ >" + (dir.path() / "pid").string() + "\nsleep 1000 &\nsleep 1000\n", hangs);
  const auto begin = base::system_clock().steady();
  const auto token = source->token();
  ASSERT_FALSE(token.ok());
  EXPECT_EQ(token.error().code, base::ErrorCode::kTimeout) << token.error().message;
  EXPECT_NE(token.error().message.find("user \"u\""), std::string::npos) << token.error().message;
  EXPECT_LT(base::system_clock().steady() - begin, 30s);
  EXPECT_NE(::kill(std::stoi(*base::read_file(dir.path() / "pid")), 0), 0) << "it is gone";
}

TEST_F(ExecPluginTest, TellsItsFailureToEverybodyWhoWaited) {
  const auto go = (dir.path() / "go").string();
  const auto source = plugin("until [ -e " + go + " ]; do sleep 0.05; done\necho 'log in' >&2\nexit 1\n");
  std::atomic<int> here{0}, failures{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      ++here;
      if (const auto token = source->token(); !token.ok() && token.error().message.find("log in") != std::string::npos)
        ++failures;
    });
  while (here < 8) std::this_thread::yield();
  write("go", "");
  threads.clear();
  EXPECT_EQ(failures, 8);
  EXPECT_LE(runs(), 2) << "a thread may come late and be the first of a second run";
}

TEST_F(ExecPluginTest, FollowsTheAuthorityOnDisk) {
  write("ca", kPem);
  auto files = file_tls({}, {.ca = dir.path() / "ca", .cert = {}, .key = {}}, clock);
  ASSERT_TRUE(files.ok()) << files.error().message;
  write("plugin", "#!/bin/sh\n" + answer(R"({"clientCertificateData":"CERT","clientKeyData":"KEY"})"), 0755);
  ExecPlugin with_files;
  with_files.command = (dir.path() / "plugin").string();
  ExecCredential source(with_files, {}, clock, *files);
  ASSERT_TRUE(source.token().ok());
  EXPECT_EQ(source.current().options->ca_pem, kPem);
  EXPECT_EQ(source.current().options->cert_pem, "CERT");
  const auto generation = source.current().generation;
  write("ca", kOther);
  source.doubted();
  EXPECT_EQ(source.current().options->ca_pem, kOther);
  EXPECT_EQ(source.current().options->cert_pem, "CERT");
  EXPECT_GT(source.current().generation, generation);
}

TEST_F(ExecPluginTest, GivesAClientCertificate) {
  const auto source = plugin(answer(R"({"clientCertificateData":"CERT","clientKeyData":"KEY"})"));
  EXPECT_EQ(source->current().options, nullptr);
  EXPECT_EQ(*source->token(), "");
  const auto now = source->current();
  ASSERT_NE(now.options, nullptr);
  EXPECT_EQ(now.options->cert_pem, "CERT");
  EXPECT_EQ(now.options->key_pem, "KEY");
}

TEST_F(ExecPluginTest, GetsItsEnvironmentAndTheCluster) {
  ExecPlugin asks;
  asks.args = {"first argument"};
  asks.env = {{"FLAVOUR", "sweet"}};
  asks.provide_cluster_info = true;
  asks.server = "https://there";
  const auto source = plugin(
      "case \"$KUBERNETES_EXEC_INFO\" in *https://there*) ;; *) exit 9;; esac\n"
      "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
      "\"status\":{\"token\":\"'\"$FLAVOUR $1\"'\"}}'\n",
      asks);
  const auto token = source->token();
  ASSERT_TRUE(token.ok()) << token.error().message;
  EXPECT_EQ(*token, "sweet first argument");
}

TEST_F(ExecPluginTest, ErrorsNameThePluginAndWhatItSaid) {
  const auto failing = plugin("echo 'please log in first' >&2; exit 3\n")->token();
  ASSERT_FALSE(failing.ok());
  EXPECT_NE(failing.error().message.find("please log in first"), std::string::npos) << failing.error().message;
  EXPECT_NE(failing.error().message.find("user \"u\""), std::string::npos);
  EXPECT_FALSE(plugin("echo nonsense\n")->token().ok());
  EXPECT_FALSE(plugin(answer("{}"))->token().ok());
  EXPECT_FALSE(plugin(answer(R"({"clientCertificateData":"CERT"})"))->token().ok());
  EXPECT_FALSE(plugin(answer(R"({"token":"t","expirationTimestamp":"soon"})"))->token().ok());

  ExecPlugin missing;
  missing.command = "no-such-credential-plugin";
  missing.install_hint = "get it from the operations team";
  const auto token = ExecCredential(missing, {}, clock).token();
  ASSERT_FALSE(token.ok());
  EXPECT_NE(token.error().message.find("operations team"), std::string::npos) << token.error().message;
}

}  // namespace
}  // namespace causeway::kube
