#include "apiserver/rest/client_address.hpp"

#include <gtest/gtest.h>

namespace causeway::api::rest {
namespace {

const TrustedProxies kProxies = *TrustedProxies::parse({"10.0.0.0/8", "2001:db8:1::/48", "192.0.2.7", "unix"});

std::string seen(std::string_view remote, base::Headers headers) {
  return client_address(remote, headers, kProxies);
}

TEST(ClientAddress, OfAPeerThatIsNotTrustedIsThePeers) {
  EXPECT_EQ(seen("198.51.100.1:999", {{"X-Forwarded-For", "1.2.3.4"}, {"Forwarded", "for=1.2.3.4"}}), "198.51.100.1");
  EXPECT_EQ(seen("[2001:db8:2::1]:999", {{"X-Forwarded-For", "1.2.3.4"}}), "2001:db8:2::1");
  EXPECT_EQ(client_address("10.0.0.1:1", {{"X-Forwarded-For", "1.2.3.4"}}, {}), "10.0.0.1");
}

TEST(ClientAddress, IsTheLastThatNoProxyOfOursHas) {
  EXPECT_EQ(seen("10.0.0.1:1", {{"X-Forwarded-For", "1.2.3.4"}}), "1.2.3.4");
  EXPECT_EQ(seen("unix", {{"X-Forwarded-For", "1.2.3.4"}}), "1.2.3.4");
  EXPECT_EQ(seen("10.0.0.1:1", {{"X-Forwarded-For", "6.6.6.6, 1.2.3.4, 10.2.2.2"}}), "1.2.3.4")
      << "the front is whatever the client wrote";
  EXPECT_EQ(seen("10.0.0.1:1", {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "1.2.3.4, 192.0.2.7"}}), "1.2.3.4");
  EXPECT_EQ(seen("10.0.0.1:1", {{"X-Forwarded-For", "10.3.3.3, 10.2.2.2"}}), "10.3.3.3");
  EXPECT_EQ(seen("10.0.0.1:1", {}), "10.0.0.1");
}

TEST(ClientAddress, ForwardedIsTheClientsOwnWord) {
  EXPECT_EQ(seen("10.0.0.1:1", {{"Forwarded", "for=6.6.6.6"}, {"X-Forwarded-For", "1.2.3.4"}}), "1.2.3.4");
  EXPECT_EQ(seen("10.0.0.1:1", {{"Forwarded", "for=6.6.6.6"}}), "10.0.0.1");
}

TEST(ClientAddress, StopsAtWhatIsNoAddress) {
  EXPECT_EQ(seen("10.0.0.1:1", {{"X-Forwarded-For", "1.2.3.4, unknown, 10.2.2.2"}}), "10.2.2.2");
  EXPECT_EQ(seen("10.0.0.1:1", {{"X-Forwarded-For", "[, \", 999.1.1.1"}}), "10.0.0.1");
}

TEST(TrustedProxies, SaysWhatIsNoRange) {
  const auto wrong = TrustedProxies::parse({"10.0.0.0/8", "10.0.0.0/99"});
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().message.find("10.0.0.0/99"), std::string::npos);
}

TEST(RateKey, CountsAnIpv6NetworkAsOne) {
  EXPECT_EQ(rate_key("2001:db8::1"), rate_key("2001:db8::ffff:1"));
  EXPECT_NE(rate_key("2001:db8::1"), rate_key("2001:db8:0:1::1"));
  EXPECT_NE(rate_key("192.0.2.1"), rate_key("192.0.2.2"));
  EXPECT_EQ(rate_key("::ffff:192.0.2.1"), rate_key("192.0.2.1"));
  EXPECT_EQ(rate_key("unix"), "unix");
}

}  // namespace
}  // namespace causeway::api::rest
