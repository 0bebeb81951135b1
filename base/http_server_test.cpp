// The server against raw sockets: what it refuses, what it forgives, when it gives up.
#include "base/http_server.hpp"

#include <condition_variable>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <semaphore>
#include <thread>

#include "base/test_sockets.hpp"

namespace causeway::base {
namespace {

using namespace std::chrono_literals;
using test::RawSocket;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::unique_ptr<HttpServer> serve(HttpServer::Handler handler, HttpServerOptions options = {}) {
  auto server = HttpServer::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server.ok()) << server.error().message;
  return std::move(*server);
}

std::unique_ptr<HttpServer> serve_stream(HttpServer::StreamHandler handler, HttpServerOptions options = {}) {
  auto server = HttpServer::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server.ok()) << server.error().message;
  return std::move(*server);
}

HttpResponse echo(const HttpRequest& request) {
  return text_response(200, request.method + " " + request.target + " " + request.body);
}

std::string exchange(std::uint16_t port, std::string_view bytes) {
  RawSocket socket = RawSocket::connect(port);
  socket.send(bytes);
  return socket.receive_response();
}

TEST(HttpServer, AnswersAndKeepsTheConnection) {
  const auto server = serve(echo);
  RawSocket socket = RawSocket::connect(server->port());
  for (int i = 0; i < 3; ++i) {
    socket.send("GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string response = socket.receive_response();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
    EXPECT_THAT(response, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
    EXPECT_THAT(response, EndsWith("\r\n\r\nGET /a?b "));
  }
}

TEST(HttpServer, BodiesWithLengthAndChunks) {
  const auto server = serve(echo);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_THAT(socket.receive_response(), EndsWith("POST / hello"));
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(socket.receive_response(), EndsWith("POST / abcde"));
  socket.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(socket.receive_response(), EndsWith("PUT / "));
}

TEST(HttpServer, TrailersEndABodyAndAreNoHeaders) {
  const auto server = serve([](const HttpRequest& request) {
    return text_response(200, request.body + (request.headers.get("X-Late") ? "header" : "none"));
  });
  RawSocket socket = RawSocket::connect(server->port());
  for (const std::size_t size : {std::size_t{1}, std::size_t{2000}}) {
    socket.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Late: " +
                std::string(size, 'y') + "\r\n\r\n");
    EXPECT_THAT(socket.receive_response(), EndsWith("\r\n\r\nxnone"));
  }
}

TEST(HttpServer, RequestsCutAnywhere) {
  const auto server = serve(echo);
  const std::string request =
      "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  RawSocket socket = RawSocket::connect(server->port());
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    socket.send(request.substr(0, cut));
    socket.send(request.substr(cut));
    ASSERT_THAT(socket.receive_response(), EndsWith("POST /x abcde")) << cut;
  }
  for (const char c : request) socket.send(std::string_view(&c, 1));
  EXPECT_THAT(socket.receive_response(), EndsWith("POST /x abcde"));
}

TEST(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  const auto server = serve(echo);
  RawSocket socket = RawSocket::connect(server->port());
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\n" + std::string(500, 'b');
  }
  std::jthread writer([&] { socket.send(all); });
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(socket.receive_response(), HasSubstr("POST /" + std::to_string(i) + " bbb")) << i;
  }
}

TEST(HttpServer, HeadGetsTheLengthAndNoBody) {
  const auto server = serve(echo);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string all = socket.receive_all();
  EXPECT_THAT(all, HasSubstr("Content-Length: 8\r\n\r\nHTTP/1.1 200 OK\r\n")) << all;
}

TEST(HttpServer, StatusesWithoutABody) {
  const auto server = serve([](const HttpRequest&) { return text_response(204, "ignored"); });
  const std::string response = exchange(server->port(), "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(response, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(response, EndsWith("\r\n\r\n"));
}

TEST(HttpServer, Http10ClosesUnlessAskedNotTo) {
  const auto server = serve(echo);
  RawSocket closing = RawSocket::connect(server->port());
  closing.send("GET / HTTP/1.0\r\n\r\n");
  const std::string all = closing.receive_all();
  EXPECT_THAT(all, StartsWith("HTTP/1.0 200 OK\r\n"));
  EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
  RawSocket kept = RawSocket::connect(server->port());
  for (int i = 0; i < 2; ++i) {
    kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(kept.receive_response(), HasSubstr("Connection: keep-alive\r\n"));
  }
}

TEST(HttpServer, ConnectionCloseIsObeyed) {
  const auto server = serve(echo);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(socket.receive_all(), HasSubstr("Connection: close\r\n"));
}

TEST(HttpServer, RefusesMalformedRequestsAndCloses) {
  const auto server = serve(echo);
  const std::pair<std::string, std::string> cases[] = {
      {"nonsense\r\n\r\n", "400"},
      {"GET / HTTP/1.1\nHost: h\n\n", "400"},
      {"\x16\x03\x01 a TLS hello", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n folded\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost : h\r\n\r\n", "400"},
      {"GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505"},
      {"GET / HTTP/1.1\r\nHost: h\r\nX_Y: 1\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: xchunked\r\n\r\nabc", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "501"},
      {"POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n", "417"}};
  for (const auto& [request, status] : cases) {
    RawSocket socket = RawSocket::connect(server->port());
    socket.send(request);
    const std::string response = socket.receive_all();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 " + status + " ")) << request;
    EXPECT_THAT(response, HasSubstr("Connection: close\r\n")) << request;
    EXPECT_EQ(response.find("\nHTTP/1.1 "), std::string::npos) << "one answer: " << request;
  }
}

TEST(HttpServer, TooLargeAHeader) {
  HttpServerOptions options;
  options.max_header_bytes = 1000;
  const auto server = serve(echo, options);
  const std::string fits = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  EXPECT_THAT(exchange(server->port(), fits + std::string(1000 - fits.size() - 4, 'x') + "\r\n\r\n"),
              HasSubstr(" 200 "));
  EXPECT_THAT(exchange(server->port(), fits + std::string(1000 - fits.size() - 3, 'x') + "\r\n\r\n"),
              HasSubstr(" 431 "));
  EXPECT_THAT(exchange(server->port(), fits + std::string(100'000, 'x')), HasSubstr(" 431 "));
}

TEST(HttpServer, TooLargeABody) {
  HttpServerOptions options;
  options.max_body_bytes = 1000;
  const auto server = serve(echo, options);
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_THAT(exchange(server->port(), head + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'x')),
              HasSubstr(" 200 "));
  EXPECT_THAT(exchange(server->port(), head + "Content-Length: 1001\r\n\r\n"), HasSubstr(" 413 "));
  EXPECT_THAT(exchange(server->port(), head + "Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "))
      << "the body need not be sent to know";
  EXPECT_THAT(exchange(server->port(), head + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x')),
              HasSubstr(" 413 "));
}

// The peer is still sending when we refuse: it must see the answer, not a reset.
TEST(HttpServer, ARefusalArrivesAlthoughTheBodyDoesNot) {
  const auto server = serve(echo);
  RawSocket socket = RawSocket::connect(server->port());
  std::jthread writer([&] {
    socket.try_send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 30000000\r\n\r\n");
    socket.try_send(std::string(3'000'000, 'x'));
    socket.finish_sending();
  });
  EXPECT_THAT(socket.receive_all(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, ExpectationIsAnsweredBeforeTheBody) {
  const auto server = serve(echo);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(socket.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("body");
  EXPECT_THAT(socket.receive_response(), EndsWith("PUT / body"));
}

TEST(HttpServer, ASlowHeaderIsAnsweredAndClosed) {
  HttpServerOptions options;
  options.header_timeout = 300ms;
  const auto server = serve(echo, options);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("GET / HTTP/1.1\r\nHos");
  EXPECT_THAT(socket.receive_all(), StartsWith("HTTP/1.1 408 "));
  RawSocket silent = RawSocket::connect(server->port());
  EXPECT_TRUE(silent.ended()) << "not a byte of a request";
}

// A header that drips steadily has no more time than one that does not.
TEST(HttpServer, ADrippingHeaderIsEndedToo) {
  HttpServerOptions options;
  options.header_timeout = 300ms;
  const auto server = serve(echo, options);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("GET / HTTP/1.1\r\nX: ");
  std::jthread dripping([&](const std::stop_token& stop) {
    while (!stop.stop_requested() && socket.try_send("x")) std::this_thread::sleep_for(5ms);
  });
  EXPECT_THAT(socket.receive_until("\r\n"), StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServer, AnIdleConnectionIsClosed) {
  HttpServerOptions options;
  options.idle_timeout = 50ms;
  const auto server = serve(echo, options);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  socket.receive_response();
  EXPECT_TRUE(socket.ended());
}

TEST(HttpServer, ABodyThatStopsIsEnded) {
  HttpServerOptions options;
  options.body_timeout = 50ms;
  const auto server = serve(echo, options);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_TRUE(socket.ended());
}

TEST(HttpServer, AHandlersExceptionIs500) {
  testing::internal::CaptureStderr();
  {
    const auto server = serve([](const HttpRequest&) -> HttpResponse { throw std::runtime_error("broken handler"); });
    RawSocket socket = RawSocket::connect(server->port());
    for (int i = 0; i < 2; ++i) {
      socket.send("GET /where HTTP/1.1\r\nHost: h\r\n\r\n");
      const std::string response = socket.receive_response();
      EXPECT_THAT(response, StartsWith("HTTP/1.1 500 "));
      EXPECT_THAT(response, Not(HasSubstr("broken handler"))) << "the inside is nobody's business";
    }
  }
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_THAT(logged, HasSubstr("broken handler"));
  EXPECT_THAT(logged, HasSubstr("/where"));
}

TEST(HttpServer, AHandlersHeadersCannotBreakTheAnswer) {
  testing::internal::CaptureStderr();
  {
    const auto server = serve([](const HttpRequest&) {
      HttpResponse response = text_response(200, "x");
      response.headers.add("X", "a\r\nSet-Cookie: evil");
      response.headers.add("Content-Length", "500");
      return response;
    });
    const std::string response = exchange(server->port(), "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(response, Not(HasSubstr("evil")));
    EXPECT_THAT(response, HasSubstr("Content-Length: 1\r\n"));
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("left out"));
}

TEST(HttpServer, TooManyRequestsAre503) {
  std::counting_semaphore<> go(0), begun(0);
  HttpServerOptions options;
  options.workers = 1;
  options.queue = 1;
  const auto server = serve(
      [&](const HttpRequest& request) {
        begun.release();
        go.acquire();
        return echo(request);
      },
      options);
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  RawSocket first = RawSocket::connect(server->port());
  first.send(request);
  begun.acquire();
  // Of two more one waits in the queue and one is refused.
  RawSocket second = RawSocket::connect(server->port()), third = RawSocket::connect(server->port());
  std::string refused, answered;
  std::mutex mutex;
  const auto ask = [&](RawSocket& socket) {
    socket.send(request);
    const std::string response = socket.receive_all();
    const std::lock_guard lock(mutex);
    if (response.find(" 503 ") != std::string::npos) {
      refused = response;
      go.release(2);
    } else {
      answered = response;
    }
  };
  std::thread a([&] { ask(second); }), b([&] { ask(third); });
  a.join();
  b.join();
  EXPECT_THAT(refused, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(answered, HasSubstr(" 200 "));
  EXPECT_THAT(first.receive_all(), HasSubstr(" 200 "));
}

TEST(HttpServer, ABodyThatDripsIsLateHoweverSteadily) {
  HttpServerOptions options;
  options.body_deadline = 300ms;
  const auto server = serve(echo, options);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  // Far faster than body_timeout asks for; ends when the server has had enough.
  std::jthread drip([&](const std::stop_token& stop) {
    while (!stop.stop_requested() && socket.try_send("x")) std::this_thread::sleep_for(5ms);
  });
  EXPECT_THAT(socket.receive_response(), StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServer, BodiesTogetherFillNoMoreThanTheirShare) {
  HttpServerOptions options;
  options.max_buffered_bytes = 1000;
  const auto server = serve(echo, options);
  const std::string most(900, 'x');
  const auto begin = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 901\r\n\r\n" + most;
  RawSocket waiting = RawSocket::connect(server->port());
  waiting.send(begin);
  // Refused as soon as the server has read what is waiting.
  std::string second;
  do {
    second = exchange(server->port(), begin + "y");
  } while (second.find(" 200 ") != std::string::npos);
  EXPECT_THAT(second, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(second, HasSubstr("Retry-After: 1\r\n"));
  waiting.send("z");
  EXPECT_THAT(waiting.receive_response(), EndsWith("xz"));
  // The share is free again.
  EXPECT_THAT(exchange(server->port(), begin + "y"), EndsWith("xy"));
}

TEST(HttpServer, MoreConnectionsThanAllowedWaitTheirTurn) {
  HttpServerOptions options;
  options.max_connections = 2;
  const auto server = serve(echo, options);
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  RawSocket first = RawSocket::connect(server->port()), second = RawSocket::connect(server->port());
  for (RawSocket* socket : {&first, &second}) {
    socket->send(request);
    socket->receive_response();
  }
  RawSocket third = RawSocket::connect(server->port());
  third.send(request);
  first.close();
  EXPECT_THAT(third.receive_response(), HasSubstr(" 200 "));
}

TEST(HttpServerStop, LetsARequestInFlightEnd) {
  std::binary_semaphore begun(0), go(0);
  const auto server = serve([&](const HttpRequest& request) {
    begun.release();
    go.acquire();
    return echo(request);
  });
  RawSocket busy = RawSocket::connect(server->port()), idle = RawSocket::connect(server->port());
  busy.send("GET /last HTTP/1.1\r\nHost: h\r\n\r\n");
  begun.acquire();
  std::thread stopping([&] { server->stop(60s); });
  EXPECT_TRUE(idle.ended()) << "without a request there is nothing to wait for";
  go.release();
  const std::string response = busy.receive_all();
  EXPECT_THAT(response, EndsWith("GET /last "));
  EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
  stopping.join();
  EXPECT_THROW(RawSocket::connect(server->port()), std::system_error);
  server->stop(0s);
}

TEST(HttpServerStop, ClosesWhatDoesNotEndInTime) {
  std::binary_semaphore begun(0);
  const auto server = serve_stream([&](HttpExchange& exchange) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    begun.release();
    never.wait(lock, exchange.closed(), [] { return false; });
  });
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  begun.acquire();
  server->stop(10ms);
  EXPECT_TRUE(socket.ended());
}

TEST(HttpServerStart, SaysWhyItCannot) {
  const auto server = serve(echo);
  HttpServerOptions options;
  options.listen = "127.0.0.1:" + std::to_string(server->port());
  EXPECT_EQ(HttpServer::start(options, echo).error().code, ErrorCode::kAlreadyExists);
  options.listen = "127.0.0.1:0";
  options.tls = TlsServerOptions{"nothing", "nothing"};
  EXPECT_EQ(HttpServer::start(options, echo).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace causeway::base
