// A real Traefik with the files of manifests/addons/internal-tls before the role web over https: whom it speaks to, and
// whom not.

#include <fstream>

#include "base/pki.hpp"
#include "tests/integration/gateway/real_gateway.hpp"
#include "tests/integration/gateway/upstream.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
namespace fs = std::filesystem;

const std::string kName = "causeway-apiserver.causeway-system.svc";

class InternalTlsTest : public WebTest {
 protected:
  void SetUp() override {
    if (traefik_program().empty()) GTEST_SKIP() << "there is no Traefik: onebox/build.sh gateway builds it";
    WebTest::SetUp();
    if (IsSkipped()) return;
    ada.emplace(user("ada"));
  }

  static base::KeyPair leaf(const base::KeyPair& by, const std::string& name) {
    return *base::issue_certificate(by, {.common_name = name, .dns_names = {name, "localhost"}, .server = true});
  }
  // Another replica, over https.
  void serve(const base::KeyPair& certificate) {
    const base::CertificateFiles files{.cert = folder.path() / "tls.crt", .key = folder.path() / "tls.key"};
    ASSERT_TRUE(base::write_file_atomic(files.cert, certificate.cert_pem).ok());
    ASSERT_TRUE(base::write_file_atomic(files.key, certificate.key_pem).ok());
    ServerOptions options{.role = ServerRole::kWeb, .listen = "127.0.0.1:0", .tls = files, .workers = 4};
    options.people = people;
    options.people.database = settings;
    options.trusted_proxies = trusted_proxies;
    options.secret = std::string(32, 's');
    auto started = Server::start(options, clock);
    ASSERT_TRUE(started.ok()) << started.error().message;
    encrypted = std::move(*started);
  }

  // The gateway's folder as a kubelet makes it: files are links into a folder that a link names, which is replaced.
  void configure(const base::KeyPair& trusted) {
    const std::string version = "..v" + std::to_string(++versions);
    fs::create_directories(etc / version);
    const auto put = [&](const std::string& name, std::string text) {
      const std::vector<std::pair<std::string, std::string>> here{
          {"/etc/traefik", etc.string()},
          {"https://" + kName, "https://localhost:" + std::to_string(encrypted->port())}};
      for (const auto& [word, by] : here) {
        for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += by.size())
          text.replace(at, word.size(), by);
      }
      std::ofstream(etc / version / name) << text;
      if (versions == 1) fs::create_symlink(fs::path("..data") / name, etc / name);
    };
    const std::string component = CAUSEWAY_SOURCE_DIR "/manifests/addons/internal-tls/";
    for (const char* file : {"servers-transports.yaml", "forward-auth.yaml"})
      put(file, base::read_file(component + file).value());
    put("causeway-apiserver-ca.crt", trusted.cert_pem);
    put("git-ca.crt", trusted.cert_pem);
    // What the Services' annotations come to.
    put("routes.yaml",
        "http:\n"
        "  routers:\n"
        "    site: {rule: PathPrefix(`/`), service: site}\n"
        "    behind: {rule: PathPrefix(`/behind/`), middlewares: [causeway-identity], service: behind}\n"
        "  services:\n"
        "    site: {loadBalancer: {serversTransport: causeway-apiserver, servers: [{url: 'https://127.0.0.1:" +
            std::to_string(encrypted->port()) +
            "'}]}}\n"
            "    behind: {loadBalancer: {servers: [{url: 'http://127.0.0.1:" +
            std::to_string(upstream.port()) + "'}]}}\n");
    fs::create_symlink(version, etc / "..data.new");
    fs::rename(etc / "..data.new", etc / "..data");
  }
  void start_gateway() {
    port = base::test::unused_port();
    gateway.emplace(
        std::vector<std::string>{traefik_program(), "--entrypoints.web.address=127.0.0.1:" + std::to_string(port),
                                 "--providers.file.directory=" + etc.string(),
                                 "--providers.providersthrottleduration=200ms", "--log.level=ERROR",
                                 "--global.checknewversion=false", "--global.sendanonymoususage=false"},
        folder.path() / "log", [this] {
          // It listens before it knows where to.
          if (status("/behind/ready", false) == "404")
            throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
        });
    upstream.take();
  }
  std::string get(const std::string& target, bool as_ada = true) {
    auto socket = base::test::RawSocket::connect(port);
    socket.send("GET " + target + " HTTP/1.1\r\nHost: causeway.localhost\r\n" +
                (as_ada ? "Cookie: causeway=" + ada->cookies.at("causeway") + "\r\n" : "") +
                "Connection: close\r\n\r\n");
    return socket.receive_all();
  }
  std::string status(const std::string& target, bool as_ada = true) {
    const auto answer = get(target, as_ada);
    return answer.size() > 12 ? answer.substr(9, 3) : "none";
  }
  void expect_refused() {
    EXPECT_THAT(status("/identity"), StartsWith("50")) << get("/identity");
    EXPECT_THAT(status("/behind/page"), StartsWith("50"));
    EXPECT_THAT(upstream.take(), IsEmpty()) << "nothing comes through that was not asked for";
  }

  const base::KeyPair authority = *base::make_authority("inside"), another = *base::make_authority("inside");
  const base::TemporaryDirectory folder;
  const fs::path etc = folder.path() / "etc";
  int versions = 0;
  std::uint16_t port = 0;
  Upstream upstream;
  std::optional<Browser> ada;
  std::unique_ptr<Server> encrypted;
  std::optional<Started> gateway;
};

TEST_F(InternalTlsTest, TheGatewaySpeaksHttpsToTheApiServer) {
  serve(leaf(authority, kName));
  configure(authority);
  start_gateway();
  EXPECT_THAT(get("/identity"), HasSubstr("\"ada\""));
  EXPECT_EQ(status("/behind/page"), "200");
  const auto arrived = upstream.take();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_THAT(values_of(arrived[0], "x-causeway-user"), ElementsAre(text_of(ada->get("/identity"), "id")));
}

TEST_F(InternalTlsTest, AnotherAuthorityIsRefusedUntilTheGatewayIsToldOfIt) {
  serve(leaf(another, kName));
  configure(authority);
  start_gateway();
  expect_refused();
  configure(another);
  EXPECT_TRUE(database::eventually([&] { return status("/identity") == "200" && status("/behind/page") == "200"; }));
}

TEST_F(InternalTlsTest, ACertificateForAnotherNameIsRefused) {
  const auto certificate = *base::issue_certificate(
      authority, {.common_name = "git", .dns_names = {"git.causeway-system.svc"}, .server = true});
  serve(certificate);
  configure(authority);
  start_gateway();
  expect_refused();
}

}  // namespace
}  // namespace causeway::api
