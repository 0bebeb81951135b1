#pragma once
// The address plan of an instance: one 10.213.N.0/24 for its bridge and its clusters' nodes. Services and pods have the
// same ranges inside every cluster, seen nowhere outside of it.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace causeway::onebox {

inline constexpr std::string_view kServiceCidr = "10.96.0.0/16";
inline constexpr std::string_view kServiceApiAddress = "10.96.0.1";
inline constexpr std::string_view kPodCidr = "10.244.0.0/16";

// IPv4, addresses in host byte order.
struct Cidr {
  std::uint32_t address = 0;
  int bits = 0;

  static std::optional<Cidr> parse(std::string_view text);  // "10.0.0.0/8"; "10.0.0.1" is a /32
  bool overlaps(const Cidr& other) const;
  std::string to_string() const;
  bool operator==(const Cidr&) const = default;
};

struct Route {
  Cidr to;
  std::string device;
};
// From `ip -4 route show table all` (destinations that are not IPv4 networks, and "default", are left out).
std::vector<Route> parse_routes(std::string_view ip_route_output);

// A /24 of 10.213.0.0/16; node addresses end in 2 … 254.
class Subnet {
 public:
  Subnet() = default;
  explicit Subnet(int third) : third_(third) {}
  static base::Result<Subnet> parse(std::string_view text);  // "10.213.N.0/24"
  int third() const { return third_; }
  Cidr cidr() const;
  std::string to_string() const { return cidr().to_string(); }
  std::string bridge_address() const { return host(1); }
  std::string host(int last) const;
  // The last byte of an address of this subnet.
  std::optional<int> host_of(std::string_view address) const;

 private:
  int third_ = 0;
};

inline constexpr int kFirstNode = 2;
inline constexpr int kLastNode = 254;

// The first free subnet counted from `start`, wrapping round; instances start at different places so that one that is
// down rarely loses its own. A route wider than /16 (a VPN's 10.0.0.0/8) does not count as using it. Routes of
// `own_bridge` are ours.
base::Result<Subnet> choose_subnet(const std::vector<Route>& routes, int start, std::string_view own_bridge);
// The device that already uses `subnet` and is not `own_bridge`.
std::optional<std::string> subnet_conflict(const std::vector<Route>& routes, const Subnet& subnet,
                                           std::string_view own_bridge);

base::Result<int> choose_node(const std::set<int>& taken);

}  // namespace causeway::onebox
