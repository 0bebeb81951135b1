// Client and server together, over TCP, TLS and unix sockets, and each against programs of others (curl, openssl).
#include <condition_variable>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <semaphore>
#include <thread>
#include <unistd.h>

#include "base/files.hpp"
#include "base/http_client.hpp"
#include "base/http_server.hpp"
#include "base/pki.hpp"
#include "base/process.hpp"
#include "base/tcp_relay.hpp"
#include "base/test_sockets.hpp"

namespace causeway::base {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

HttpResponse echo(const HttpRequest& request) {
  HttpResponse response = text_response(200, request.method + " " + request.target + " " + request.body);
  response.headers.set("X-Host", std::string(request.headers.get("Host").value_or("none")));
  return response;
}

// Answers with the body as it comes. The head goes out after the first piece, as "100 Continue" must come before it.
void stream_back(HttpExchange& exchange) {
  std::vector<char> piece(20'000);
  bool started = false;
  for (;;) {
    const auto n = exchange.read(piece);
    if (!n) return;
    if (!std::exchange(started, true) && !exchange.start({})) return;
    if (*n == 0) break;
    if (!exchange.write({piece.data(), *n})) return;
  }
  static_cast<void>(exchange.finish());
}

std::unique_ptr<HttpServer> start(HttpServerOptions options, HttpServer::Handler handler = echo) {
  auto server = HttpServer::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server.ok()) << server.error().message;
  return std::move(*server);
}

KeyPair leaf_of(const KeyPair& authority, std::vector<std::string> names, std::vector<std::string> addresses) {
  LeafSpec leaf;
  leaf.common_name = "server";
  leaf.server = true;
  leaf.dns_names = std::move(names);
  leaf.ip_addresses = std::move(addresses);
  return *issue_certificate(authority, leaf);
}

std::unique_ptr<HttpServer> start_tls(const KeyPair& leaf) {
  HttpServerOptions options;
  options.tls = TlsServerOptions{leaf.cert_pem, leaf.key_pem};
  return start(options);
}

HttpClientOptions tls_client(std::uint16_t port, const std::string& ca, const std::string& host = "127.0.0.1") {
  HttpClientOptions options;
  options.base_url = "https://" + host + ":" + std::to_string(port);
  options.tls.ca_pem = ca;
  return options;
}

// Each way of connecting, as a pair of options.
class Transport : public testing::TestWithParam<std::string> {
 protected:
  HttpServerOptions server_options() {
    HttpServerOptions options;
    options.max_body_bytes = 64u << 20;
    if (GetParam() == "unix") options.listen = "unix://" + (folder_.path() / "s").string();
    if (GetParam() == "tls") options.tls = TlsServerOptions{leaf_.cert_pem, leaf_.key_pem};
    return options;
  }
  HttpClientOptions client_options(const HttpServer& server) {
    if (GetParam() == "tls") return tls_client(server.port(), authority_.cert_pem);
    HttpClientOptions options;
    options.base_url = GetParam() == "unix" ? "unix://" + (folder_.path() / "s").string()
                                            : "http://127.0.0.1:" + std::to_string(server.port());
    return options;
  }

  TemporaryDirectory folder_;
  KeyPair authority_ = *make_authority("test");
  KeyPair leaf_ = leaf_of(authority_, {"localhost"}, {"127.0.0.1"});
};

INSTANTIATE_TEST_SUITE_P(Every, Transport, testing::Values("tcp", "unix", "tls"),
                         [](const auto& param_info) { return param_info.param; });

TEST_P(Transport, RequestsAndBodiesOfEverySize) {
  const auto server = start(server_options());
  HttpClient client(client_options(*server));
  for (const std::size_t size : {0u, 1u, 1000u, 16'384u, 65'536u, 65'537u, 1'000'000u, 5'000'000u}) {
    HttpRequest request;
    request.method = "POST";
    request.target = "/x";
    request.body.assign(size, 'b');
    const auto response = client.call(request);
    ASSERT_TRUE(response.ok()) << size << ": " << response.error().message;
    EXPECT_TRUE(response->body == "POST /x " + request.body) << size;
  }
}

TEST_P(Transport, ManyClientsAtOnce) {
  const auto server = start(server_options());
  HttpClient client(client_options(*server));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 25; ++n) {
        HttpRequest request;
        request.target = "/" + std::to_string(i) + "/" + std::to_string(n);
        const auto response = client.call(request);
        ASSERT_TRUE(response.ok()) << response.error().message;
        EXPECT_EQ(response->body, "GET " + request.target + " ");
      }
    });
  }
}

TEST_P(Transport, StreamsBothWays) {
  auto started = HttpServer::start(server_options(), stream_back);
  ASSERT_TRUE(started.ok());
  HttpClient client(client_options(**started));
  HttpRequest request;
  request.method = "POST";
  for (int i = 0; i < 300'000; ++i) request.body += static_cast<char>('a' + i % 23);
  for (int i = 0; i < 2; ++i) {
    std::string body;
    const auto end = client.stream(
        request, [](const HttpResponse& head) { return head.status == 200; },
        [&](std::string_view piece) {
          body += piece;
          return true;
        });
    ASSERT_TRUE(end.ok()) << end.error().message;
    EXPECT_TRUE(body == request.body);
  }
}

TEST_P(Transport, AStoppedStreamTellsTheServer) {
  std::binary_semaphore closed(0);
  auto started = HttpServer::start(server_options(), HttpServer::StreamHandler([&](HttpExchange& exchange) {
                                     if (!exchange.start({}) || !exchange.write("event")) return;
                                     std::mutex mutex;
                                     std::condition_variable_any never;
                                     std::unique_lock lock(mutex);
                                     never.wait(lock, exchange.closed(), [] { return false; });
                                     closed.release();
                                   }));
  ASSERT_TRUE(started.ok());
  HttpClient client(client_options(**started));
  std::stop_source stop;
  StreamOptions options;
  options.stop = stop.get_token();
  const auto end = client.stream(
      {}, [](const HttpResponse&) { return true; },
      [&](std::string_view) {
        stop.request_stop();
        return true;
      },
      options);
  EXPECT_EQ(end.error().code, ErrorCode::kCancelled);
  closed.acquire();
}

TEST_P(Transport, TheClientFindsAServerThatWasRestarted) {
  auto server = start(server_options());
  HttpServerOptions options = server_options();
  if (GetParam() != "unix") options.listen = "127.0.0.1:" + std::to_string(server->port());
  HttpClient client(client_options(*server));
  for (int i = 0; i < 3; ++i) {
    const auto response = client.call({});
    ASSERT_TRUE(response.ok()) << response.error().message;
    server->stop(0s);
    EXPECT_EQ(client.call({}).error().code, ErrorCode::kConnect);
    server = start(options);
  }
}

TEST(Tls, TheNameMustBeInTheCertificate) {
  const KeyPair authority = *make_authority("test");
  const auto server = start_tls(leaf_of(authority, {"right.example"}, {"127.0.0.9"}));
  HttpClientOptions options = tls_client(server->port(), authority.cert_pem);
  const auto wrong = HttpClient(options).call({});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, ErrorCode::kConnect);
  EXPECT_THAT(wrong.error().message, HasSubstr("not trusted"));
  options.tls.server_name = "right.example";
  EXPECT_TRUE(HttpClient(options).call({}).ok());
  options.tls.server_name = "wrong.example";
  EXPECT_FALSE(HttpClient(options).call({}).ok());
  options.tls.server_name = "127.0.0.9";
  EXPECT_TRUE(HttpClient(options).call({}).ok());
  options.tls.server_name = "wrong.example";
  options.tls.insecure_skip_verify = true;
  EXPECT_TRUE(HttpClient(options).call({}).ok());
}

TEST(Tls, TheAuthorityMustBeOurs) {
  const KeyPair authority = *make_authority("test"), other = *make_authority("test");
  const auto server = start_tls(leaf_of(authority, {"localhost"}, {}));
  const auto untrusted = HttpClient(tls_client(server->port(), other.cert_pem, "localhost")).call({});
  ASSERT_FALSE(untrusted.ok());
  EXPECT_EQ(untrusted.error().code, ErrorCode::kConnect);
  EXPECT_FALSE(HttpClient(tls_client(server->port(), "", "localhost")).call({}).ok()) << "nor does the system trust it";
  EXPECT_TRUE(HttpClient(tls_client(server->port(), other.cert_pem + authority.cert_pem, "localhost")).call({}).ok())
      << "one of several";
}

TEST(Tls, AnExpiredCertificate) {
  const KeyPair authority = *make_authority("test");
  LeafSpec leaf;
  leaf.common_name = "server";
  leaf.server = true;
  leaf.ip_addresses = {"127.0.0.1"};
  leaf.validity = -10min;
  const auto server = start_tls(*issue_certificate(authority, leaf));
  const auto response = HttpClient(tls_client(server->port(), authority.cert_pem)).call({});
  ASSERT_FALSE(response.ok());
  EXPECT_THAT(response.error().message, HasSubstr("expired"));
}

TEST(Tls, PlainSpokenToTlsAndTlsToPlain) {
  const KeyPair authority = *make_authority("test");
  const auto encrypted = start_tls(leaf_of(authority, {}, {"127.0.0.1"}));
  HttpClientOptions plain;
  plain.base_url = "http://127.0.0.1:" + std::to_string(encrypted->port());
  EXPECT_FALSE(HttpClient(plain).call({}).ok());
  const auto open = start({});
  const auto response = HttpClient(tls_client(open->port(), authority.cert_pem)).call({});
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, ErrorCode::kConnect);
}

TEST(Tls, TheServersCertificateIsReplacedWhileItRuns) {
  const KeyPair old_authority = *make_authority("old"), new_authority = *make_authority("new");
  const auto server = start_tls(leaf_of(old_authority, {}, {"127.0.0.1"}));
  HttpClient kept(tls_client(server->port(), old_authority.cert_pem));
  ASSERT_TRUE(kept.call({}).ok());
  const KeyPair leaf = leaf_of(new_authority, {}, {"127.0.0.1"});
  server->set_tls({leaf.cert_pem, leaf.key_pem});
  EXPECT_TRUE(kept.call({}).ok()) << "the connection that is open lives on";
  EXPECT_FALSE(HttpClient(tls_client(server->port(), old_authority.cert_pem)).call({}).ok());
  EXPECT_TRUE(HttpClient(tls_client(server->port(), new_authority.cert_pem)).call({}).ok());

  testing::internal::CaptureStderr();
  server->set_tls({leaf.cert_pem, old_authority.key_pem});
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("the old one stays"));
  EXPECT_TRUE(HttpClient(tls_client(server->port(), new_authority.cert_pem)).call({}).ok());

  kept.set_tls(TlsClientOptions{new_authority.cert_pem, "", "", "", false});
  EXPECT_TRUE(kept.call({}).ok()) << "the client's trust is replaced too";
  testing::internal::CaptureStderr();
  kept.set_tls(TlsClientOptions{"nothing", "", "", "", false});
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("the old ones stay"));
  EXPECT_TRUE(kept.call({}).ok());
}

TEST(Tls, ASilentPeerInTheHandshake) {
  const KeyPair authority = *make_authority("test");
  HttpServerOptions options;
  options.header_timeout = 50ms;
  const KeyPair leaf = leaf_of(authority, {}, {"127.0.0.1"});
  options.tls = TlsServerOptions{leaf.cert_pem, leaf.key_pem};
  const auto server = start(options);
  test::RawSocket silent = test::RawSocket::connect(server->port());
  EXPECT_TRUE(silent.ended());

  std::binary_semaphore go(0);
  test::ScriptedServer deaf({[&](test::RawSocket&) { go.acquire(); }});
  HttpClientOptions client = tls_client(deaf.port(), authority.cert_pem);
  client.connect_timeout = 50ms;
  const auto response = HttpClient(client).call({});
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, ErrorCode::kConnect) << "nothing was sent";
  go.release();
}

TEST(Tls, ThroughAProxysTunnel) {
  const KeyPair authority = *make_authority("test");
  const auto server = start_tls(leaf_of(authority, {}, {"127.0.0.1"}));
  const auto relay = TcpRelay::fixed("127.0.0.1:0", {"127.0.0.1", server->port()});
  ASSERT_TRUE(relay.ok());
  // A proxy: answers CONNECT, then carries bytes between the two.
  test::ScriptedServer proxy({[&](test::RawSocket& socket) {
    const std::string asked = socket.receive_until("\r\n\r\n");
    EXPECT_THAT(asked, HasSubstr("CONNECT 127.0.0.1:" + std::to_string(server->port()) + " HTTP/1.1\r\n"));
    socket.send("HTTP/1.1 200 Connection established\r\n\r\n");
    test::RawSocket target = test::RawSocket::connect((*relay)->port());
    std::jthread back([&] {
      try {
        for (;;) socket.send(target.receive_exactly(1));
      } catch (const std::exception&) {
        socket.finish_sending();
      }
    });
    try {
      for (;;) target.send(socket.receive_exactly(1));
    } catch (const std::exception&) {
      target.finish_sending();
    }
  }});
  HttpClientOptions options = tls_client(server->port(), authority.cert_pem);
  options.proxy_url = proxy.url();
  {
    HttpClient client(options);
    const auto response = client.call({});
    ASSERT_TRUE(response.ok()) << response.error().message;
    EXPECT_EQ(response->body, "GET / ");
  }
}

Result<RunOutput> curl(std::vector<std::string> arguments) {
  ProcessSpec spec;
  spec.argv = {"curl", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*"};
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  return run_checked(spec);
}

TEST(Curl, SpeaksWithTheServerOverEveryTransport) {
  if (!find_program("curl")) GTEST_SKIP() << "no curl";
  const TemporaryDirectory folder;
  const KeyPair authority = *make_authority("test");
  ASSERT_TRUE(write_file_atomic(folder.path() / "ca", authority.cert_pem).ok());
  const auto tls = start_tls(leaf_of(authority, {"localhost"}, {}));
  const auto over_tls =
      curl({"--cacert", folder.path() / "ca", "https://localhost:" + std::to_string(tls->port()) + "/a"});
  ASSERT_TRUE(over_tls.ok()) << over_tls.error().message;
  EXPECT_EQ(over_tls->out, "GET /a ");

  HttpServerOptions options;
  options.listen = "unix://" + (folder.path() / "s").string();
  const auto local = start(options);
  EXPECT_EQ(curl({"--unix-socket", folder.path() / "s", "http://x/b"})->out, "GET /b ");
}

TEST(Curl, UploadsWithExpectationAndChunks) {
  if (!find_program("curl")) GTEST_SKIP() << "no curl";
  const TemporaryDirectory folder;
  ASSERT_TRUE(write_file_atomic(folder.path() / "body", std::string(3'000'000, 'x')).ok());
  auto server = HttpServer::start({}, HttpServer::StreamHandler(stream_back));
  const std::string url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/";
  const std::string file = "@" + (folder.path() / "body").string();
  for (const char* extra : {"Expect: 100-continue", "Transfer-Encoding: chunked"}) {
    const auto response = curl({"--data-binary", file, "--header", extra, url});
    ASSERT_TRUE(response.ok()) << response.error().message;
    EXPECT_EQ(response->out.size(), 3'000'000u) << extra;
  }
}

TEST(OpensslServer, IsUnderstoodByTheClient) {
  const TemporaryDirectory folder;
  const KeyPair authority = *make_authority("test");
  const KeyPair leaf = leaf_of(authority, {}, {"127.0.0.1"});
  ASSERT_TRUE(write_file_atomic(folder.path() / "cert", leaf.cert_pem).ok());
  ASSERT_TRUE(write_file_atomic(folder.path() / "key", leaf.key_pem).ok());
  ASSERT_TRUE(write_file_atomic(folder.path() / "file", "from openssl").ok());
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    ProcessSpec spec;
    spec.argv = {"openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "cert", "-key", "key", "-WWW", version};
    spec.cwd = folder.path();
    spec.out = ProcessSpec::Stream::kPipe;
    spec.err = ProcessSpec::Stream::kNull;
    auto process = Process::spawn(spec);
    ASSERT_TRUE(process.ok());
    std::string line;  // "ACCEPT 127.0.0.1:12345"
    char c;
    while (line.find("ACCEPT") == std::string::npos || line.back() != '\n') {
      ASSERT_EQ(::read(process->out(), &c, 1), 1) << line;
      line += c;
    }
    const auto port = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
    HttpRequest request;
    request.target = "/file";
    const auto response = HttpClient(tls_client(port, authority.cert_pem)).call(request);
    ASSERT_TRUE(response.ok()) << response.error().message;
    EXPECT_EQ(response->body, "from openssl") << version;
  }
}

}  // namespace
}  // namespace causeway::base
