// HttpClient::stream() against servers that follow a script.
#include <gtest/gtest.h>
#include <semaphore>
#include <thread>

#include "base/http_client.hpp"
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
using test::RawSocket;
using test::ScriptedServer;

struct Streamed {
  int status = 0;
  std::string body;
  Result<void> end;
};

Streamed stream(HttpClient& client, const StreamOptions& options = {}) {
  Streamed out;
  out.end = client.stream(
      get(),
      [&](const HttpResponse& head) {
        out.status = head.status;
        EXPECT_EQ(head.body, "");
        return true;
      },
      [&](std::string_view piece) {
        out.body += piece;
        return true;
      },
      options);
  return out;
}

TEST(HttpClientStream, PiecesComeAsTheyAreSent) {
  std::binary_semaphore got(0);
  ScriptedServer server({[&](RawSocket& socket) {
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const char* chunk : {"3\r\none\r\n", "3\r\ntwo\r\n", "0\r\n\r\n"}) {
      socket.send(chunk);
      if (*chunk == '3') got.acquire();  // not before the client has seen the piece
    }
  }});
  HttpClient client = client_of(server.url());
  std::vector<std::string> pieces;
  const auto end = client.stream(
      get(), [](const HttpResponse&) { return true; },
      [&](std::string_view piece) {
        pieces.emplace_back(piece);
        got.release();
        return true;
      });
  ASSERT_TRUE(end.ok()) << end.error().message;
  EXPECT_EQ(pieces, (std::vector<std::string>{"one", "two"}));
}

TEST(HttpClientStream, ManyChunksInOnePacketAndOneChunkInManyPackets) {
  std::string body, wire;
  for (int i = 1; i < 400; ++i) {
    const std::string piece(static_cast<std::size_t>(i), static_cast<char>('a' + i % 26));
    char size[16];
    std::snprintf(size, sizeof size, "%x\r\n", i);
    wire += size + piece + "\r\n";
    body += piece;
  }
  wire += "0\r\n\r\n";
  for (const std::size_t step : {std::size_t{1'000'000}, std::size_t{7}}) {
    ScriptedServer server({[&](RawSocket& socket) {
      socket.receive_until("\r\n\r\n");
      socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (std::size_t at = 0; at < wire.size(); at += step) socket.send(std::string_view(wire).substr(at, step));
    }});
    HttpClient client = client_of(server.url());
    const Streamed out = stream(client);
    ASSERT_TRUE(out.end.ok()) << out.end.error().message;
    EXPECT_TRUE(out.body == body);
  }
}

TEST(HttpClientStream, ACallbackEndsIt) {
  ScriptedServer server({always(ok("x"))});
  HttpClient client = client_of(server.url());
  EXPECT_TRUE(client
                  .stream(
                      get(), [](const HttpResponse&) { return false; }, [](std::string_view) { return true; })
                  .ok());
  EXPECT_TRUE(client
                  .stream(
                      get(), [](const HttpResponse&) { return true; }, [](std::string_view) { return false; })
                  .ok());
  EXPECT_EQ(server.accepted(), 2) << "what was not read to its end is not used again";
}

TEST(HttpClientStream, ACutBodyIsAnErrorAfterWhatCame) {
  ScriptedServer server({once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n")});
  HttpClient client = client_of(server.url());
  const Streamed out = stream(client);
  EXPECT_EQ(out.body, "part");
  ASSERT_FALSE(out.end.ok());
  EXPECT_EQ(out.end.error().code, ErrorCode::kIo);
}

TEST(HttpClientStream, SilenceLongerThanAllowed) {
  std::binary_semaphore go(0);
  ScriptedServer server({[&](RawSocket& socket) {
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    go.acquire();
  }});
  HttpClient client = client_of(server.url());
  StreamOptions options;
  options.idle_timeout = 300ms;
  const Streamed out = stream(client, options);
  EXPECT_EQ(out.body, "half");
  EXPECT_EQ(out.end.error().code, ErrorCode::kTimeout);
  go.release();
}

TEST(HttpClientStream, TheHeadHasItsOwnTimeTheBodyHasNone) {
  ScriptedServer server({[](RawSocket& socket) {
                           socket.receive_until("\r\n\r\n");
                           EXPECT_TRUE(socket.ended());
                         },
                         once("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")});
  HttpClient client = client_of(server.url());
  StreamOptions options;
  options.head_timeout = 40ms;
  EXPECT_EQ(stream(client, options).end.error().code, ErrorCode::kTimeout);
  options.head_timeout = 1s;
  std::string body;
  const auto end = client.stream(
      get(), [&](const HttpResponse&) { return system_clock().sleep_for(options.head_timeout, {}); },
      [&](std::string_view piece) {
        body += piece;
        return true;
      },
      options);
  ASSERT_TRUE(end.ok()) << end.error().message;
  EXPECT_EQ(body, "late");
}

TEST(HttpClientStream, AStopEndsAnEndlessStream) {
  std::stop_source stop;
  ScriptedServer server({[&](RawSocket& socket) {
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
    EXPECT_TRUE(socket.ended());
  }});
  HttpClient client = client_of(server.url());
  StreamOptions options;
  options.stop = stop.get_token();
  const auto end = client.stream(
      get(), [](const HttpResponse&) { return true; },
      [&](std::string_view) {
        stop.request_stop();
        return true;
      },
      options);
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace causeway::base
