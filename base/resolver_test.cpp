#include "base/resolver.hpp"

#include <gtest/gtest.h>
#include <semaphore>
#include <thread>

namespace causeway::base {
namespace {

using namespace std::chrono_literals;

SteadyTime in(Duration d) {
  return std::chrono::steady_clock::now() + d;
}

TEST(Literals, AddressesAndLocalhostNeedNoLookup) {
  EXPECT_EQ(literal_addresses("10.0.0.1", 80).at(0).describe(), "10.0.0.1:80");
  EXPECT_EQ(literal_addresses("::1", 6443).at(0).describe(), "[::1]:6443");
  for (const char* name : {"localhost", "demo--owner.localhost", "localhost."}) {
    const auto addresses = literal_addresses(name, 8080);
    ASSERT_FALSE(addresses.empty()) << name;
    EXPECT_EQ(addresses[0].describe(), "127.0.0.1:8080");
  }
  EXPECT_TRUE(literal_addresses("example.com", 80).empty());
  EXPECT_TRUE(literal_addresses("notlocalhost", 80).empty());
  EXPECT_TRUE(literal_addresses("10.0.0.256", 80).empty());
}

TEST(UnixAddress, KnowsHowLongAPathCanBe) {
  const std::string fits(107, 'x');
  EXPECT_EQ(unix_address(fits)->describe(), "unix:" + fits);
  const auto refused = unix_address(fits + "y");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(refused.error().message.find("107"), std::string::npos);
  EXPECT_FALSE(unix_address("").ok());
}

TEST(Resolver, AsksTheLookupForNames) {
  Resolver resolver([](const std::string& host, std::uint16_t port) -> Result<std::vector<SocketAddress>> {
    if (host == "none") return Error{ErrorCode::kConnect, "no such name"};
    return literal_addresses("10.1.2.3", port);
  });
  EXPECT_EQ(resolver.resolve("hub", 443, in(10s), {})->at(0).describe(), "10.1.2.3:443");
  EXPECT_EQ(resolver.resolve("none", 443, in(10s), {}).error().code, ErrorCode::kConnect);
}

TEST(Resolver, LeavesALookupThatHangs) {
  std::counting_semaphore<> go(0);
  Resolver resolver([&](const std::string&, std::uint16_t port) -> Result<std::vector<SocketAddress>> {
    go.acquire();
    return literal_addresses("10.1.2.3", port);
  });
  EXPECT_EQ(resolver.resolve("slow", 1, in(10ms), {}).error().code, ErrorCode::kTimeout);
  std::stop_source stop;
  std::jthread other([&] { stop.request_stop(); });
  EXPECT_EQ(resolver.resolve("slow", 1, in(60s), stop.get_token()).error().code, ErrorCode::kCancelled);
  go.release(3);
  EXPECT_TRUE(resolver.resolve("slow", 1, in(60s), {}).ok()) << "and works again when the servers do";
}

TEST(Resolver, TheSystemSaysWhatIsWrong) {
  Resolver resolver;
  const auto refused = resolver.resolve("no-such-host.invalid", 80, in(60s), {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConnect);
  EXPECT_NE(refused.error().message.find("no-such-host.invalid"), std::string::npos);
}

}  // namespace
}  // namespace causeway::base
