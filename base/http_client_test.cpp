// The client against servers that follow a script, byte by byte.
#include "base/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <latch>
#include <semaphore>
#include <thread>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/test_http.hpp"
#include "base/test_sockets.hpp"

namespace causeway::base {
namespace {

using namespace std::chrono_literals;
using test::always;
using test::client_of;
using test::get;
using test::ok;
using test::once;
using test::post;
using test::RawSocket;
using test::ScriptedServer;
using testing::HasSubstr;

TEST(HttpClient, SendsTheRequestAndReadsTheAnswer) {
  std::string seen;
  ScriptedServer server({[&](RawSocket& socket) {
    seen = socket.receive_until("\r\n\r\n");
    seen += socket.receive_exactly(4);
    socket.send("HTTP/1.1 201 Created\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nhello");
  }});
  HttpClient client = client_of(server.url() + "/prefix/");
  HttpRequest request = post("body");
  request.target = "/a?b=c";
  request.headers.set("Accept", "x/y");
  const auto response = client.call(request);
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(response->headers.count("X-A"), 2u);
  EXPECT_EQ(seen, "POST /prefix/a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                      "\r\nUser-Agent: causeway\r\nAccept: x/y\r\nContent-Length: 4\r\n\r\nbody");
}

TEST(HttpClient, EveryWayABodyCanEnd) {
  const std::pair<std::string, std::string> answers[] = {
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nTrailer: t\r\n\r\n",
       "abcd"},
      {"HTTP/1.1 200 OK\r\n\r\nto the end", "to the end"},
      {"HTTP/1.0 200 OK\r\n\r\nold", "old"},
      {"HTTP/1.1 204 No Content\r\n\r\n", ""},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
       "1\r\n\r\nz",
       "z"}};
  for (const auto& [answer, body] : answers) {
    ScriptedServer server({once(answer)});
    const auto response = client_of(server.url()).call(get());
    ASSERT_TRUE(response.ok()) << response.error().message << " for " << answer;
    EXPECT_EQ(response->body, body);
  }
}

TEST(HttpClient, HeadHasNoBodyWhateverItSays) {
  ScriptedServer server({always("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")});
  HttpClient client = client_of(server.url());
  HttpRequest request = get();
  request.method = "HEAD";
  for (int i = 0; i < 2; ++i) {
    const auto response = client.call(request);
    ASSERT_TRUE(response.ok()) << response.error().message;
    EXPECT_EQ(response->headers.get("Content-Length"), "500");
    EXPECT_EQ(response->body, "");
  }
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpClient, KeepsConnectionsAndUsesThemAgain) {
  ScriptedServer server({always(ok("x"))});
  HttpClient client = client_of(server.url());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.call(get()).ok());
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpClient, ConnectionsThatCannotBeKeptAreNot) {
  for (const std::string& answer :
       {std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"),
        std::string("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"), ok("x") + "HTTP/1.1 200 OK\r\n"}) {
    ScriptedServer server({always(answer)});
    HttpClient client = client_of(server.url());
    ASSERT_TRUE(client.call(get()).ok());
    ASSERT_TRUE(client.call(get()).ok());
    EXPECT_EQ(server.accepted(), 2) << answer;
  }
}

TEST(HttpClient, AConnectionClosedWhileIdleIsNoFailure) {
  std::latch closed(1);
  ScriptedServer server({[&](RawSocket& socket) {
                           once(ok("first"))(socket);
                           socket.close();
                           closed.count_down();
                         },
                         once(ok("second"))});
  HttpClient client = client_of(server.url());
  EXPECT_EQ(client.call(get())->body, "first");
  closed.wait();
  EXPECT_EQ(client.call(post("x"))->body, "second");
}

// The server closes a kept-alive connection at the moment our next request arrives there.
TEST(HttpClient, ARequestThatCrossesTheCloseIsSentAgainOnce) {
  for (const bool with_reset : {false, true}) {
    std::atomic<int> seen{0};
    const auto close_on_second = [&](RawSocket& socket) {
      once(ok("first"))(socket);
      socket.receive_until("\r\n\r\n");
      ++seen;
      if (with_reset) {
        socket.reset();
      } else {
        socket.close();
      }
    };
    ScriptedServer server({close_on_second, [&](RawSocket& socket) {
                             socket.receive_until("\r\n\r\n");
                             ++seen;
                             socket.send(ok("again"));
                           }});
    HttpClient client = client_of(server.url());
    ASSERT_TRUE(client.call(get()).ok());
    const auto response = client.call(post("once"));
    ASSERT_TRUE(response.ok()) << response.error().message;
    EXPECT_EQ(response->body, "again");
    EXPECT_EQ(seen, 2);
    EXPECT_EQ(server.accepted(), 2);
  }
}

TEST(HttpClient, AFreshConnectionThatBreaksIsNotTriedAgain) {
  ScriptedServer server({[](RawSocket& socket) { socket.receive_until("\r\n\r\n"); }});
  const auto response = client_of(server.url()).call(post("once"));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, ErrorCode::kIo);
  EXPECT_THAT(response.error().message, HasSubstr("POST " + server.url() + "/"));
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpClient, AnAnswerThatBreaksOffIsNotTriedAgain) {
  ScriptedServer server({[](RawSocket& socket) {
    once(ok("first"))(socket);
    once("HTTP/1.1 200 OK\r\nContent-Le")(socket);
  }});
  HttpClient client = client_of(server.url());
  ASSERT_TRUE(client.call(get()).ok());
  EXPECT_EQ(client.call(get()).error().code, ErrorCode::kIo);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpClient, ABodyCutShortIsAnError) {
  for (const char* answer : {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    ScriptedServer server({once(answer)});
    const auto response = client_of(server.url()).call(get());
    ASSERT_FALSE(response.ok()) << answer;
    EXPECT_EQ(response.error().code, ErrorCode::kIo);
    EXPECT_THAT(response.error().message, HasSubstr("cut short"));
  }
}

TEST(HttpClient, WhatIsNotHttp) {
  for (const std::string& answer :
       {std::string("SSH-2.0-OpenSSH\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
        "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n",
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")}) {
    ScriptedServer server({once(answer)});
    const auto response = client_of(server.url()).call(get());
    ASSERT_FALSE(response.ok()) << answer.substr(0, 50);
    EXPECT_EQ(response.error().code, ErrorCode::kProtocol) << response.error().message;
  }
}

TEST(HttpClient, ABodyLargerThanAllowed) {
  ScriptedServer server({once(ok(std::string(101, 'x'))), once(ok(std::string(100, 'x')))});
  HttpClientOptions options;
  options.base_url = server.url();
  options.max_body_bytes = 100;
  HttpClient client(options);
  EXPECT_EQ(client.call(get()).error().code, ErrorCode::kProtocol);
  EXPECT_EQ(client.call(get())->body.size(), 100u);
}

TEST(HttpClient, NobodyListens) {
  const auto response = client_of("http://127.0.0.1:" + std::to_string(test::unused_port())).call(get());
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, ErrorCode::kConnect);
  EXPECT_THAT(response.error().message, HasSubstr("refused"));
}

TEST(HttpClient, TriesEveryAddressOfAName) {
  // localhost is 127.0.0.1 and ::1: here only the second one listens.
  if (!Listener::open("[::1]:0").ok()) GTEST_SKIP() << "no IPv6 here";
  ScriptedServer server({once(ok("six"))}, "[::1]:0");
  const auto response = client_of("http://localhost:" + std::to_string(server.port())).call(get());
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->body, "six");
}

TEST(HttpClient, TheTimeIsForTheWholeCall) {
  std::counting_semaphore<> go(0);
  const auto wait = [&](RawSocket& socket, const char* beginning) {
    socket.receive_until("\r\n\r\n");
    socket.send(beginning);
    go.acquire();
  };
  ScriptedServer server({[&](RawSocket& socket) { wait(socket, ""); },
                         [&](RawSocket& socket) { wait(socket, "HTTP/1.1 2"); },
                         [&](RawSocket& socket) { wait(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"); }});
  HttpClient client = client_of(server.url());
  for (int i = 0; i < 3; ++i) {
    CallOptions options;
    options.timeout = 50ms;
    const auto response = client.call(get("/path?secret"), options);
    EXPECT_EQ(response.error().code, ErrorCode::kTimeout);
    EXPECT_THAT(response.error().message, HasSubstr("/path:"));
    EXPECT_EQ(response.error().message.find("secret"), std::string::npos)
        << "queries may hold what is nobody's business";
  }
  go.release(3);
}

TEST(HttpClient, AStopEndsTheCallWhereverItIs) {
  for (const char* beginning : {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}) {
    std::stop_source stop;
    ScriptedServer server({[&](RawSocket& socket) {
      socket.receive_until("\r\n\r\n");
      socket.send(beginning);
      stop.request_stop();
      EXPECT_TRUE(socket.ended());
    }});
    CallOptions options;
    options.stop = stop.get_token();
    const auto begin = std::chrono::steady_clock::now();
    const auto response = client_of(server.url()).call(get(), options);
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.error().code, ErrorCode::kCancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  }
}

TEST(HttpClient, AStopBeforeTheCall) {
  ScriptedServer server({always(ok("x"))});
  HttpClient client = client_of(server.url());
  std::stop_source stop;
  stop.request_stop();
  CallOptions options;
  options.stop = stop.get_token();
  EXPECT_EQ(client.call(get(), options).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(server.accepted(), 0);
  EXPECT_TRUE(client.call(get()).ok()) << "and the client lives on";
}

TEST(HttpClient, AStopAfterACallDoesNotHarmTheNext) {
  ScriptedServer server({always(ok("x"))});
  HttpClient client = client_of(server.url());
  for (int i = 0; i < 50; ++i) {
    std::stop_source stop;
    CallOptions options;
    options.stop = stop.get_token();
    std::jthread other([&] { stop.request_stop(); });  // somewhere around the end of the call
    const auto response = client.call(get(), options);
    EXPECT_TRUE(response.ok() || response.error().code == ErrorCode::kCancelled) << response.error().message;
    other.join();
    ASSERT_TRUE(client.call(get()).ok());
  }
}

TEST(HttpClient, LargeBodiesBothWays) {
  const std::string body(5'000'000, 'x');
  ScriptedServer server({[&](RawSocket& socket) {
    socket.receive_until("\r\n\r\n");
    socket.send(ok(socket.receive_exactly(body.size())));
  }});
  const auto response = client_of(server.url()).call(post(body));
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_TRUE(response->body == body);
}

TEST(HttpClient, AnAnswerBeforeTheRequestIsThroughCounts) {
  ScriptedServer server({[&](RawSocket& socket) {
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
    socket.finish_sending();
    socket.receive_exactly(100'000);
  }});
  const auto response = client_of(server.url()).call(post(std::string(50'000'000, 'x')));
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->status, 413);
}

TEST(HttpClient, RefusesWhatItCannotSend) {
  ScriptedServer server({always(ok("x"))});
  HttpClient client = client_of(server.url());
  HttpRequest injected = get();
  injected.headers.set("X", "a\r\nEvil: b");
  EXPECT_EQ(client.call(injected).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(client.call(get("/a b")).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(client.call(get("a")).error().code, ErrorCode::kInvalidArgument);
  HttpRequest method = get();
  method.method = "GET /x";
  EXPECT_EQ(client.call(method).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(client_of("ftp://h").call(get()).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(client_of("nonsense").call(get()).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(client_of("unix:///" + std::string(200, 'x')).call(get()).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(server.accepted(), 0);
}

TEST(HttpClient, BrokenTlsSettingsAreSaidAtTheFirstCall) {
  HttpClientOptions options;
  options.base_url = "https://127.0.0.1:1";
  options.tls.ca_pem = "nothing";
  const auto response = HttpClient(options).call(get());
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(response.error().message, HasSubstr("CERTIFICATE"));
}

TEST(HttpClient, UnixSockets) {
  const TemporaryDirectory folder;
  const std::string url = "unix://" + (folder.path() / "s").string();
  std::string seen;
  ScriptedServer server({[&](RawSocket& socket) {
                          seen = socket.receive_until("\r\n\r\n");
                          socket.send(ok("local"));
                        }},
                        url);
  EXPECT_EQ(client_of(url).call(get("/x"))->body, "local");
  EXPECT_THAT(seen, HasSubstr("GET /x HTTP/1.1\r\nHost: localhost\r\n"));
  EXPECT_EQ(client_of("unix:///no/such/socket").call(get()).error().code, ErrorCode::kConnect);
}

TEST(HttpClient, AProxyIsAskedWithTheWholeUrl) {
  std::string seen;
  ScriptedServer proxy({[&](RawSocket& socket) {
    seen = socket.receive_until("\r\n\r\n");
    socket.send(ok("proxied"));
  }});
  HttpClientOptions options;
  options.base_url = "http://example.com:81/p";
  options.proxy_url = proxy.url();
  EXPECT_EQ(HttpClient(options).call(get("/x"))->body, "proxied");
  EXPECT_THAT(seen, HasSubstr("GET http://example.com:81/p/x HTTP/1.1\r\nHost: example.com:81\r\n"));
}

TEST(HttpClient, AProxyThatRefusesATunnel) {
  std::string seen;
  ScriptedServer proxy({[&](RawSocket& socket) {
    seen = socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 403 Forbidden by rule\r\nContent-Length: 0\r\n\r\n");
  }});
  HttpClientOptions options;
  options.base_url = "https://example.com";
  options.proxy_url = proxy.url();
  const auto response = HttpClient(options).call(get());
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, ErrorCode::kConnect);
  EXPECT_THAT(response.error().message, HasSubstr("403 Forbidden by rule"));
  EXPECT_EQ(seen, "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
}

TEST(HttpClient, ManyThreadsShareIt) {
  ScriptedServer server({always(ok("x"))});
  HttpClientOptions options;
  options.base_url = server.url();
  options.max_idle_connections = 2;
  HttpClient client(options);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) {
        const auto response = client.call(get());
        EXPECT_TRUE(response.ok()) << response.error().message;
      }
    });
  }
}

}  // namespace
}  // namespace causeway::base
