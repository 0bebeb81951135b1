#include "base/tcp_relay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <semaphore>
#include <thread>

#include "base/test_sockets.hpp"

namespace causeway::base {
namespace {

using test::RawSocket;
using test::ScriptedServer;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kListen = "127.0.0.1:0";

ScriptedServer::Part answer(const std::string& name) {
  return [name](RawSocket& socket) {
    for (;;) {
      const std::string head = socket.receive_until("\r\n\r\n");
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name.size() + head.size()) + "\r\n\r\n" +
                  name + head);
    }
  };
}

TEST(TcpRelayFixed, CarriesBytesBothWays) {
  const std::string large(2'000'000, 'x');
  ScriptedServer target({[&](RawSocket& socket) {
    socket.send("hello from the target");  // it speaks first
    const std::string all = socket.receive_all();
    socket.send(std::to_string(all.size()));
  }});
  const auto relay = TcpRelay::fixed(kListen, {"127.0.0.1", target.port()});
  ASSERT_TRUE(relay.ok()) << relay.error().message;
  RawSocket socket = RawSocket::connect((*relay)->port());
  EXPECT_EQ(socket.receive_until("target"), "hello from the target");
  socket.send(large);
  socket.finish_sending();  // one direction ends, the other goes on
  EXPECT_EQ(socket.receive_all(), "2000000");
}

TEST(TcpRelayFixed, ATargetThatIsNotThereClosesTheConnection) {
  const auto relay = TcpRelay::fixed(kListen, {"127.0.0.1", test::unused_port()});
  RawSocket socket = RawSocket::connect((*relay)->port());
  EXPECT_TRUE(socket.ended());
}

TEST(TcpRelayFixed, APeerThatLeavesIsPassedOn) {
  std::binary_semaphore left(0);
  ScriptedServer target({[&](RawSocket& socket) {
    if (socket.ended()) left.release();
  }});
  const auto relay = TcpRelay::fixed(kListen, {"127.0.0.1", target.port()});
  RawSocket::connect((*relay)->port()).close();
  left.acquire();
}

TEST(TcpRelayFixed, TheTargetMustBeAnAddress) {
  const auto relay = TcpRelay::fixed(kListen, {"example.com", 80});
  ASSERT_FALSE(relay.ok());
  EXPECT_EQ(relay.error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(TcpRelay::fixed("nonsense", {"127.0.0.1", 80}).ok());
}

TEST(TcpRelayByHost, ChoosesTheTargetAndChangesNothing) {
  ScriptedServer one({answer("one ")}), two({answer("two ")});
  const auto relay = TcpRelay::by_host(
      kListen,
      [&](std::string_view host) -> std::optional<TcpTarget> {
        if (host == "a.localhost") return TcpTarget{"127.0.0.1", one.port()};
        if (host == "b.localhost") return TcpTarget{"127.0.0.1", two.port()};
        return std::nullopt;
      },
      [](std::string_view host) { return "no demo is called " + std::string(host) + "\n"; });
  ASSERT_TRUE(relay.ok());
  const std::string to_a = "GET /x HTTP/1.1\r\nhost: A.localhost:8080\r\nX: y\r\n\r\n";
  RawSocket first = RawSocket::connect((*relay)->port());
  for (int i = 0; i < 2; ++i) {
    first.send(to_a);
    EXPECT_THAT(first.receive_response(), EndsWith("\r\n\r\none " + to_a));
  }
  RawSocket second = RawSocket::connect((*relay)->port());
  const std::string to_b = "GET / HTTP/1.1\r\nHost: b.localhost\r\n\r\n";
  for (const char c : to_b) second.send(std::string_view(&c, 1));
  EXPECT_THAT(second.receive_response(), EndsWith("two " + to_b));
  RawSocket third = RawSocket::connect((*relay)->port());
  third.send("GET / HTTP/1.1\r\nHost: c.localhost\r\n\r\n");
  const std::string missing = third.receive_all();
  EXPECT_THAT(missing, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(missing, EndsWith("no demo is called c.localhost\n"));
}

TEST(TcpRelayByHost, SaysWhatIsWrong) {
  const std::uint16_t dead = test::unused_port();
  const auto relay = TcpRelay::by_host(
      kListen,
      [&](std::string_view) {
        return TcpTarget{"127.0.0.1", dead};
      },
      [](std::string_view) { return ""; });
  const auto ask = [&](const std::string& text) {
    RawSocket socket = RawSocket::connect((*relay)->port());
    socket.send(text);
    return socket.receive_all();
  };
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 502 "));
  EXPECT_THAT(ask("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("nonsense\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x')), StartsWith("HTTP/1.1 431 "));
}

TEST(TcpRelayByHost, ManyConnectionsAtOnce) {
  ScriptedServer target({answer("t ")});
  const auto relay = TcpRelay::by_host(
      kListen,
      [&](std::string_view) {
        return TcpTarget{"127.0.0.1", target.port()};
      },
      [](std::string_view) { return ""; });
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10; ++n) {
        RawSocket socket = RawSocket::connect((*relay)->port());
        socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_THAT(socket.receive_response(), HasSubstr("t GET / HTTP/1.1"));
      }
    });
  }
}

TEST(TcpRelay, ItsEndClosesEveryConnection) {
  std::binary_semaphore left(0), begun(0);
  ScriptedServer target({[&](RawSocket& socket) {
    begun.release();
    if (socket.ended()) left.release();
  }});
  auto relay = TcpRelay::fixed(kListen, {"127.0.0.1", target.port()});
  RawSocket socket = RawSocket::connect((*relay)->port());
  begun.acquire();
  relay->reset();
  EXPECT_TRUE(socket.ended());
  left.acquire();
}

}  // namespace
}  // namespace causeway::base
