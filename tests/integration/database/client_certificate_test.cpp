// The add-on's database where clients prove who they are by certificates (manifests/addons/postgresql/certificates):
// the program that starts it in its container, and libpq as the API server uses it.
#include <csignal>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include "apiserver/database/connection.hpp"
#include "base/files.hpp"
#include "base/pki.hpp"
#include "base/process.hpp"
#include "base/test_sockets.hpp"
#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::database {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

// A server of its own, which lets in the names "git" and "causeway-apiserver".
class CertificateServer {
 public:
  CertificateServer() : authority(*base::make_authority("database")) {
    const auto tls = folder.path() / "tls";
    for (const auto& made : {tls, folder.path() / "data", folder.path() / "run"}) fs::create_directory(made);
    fs::permissions(folder.path(), fs::perms(0755));
    const auto leaf =
        *base::issue_certificate(authority, {.common_name = "postgresql", .dns_names = {"postgresql"}, .server = true});
    write("tls/tls.crt", leaf.cert_pem, 0644);
    write("tls/tls.key", leaf.key_pem, 0600);
    write("tls/client-ca.crt", authority.cert_pem, 0644);
    write("serve-postgresql",
          base::read_file(CAUSEWAY_SOURCE_DIR "/onebox/images/postgresql/serve-postgresql.sh").value(), 0755);
    base::ProcessSpec spec;
    if (::getuid() == 0) {
      for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
        EXPECT_EQ(::chown(entry.path().c_str(), kNobody, kNobody), 0);
      spec.argv = {"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"};
    }
    port = base::test::unused_port();
    const auto at = [&](const char* name) { return (folder.path() / name).string(); };
    for (const auto& word :
         {at("serve-postgresql"), std::string("-c"), std::string("listen_addresses=127.0.0.1"), std::string("-c"),
          "port=" + std::to_string(port), std::string("-c"), std::string("fsync=off")})
      spec.argv.push_back(word);
    spec.env = {{"PATH", test_path("CAUSEWAY_TEST_POSTGRESQL_BIN") + ":/usr/bin:/bin"},
                {"POSTGRES_DATA_FOLDER", at("data")},
                {"POSTGRES_RUN_FOLDER", at("run")},
                {"POSTGRES_TLS_FOLDER", at("tls")},
                {"POSTGRES_CLIENTS", "causeway-apiserver git"}};
    spec.cwd = at("run");
    spec.out = spec.err = base::ProcessSpec::Stream::kFile;
    spec.out_file = spec.err_file = at("log");
    spec.parent_death_signal = SIGKILL;
    process_.emplace(std::move(*base::Process::spawn(spec)));
    const bool up = eventually([&] { return said().find("database system is ready") != std::string::npos; }, 60s);
    EXPECT_TRUE(up) << said();
  }
  ~CertificateServer() {
    process_->signal(SIGINT);
    EXPECT_TRUE(process_->wait(30s).ok());
  }
  std::string said() const { return base::read_file(folder.path() / "log").value_or(""); }

  const base::KeyPair authority;
  const base::TemporaryDirectory folder{"causeway-certificates"};
  std::uint16_t port = 0;

 private:
  static constexpr uid_t kNobody = 65534;
  void write(const std::string& name, const std::string& text, mode_t mode) const {
    EXPECT_TRUE(base::write_file_atomic(folder.path() / name, text, mode).ok());
  }
  std::optional<base::Process> process_;
};

class ClientCertificateTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { server = std::make_unique<CertificateServer>(); }
  static void TearDownTestSuite() { server.reset(); }

  ClientCertificateTest() {
    EXPECT_TRUE(base::write_file_atomic(folder.path() / "ca.crt", server->authority.cert_pem).ok());
    settings.url = "postgresql://causeway@postgresql/causeway?hostaddr=127.0.0.1&port=" + std::to_string(server->port) +
                   "&sslmode=verify-full&sslrootcert=" + (folder.path() / "ca.crt").string() +
                   "&sslcert=" + cert.string() + "&sslkey=" + key.string();
  }
  // The files as a kubelet mounts them: root's, and read by the group.
  void certify(const std::string& name, const base::KeyPair& by = server->authority, base::Duration validity = 24h) {
    const auto leaf = *base::issue_certificate(by, {.common_name = name, .client = true, .validity = validity});
    EXPECT_TRUE(base::write_file_atomic(cert, leaf.cert_pem, 0644).ok());
    EXPECT_TRUE(base::write_file_atomic(key, leaf.key_pem, ::getuid() == 0 ? 0440 : 0400).ok());
  }
  std::string refusal() const {
    const auto connected = Connection::open(settings);
    return connected ? "connected" : connected.error().message;
  }
  // Whom the server sees.
  static std::string name_of(Connection& connection) {
    return connection.script("SELECT client_dn || ' ' || client_serial FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .front()
        .get<std::string>(0);
  }

  static inline std::unique_ptr<CertificateServer> server;
  const base::TemporaryDirectory folder{"causeway-certificate"};
  const fs::path cert = folder.path() / "tls.crt", key = folder.path() / "tls.key";
  ConnectionSettings settings;
};

TEST_F(ClientCertificateTest, IsTheProofAndThereIsNoPassword) {
  for (const char* name : {"git", "causeway-apiserver"}) {
    certify(name);
    const auto connected = Connection::open(settings);
    ASSERT_TRUE(connected.ok()) << connected.error().message << "\n" << server->said();
    EXPECT_THAT(name_of(**connected), HasSubstr("/CN=" + std::string(name) + " "));
    EXPECT_EQ((*connected)->script("SELECT current_user").front().get<std::string>(0), "causeway");
  }
}

TEST_F(ClientCertificateTest, OfAnotherAuthorityOrNameIsRefused) {
  EXPECT_THAT(refusal(), HasSubstr("certificate")) << "none at all";
  certify("git", *base::make_authority("database"));
  EXPECT_THAT(refusal(), HasSubstr("unknown ca")) << "an authority of the same name";
  certify("eve");
  EXPECT_THAT(refusal(), HasSubstr("certificate authentication failed for user \"causeway\""));
  certify("postgres");
  settings.url.replace(settings.url.find("causeway@"), 9, "postgres@");
  EXPECT_THAT(refusal(), HasSubstr("pg_hba.conf")) << "the superuser does not come over the network";
}

TEST_F(ClientCertificateTest, ARenewedOneIsUsedForNewConnectionsWithoutARestart) {
  certify("git");
  const auto kept = Connection::open(settings);
  ASSERT_TRUE(kept.ok()) << kept.error().message;
  const auto before = name_of(**kept);
  certify("git", server->authority, -30min);
  EXPECT_THAT(refusal(), HasSubstr("certificate expired")) << "the files are read for each connection";
  certify("git");
  const auto renewed = Connection::open(settings);
  ASSERT_TRUE(renewed.ok()) << renewed.error().message;
  EXPECT_NE(name_of(**renewed), before);
  EXPECT_EQ(name_of(**kept), before) << "what was open goes on";
}

TEST_F(ClientCertificateTest, AKeyThatOthersMayReadIsNotUsed) {
  certify("git");
  fs::permissions(key, fs::perms(0444));
  EXPECT_THAT(refusal(), HasSubstr("tls.key"));
}

}  // namespace
}  // namespace causeway::api::database
