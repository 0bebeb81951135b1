// Stream handlers of the server against raw sockets.
#include <array>
#include <atomic>
#include <condition_variable>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <latch>
#include <mutex>
#include <poll.h>
#include <semaphore>
#include <sys/socket.h>
#include <thread>
#include <vector>

#include "base/http_server.hpp"
#include "base/test_sockets.hpp"

namespace causeway::base {
namespace {

using namespace std::chrono_literals;
using test::RawSocket;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::unique_ptr<HttpServer> serve_stream(HttpServer::StreamHandler handler, HttpServerOptions options = {}) {
  auto server = HttpServer::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server.ok()) << server.error().message;
  return std::move(*server);
}

std::string exchange(std::uint16_t port, std::string_view bytes) {
  RawSocket socket = RawSocket::connect(port);
  socket.send(bytes);
  return socket.receive_response();
}

TEST(HttpServerStream, BothDirectionsAtOnce) {
  const auto server = serve_stream([](HttpExchange& exchange) {
    HttpResponse head;
    head.headers.set("Content-Type", "x/y");
    ASSERT_TRUE(exchange.start(head).ok());
    std::array<char, 3> piece;
    for (;;) {
      const auto n = exchange.read(piece);
      ASSERT_TRUE(n.ok()) << n.error().message;
      if (*n == 0) break;
      ASSERT_TRUE(exchange.write({piece.data(), *n}).ok());
    }
    EXPECT_TRUE(exchange.finish().ok());
  });
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_THAT(socket.receive_until("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  socket.send("2\r\nab\r\n");
  EXPECT_EQ(socket.receive_until("ab\r\n"), "2\r\nab\r\n");
  socket.send("1\r\nc\r\n");
  EXPECT_EQ(socket.receive_until("c\r\n"), "1\r\nc\r\n");
  socket.send("0\r\n\r\n");
  EXPECT_EQ(socket.receive_until("0\r\n\r\n"), "0\r\n\r\n");
}

TEST(HttpServerStream, ABodyAfterTheResponseHasBegunIsNotLost) {
  const auto server = serve_stream([](HttpExchange& exchange) {
    ASSERT_TRUE(exchange.start({}).ok());  // the body lies in the server's buffer already
    const auto body = exchange.read_all(100);
    ASSERT_TRUE(body.ok());
    ASSERT_TRUE(exchange.write("got " + *body).ok());
    ASSERT_TRUE(exchange.finish().ok());
  });
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_THAT(socket.receive_until("0\r\n\r\n"), HasSubstr("got hello"));
}

TEST(HttpServerStream, KnownLengthsAreKept) {
  std::vector<std::string> errors;
  const auto server = serve_stream([&](HttpExchange& exchange) {
    HttpResponse head;
    head.headers.set("Content-Length", "6");
    ASSERT_TRUE(exchange.start(head).ok());
    ASSERT_TRUE(exchange.write("abc").ok());
    EXPECT_FALSE(exchange.write("defg").ok()) << "more than was promised";
    if (exchange.request().target == "/short") {
      EXPECT_FALSE(exchange.finish().ok()) << "less than was promised";
    } else {
      ASSERT_TRUE(exchange.write("def").ok());
      EXPECT_TRUE(exchange.finish().ok());
    }
  });
  RawSocket socket = RawSocket::connect(server->port());
  for (int i = 0; i < 2; ++i) {
    socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(socket.receive_response(), EndsWith("\r\n\r\nabcdef"));
  }
  RawSocket shorter = RawSocket::connect(server->port());
  shorter.send("GET /short HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(shorter.receive_all(), EndsWith("\r\n\r\nabc")) << "the client sees that it is cut";
}

TEST(HttpServerStream, AHandlerThatGivesUpMidwayCutsTheBody) {
  testing::internal::CaptureStderr();
  {
    const auto server = serve_stream([](HttpExchange& exchange) {
      ASSERT_TRUE(exchange.start({}).ok());
      ASSERT_TRUE(exchange.write("part").ok());
      throw std::runtime_error("gave up");
    });
    RawSocket socket = RawSocket::connect(server->port());
    socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(socket.receive_all(), EndsWith("4\r\npart\r\n")) << "no last chunk";
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("gave up"));
}

TEST(HttpServerStream, NoAnswerIs500) {
  testing::internal::CaptureStderr();
  {
    const auto server = serve_stream([](HttpExchange&) {});
    EXPECT_THAT(exchange(server->port(), "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 500 "));
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("no answer"));
}

TEST(HttpServerStream, Http10GetsABodyThatEndsWithTheConnection) {
  const auto server = serve_stream([](HttpExchange& exchange) {
    ASSERT_TRUE(exchange.start({}).ok());
    ASSERT_TRUE(exchange.write("whole").ok());
    ASSERT_TRUE(exchange.finish().ok());
  });
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string all = socket.receive_all();
  EXPECT_THAT(all, Not(HasSubstr("chunked")));
  EXPECT_THAT(all, EndsWith("\r\n\r\nwhole"));
}

TEST(HttpServerStream, HeadOfAStream) {
  const auto server = serve_stream([](HttpExchange& exchange) {
    HttpResponse head;
    head.headers.set("Content-Length", "1000");
    ASSERT_TRUE(exchange.start(head).ok());
    ASSERT_TRUE(exchange.write("not sent").ok());
    ASSERT_TRUE(exchange.finish().ok());
  });
  RawSocket socket = RawSocket::connect(server->port());
  for (int i = 0; i < 2; ++i) {
    socket.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(socket.receive_until("\r\n\r\n"), HasSubstr("Content-Length: 1000\r\n"));
  }
}

TEST(HttpServerStream, TheExpectationIsAnsweredWhenTheBodyIsRead) {
  const auto server = serve_stream([](HttpExchange& exchange) {
    if (exchange.request().target == "/no") return exchange.respond(text_response(403, "no"));
    exchange.respond(text_response(200, *exchange.read_all(100)));
  });
  RawSocket socket = RawSocket::connect(server->port());
  const std::string rest = " HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  socket.send("PUT /yes" + rest);
  EXPECT_EQ(socket.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("body");
  EXPECT_THAT(socket.receive_response(), EndsWith("body"));
  socket.send("PUT /no" + rest);
  const std::string refused = socket.receive_all();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(refused, HasSubstr("Connection: close\r\n")) << "nobody knows whether the body will come";
}

TEST(HttpServerStream, AnUnreadBodyThatIsThereAlreadyDoesNotCostTheConnection) {
  const auto server = serve_stream([](HttpExchange& exchange) { exchange.respond(text_response(200, "ok")); });
  RawSocket socket = RawSocket::connect(server->port());
  for (int i = 0; i < 3; ++i) {
    socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_THAT(socket.receive_response(), EndsWith("\r\n\r\nok"));
  }
}

TEST(HttpServerStream, ReadAllHasALimit) {
  const auto server = serve_stream([](HttpExchange& exchange) {
    const auto body = exchange.read_all(4);
    exchange.respond(body ? text_response(200, *body) : text_response(413, std::string(to_string(body.error().code))));
  });
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_THAT(exchange(server->port(), head + "Content-Length: 4\r\n\r\nabcd"), EndsWith("abcd"));
  EXPECT_THAT(exchange(server->port(), head + "Content-Length: 5\r\n\r\nabcde"), EndsWith("invalid argument"));
  EXPECT_THAT(exchange(server->port(), head + "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"),
              EndsWith("invalid argument"));
}

TEST(HttpServerStream, APeerThatLeavesTriggersClosed) {
  std::binary_semaphore begun(0);
  std::latch ended(1);
  const auto server = serve_stream([&](HttpExchange& exchange) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    begun.release();
    never.wait(lock, exchange.closed(), [] { return false; });
    EXPECT_TRUE(exchange.closed().stop_requested());
    ended.count_down();
  });
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  begun.acquire();
  socket.close();
  ended.wait();
}

TEST(HttpServerStream, ABodyCutShortIsAnError) {
  std::latch ended(1);
  const auto server = serve_stream([&](HttpExchange& exchange) {
    const auto body = exchange.read_all(1000);
    ASSERT_FALSE(body.ok());
    EXPECT_EQ(body.error().code, ErrorCode::kIo);
    ended.count_down();
  });
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  socket.close();
  ended.wait();
}

TEST(HttpServerStream, BrokenChunksAreAnError) {
  const auto server = serve_stream([&](HttpExchange& exchange) {
    const auto body = exchange.read_all(1000);
    ASSERT_FALSE(body.ok());
    EXPECT_EQ(body.error().code, ErrorCode::kProtocol);
    exchange.respond(text_response(400, "bad"));
  });
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcXX\r\n");
  EXPECT_THAT(socket.receive_all(), StartsWith("HTTP/1.1 400 "));
}

TEST(HttpServerStream, ASilentPeerInTheBodyIsATimeout) {
  HttpServerOptions options;
  options.body_timeout = 300ms;
  const auto server = serve_stream(
      [&](HttpExchange& exchange) {
        const auto body = exchange.read_all(1000);
        ASSERT_FALSE(body.ok());
        EXPECT_EQ(body.error().code, ErrorCode::kTimeout);
        exchange.respond(text_response(408, "slow"));
      },
      options);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_THAT(socket.receive_all(), StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServerStream, NoPieceIsOverlookedHoweverThreadsMeet) {
  HttpServerOptions options;
  options.body_timeout = 5s;  // of silence, of which there is none
  options.workers = 16;
  std::atomic<std::size_t> broken = 0;
  const auto server = serve_stream(
      [&](HttpExchange& exchange) {
        std::array<char, 512> piece;
        for (;;) {
          const auto n = exchange.read(piece);
          if (!n) ++broken;
          if (!n || *n == 0) return exchange.respond(text_response(n ? 200 : 408, ""));
        }
      },
      options);
  std::vector<std::jthread> clients;
  for (int client = 0; client < 16; client++) {
    clients.emplace_back([&] {
      RawSocket socket = RawSocket::connect(server->port());
      socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
      const std::string piece(500, 'x');
      for (int i = 0; i < 4000; i++) socket.send(piece);
      EXPECT_THAT(socket.receive_response(), StartsWith("HTTP/1.1 200"));
    });
  }
  clients.clear();
  EXPECT_EQ(broken, 0U);
}

// Or as much as the peer takes.
Result<void> write_a_gigabyte(HttpExchange& exchange) {
  EXPECT_TRUE(exchange.start({}).ok());
  const std::string piece(1'000'000, 'x');
  Result<void> written;
  for (int i = 0; i < 1000 && written; ++i) written = exchange.write(piece);
  return written;
}

TEST(HttpServerStream, APeerThatDoesNotReadEndsTheWrite) {
  HttpServerOptions options;
  options.body_timeout = 300ms;
  std::latch ended(1);
  const auto server = serve_stream(
      [&](HttpExchange& exchange) {
        EXPECT_FALSE(write_a_gigabyte(exchange).ok());
        EXPECT_TRUE(exchange.closed().stop_requested());
        ended.count_down();
      },
      options);
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  ended.wait();
}

// Who was given up, of a server for which nobody is fast enough: whoever is waited for at all is after 100 ms of it.
class Impatient {
 public:
  HttpServerOptions options() {
    HttpServerOptions options;
    options.min_bytes_per_second = std::uint64_t{1} << 40;
    options.slow_patience = 100ms;
    options.on_slow_peer = [this](SlowPeer what) {
      const std::lock_guard lock(mutex_);
      slow_.push_back(what);
      changed_.notify_all();
    };
    return options;
  }
  std::vector<SlowPeer> slow(std::size_t at_least = 0) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 10s, [&] { return slow_.size() >= at_least; });
    return slow_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<SlowPeer> slow_;
};

TEST(HttpServerStream, ABodyThatDripsIsGivenUp) {
  Impatient impatient;
  const auto server = serve_stream(
      [](HttpExchange& exchange) {
        const auto body = exchange.read_all(1u << 30);
        ASSERT_FALSE(body.ok());
        EXPECT_EQ(body.error().code, ErrorCode::kTimeout);
        EXPECT_THAT(body.error().message, HasSubstr("too slowly"));
        exchange.respond(text_response(408, "slow"));
      },
      impatient.options());
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  // Never silent for as long as a server is patient with silence.
  const auto ends = std::chrono::steady_clock::now() + 10s;
  bool ended = false;
  while (!ended && std::chrono::steady_clock::now() < ends) {
    ended = !socket.try_send("1\r\nx\r\n");
    pollfd answered{socket.fd(), POLLIN, 0};
    ended = ended || ::poll(&answered, 1, 1) == 1;  // as slow as that
  }
  EXPECT_TRUE(ended);
  EXPECT_THAT(socket.receive_until("slow"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(impatient.slow(1), ElementsAre(SlowPeer::kSending));
}

TEST(HttpServerStream, AnAnswerThatIsReadByteByByteIsGivenUp) {
  Impatient impatient;
  std::latch ended(1);
  const auto server = serve_stream(
      [&](HttpExchange& exchange) {
        const auto written = write_a_gigabyte(exchange);
        ASSERT_FALSE(written.ok());
        EXPECT_EQ(written.error().code, ErrorCode::kTimeout);
        EXPECT_TRUE(exchange.closed().stop_requested());
        ended.count_down();
      },
      impatient.options());
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto ends = std::chrono::steady_clock::now() + 10s;
  char byte = 0;
  while (!ended.try_wait() && std::chrono::steady_clock::now() < ends)
    (void)::recv(socket.fd(), &byte, 1, MSG_DONTWAIT);
  ASSERT_TRUE(ended.try_wait());
  EXPECT_THAT(impatient.slow(1), ElementsAre(SlowPeer::kReceiving));
}

TEST(HttpServerStream, AnAnswerInMemoryThatNobodyReadsIsGivenUpToo) {
  Impatient impatient;
  const auto server =
      serve_stream([](HttpExchange& exchange) { exchange.respond(text_response(200, std::string(64u << 20, 'x'))); },
                   impatient.options());
  RawSocket socket = RawSocket::connect(server->port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(impatient.slow(1), ElementsAre(SlowPeer::kReceiving));
  EXPECT_LT(socket.receive_all().size(), 64u << 20);
}

TEST(HttpServerStream, WhoIsNotWaitedForIsNotTooSlow) {
  Impatient impatient;
  const auto server =
      serve_stream([](HttpExchange& exchange) { exchange.respond(text_response(200, *exchange.read_all(100))); },
                   impatient.options());
  RawSocket socket = RawSocket::connect(server->port());
  for (int i = 0; i < 100; ++i) {
    socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_THAT(socket.receive_response(), EndsWith("hello"));
  }
  EXPECT_THAT(impatient.slow(), IsEmpty());
}

TEST(HttpServerStream, WhatIsInMemoryIsAnsweredAtOnceAndTheRestByAWorker) {
  std::thread::id at_once, worker;
  auto server = HttpServer::start({}, HttpServer::StreamHandler([&](HttpExchange& exchange) {
                                    worker = std::this_thread::get_id();
                                    exchange.respond(text_response(200, "worker"));
                                  }),
                                  [&](HttpExchange& exchange) {
                                    at_once = std::this_thread::get_id();
                                    if (exchange.request().target == "/fault") throw std::runtime_error("oh");
                                    if (exchange.request().target != "/memory") return false;
                                    exchange.respond(text_response(200, "memory"));
                                    return true;
                                  });
  ASSERT_TRUE(server.ok()) << server.error().message;
  RawSocket socket = RawSocket::connect((*server)->port());
  // On one connection, and also when they come together.
  socket.send("GET /memory HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(socket.receive_response(), EndsWith("memory"));
  EXPECT_EQ(worker, std::thread::id());
  socket.send("GET /disk HTTP/1.1\r\nHost: h\r\n\r\nGET /memory HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(socket.receive_response(), EndsWith("worker"));
  EXPECT_THAT(socket.receive_response(), EndsWith("memory"));
  EXPECT_NE(worker, at_once);
  at_once = {};
  socket.send("POST /memory HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_THAT(socket.receive_response(), EndsWith("worker")) << "a body is waited for";
  EXPECT_EQ(at_once, std::thread::id());
  socket.send("GET /fault HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(socket.receive_response(), StartsWith("HTTP/1.1 500"));
}

TEST(HttpServerStream, RemoteIsThePeersAddress) {
  const auto server = serve_stream(
      [](HttpExchange& exchange) { exchange.respond(text_response(200, std::string(exchange.remote()))); });
  EXPECT_THAT(exchange(server->port(), "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), HasSubstr("\r\n\r\n127.0.0.1:"));
}

}  // namespace
}  // namespace causeway::base
