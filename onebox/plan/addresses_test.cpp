#include "onebox/plan/addresses.hpp"

#include <gtest/gtest.h>

namespace causeway::onebox {
namespace {

TEST(Cidr, ParsesAndPrints) {
  EXPECT_EQ(Cidr::parse("10.213.7.0/24")->to_string(), "10.213.7.0/24");
  EXPECT_EQ(Cidr::parse("192.0.2.1")->to_string(), "192.0.2.1/32");
  for (const char* bad : {"", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0.0", "a.b.c.d", "10.0.0.1x", "fe80::1"})
    EXPECT_FALSE(Cidr::parse(bad)) << bad;
}

TEST(Cidr, OverlapsWhenOneContainsTheOther) {
  const auto wide = *Cidr::parse("10.0.0.0/8"), narrow = *Cidr::parse("10.213.7.0/24");
  EXPECT_TRUE(wide.overlaps(narrow));
  EXPECT_TRUE(narrow.overlaps(wide));
  EXPECT_FALSE(narrow.overlaps(*Cidr::parse("10.213.8.0/24")));
  EXPECT_TRUE(Cidr::parse("0.0.0.0/0")->overlaps(narrow));
}

TEST(Routes, AreReadFromIpRoute) {
  const auto routes = parse_routes(
      "default via 192.0.2.1 dev eth0 \n"
      "192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.2 \n"
      "10.213.3.0/24 dev cwaaaaaa proto kernel scope link src 10.213.3.1 linkdown \n"
      "broadcast 192.0.2.255 dev eth0 table local proto kernel scope link src 192.0.2.2 \n"
      "blackhole 10.99.0.0/16 \n"
      "fe80::/64 dev eth0 proto kernel metric 256 pref medium\n");
  ASSERT_EQ(routes.size(), 4u);
  EXPECT_EQ(routes[0].to, *Cidr::parse("192.0.2.0/24"));
  EXPECT_EQ(routes[0].device, "eth0");
  EXPECT_EQ(routes[1].device, "cwaaaaaa");
  EXPECT_EQ(routes[2].to, *Cidr::parse("192.0.2.255"));
  EXPECT_EQ(routes[3].to, *Cidr::parse("10.99.0.0/16"));
}

TEST(Subnet, HasBridgeAndHosts) {
  const Subnet subnet(7);
  EXPECT_EQ(subnet.to_string(), "10.213.7.0/24");
  EXPECT_EQ(subnet.bridge_address(), "10.213.7.1");
  EXPECT_EQ(subnet.host(254), "10.213.7.254");
  EXPECT_EQ(subnet.host_of("10.213.7.9"), 9);
  EXPECT_FALSE(subnet.host_of("10.213.8.9"));
  EXPECT_EQ(Subnet::parse("10.213.7.0/24")->third(), 7);
  EXPECT_FALSE(Subnet::parse("10.213.7.0/16"));
  EXPECT_FALSE(Subnet::parse("10.214.7.0/24"));
}

TEST(ChooseSubnet, TakesTheFirstFreeOneFromItsStart) {
  const auto routes =
      parse_routes("10.213.254.0/24 dev docker0\n10.213.255.0/24 dev cwbbbbbb\n10.213.0.128/25 dev x\n");
  EXPECT_EQ(choose_subnet(routes, 254, "cwaaaaaa")->third(), 1);
  EXPECT_EQ(choose_subnet(routes, 10, "cwaaaaaa")->third(), 10);
  EXPECT_EQ(choose_subnet(routes, 255, "cwbbbbbb")->third(), 255);  // its own bridge is there already
}

TEST(ChooseSubnet, PassesOverWideRoutesOfVpns) {
  EXPECT_EQ(choose_subnet(parse_routes("10.0.0.0/8 dev tun0\n"), 3, "cwaaaaaa")->third(), 3);
  EXPECT_FALSE(choose_subnet(parse_routes("10.213.0.0/16 dev tun0\n"), 3, "cwaaaaaa"));
}

TEST(SubnetConflict, NamesTheDevice) {
  const auto routes = parse_routes("10.213.7.0/24 dev cwbbbbbb\n");
  EXPECT_EQ(subnet_conflict(routes, Subnet(7), "cwaaaaaa"), "cwbbbbbb");
  EXPECT_FALSE(subnet_conflict(routes, Subnet(7), "cwbbbbbb"));
  EXPECT_FALSE(subnet_conflict(routes, Subnet(8), "cwaaaaaa"));
}

TEST(ChooseNode, FillsGapsAndEndsAtTheLast) {
  EXPECT_EQ(*choose_node({}), 2);
  EXPECT_EQ(*choose_node({2, 4}), 3);
  std::set<int> all;
  for (int n = 2; n <= 254; ++n) all.insert(n);
  EXPECT_FALSE(choose_node(all));
}

}  // namespace
}  // namespace causeway::onebox
