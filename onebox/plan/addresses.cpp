#include "onebox/plan/addresses.hpp"

#include <charconv>
#include <sstream>

namespace causeway::onebox {

namespace {

constexpr int kRangeBits = 16;  // 10.213.0.0/16

std::optional<int> number(std::string_view text, int max) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > max) return {};
  return value;
}

std::uint32_t mask(int bits) {
  return bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
}

}  // namespace

std::optional<Cidr> Cidr::parse(std::string_view text) {
  Cidr out;
  out.bits = 32;
  if (auto slash = text.find('/'); slash != std::string_view::npos) {
    auto bits = number(text.substr(slash + 1), 32);
    if (!bits) return {};
    out.bits = *bits;
    text = text.substr(0, slash);
  }
  int parts = 0;
  while (true) {
    auto dot = text.find('.');
    auto part = number(text.substr(0, dot), 255);
    if (!part || ++parts > 4) return {};
    out.address = out.address << 8 | static_cast<std::uint32_t>(*part);
    if (dot == std::string_view::npos) break;
    text = text.substr(dot + 1);
  }
  if (parts != 4) return {};
  return out;
}

bool Cidr::overlaps(const Cidr& other) const {
  auto shared = mask(std::min(bits, other.bits));
  return (address & shared) == (other.address & shared);
}

std::string Cidr::to_string() const {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += std::to_string(address >> shift & 255) + (shift > 0 ? "." : "");
  return out + "/" + std::to_string(bits);
}

std::vector<Route> parse_routes(std::string_view ip_route_output) {
  std::vector<Route> routes;
  std::istringstream lines{std::string(ip_route_output)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    Route route;
    bool found = false;
    while (words >> word) {
      if (auto cidr = found ? std::nullopt : Cidr::parse(word)) {
        route.to = *cidr;
        found = true;
      } else if (word == "default" || word.find(':') != std::string::npos) {
        if (!found) break;
      } else if (word == "dev") {
        words >> route.device;
      }
    }
    if (found) routes.push_back(std::move(route));
  }
  return routes;
}

base::Result<Subnet> Subnet::parse(std::string_view text) {
  auto cidr = Cidr::parse(text);
  if (cidr) {
    Subnet subnet(static_cast<int>(cidr->address >> 8 & 255));
    if (subnet.cidr() == *cidr) return subnet;
  }
  return base::Error{base::ErrorCode::kInvalidArgument, "'" + std::string(text) + "' is not of the form 10.213.N.0/24"};
}

Cidr Subnet::cidr() const {
  return {10u << 24 | 213u << 16 | static_cast<std::uint32_t>(third_) << 8, 24};
}

std::string Subnet::host(int last) const {
  return "10.213." + std::to_string(third_) + "." + std::to_string(last);
}

std::optional<int> Subnet::host_of(std::string_view address) const {
  auto cidr = Cidr::parse(address);
  if (!cidr || cidr->bits != 32 || !this->cidr().overlaps(*cidr)) return {};
  return static_cast<int>(cidr->address & 255);
}

std::optional<std::string> subnet_conflict(const std::vector<Route>& routes, const Subnet& subnet,
                                           std::string_view own_bridge) {
  for (const auto& route : routes)
    if (route.device != own_bridge && route.to.bits >= kRangeBits && route.to.overlaps(subnet.cidr()))
      return route.device.empty() ? std::string("another route") : route.device;
  return {};
}

base::Result<Subnet> choose_subnet(const std::vector<Route>& routes, int start, std::string_view own_bridge) {
  for (int i = 0; i < 256; ++i) {
    Subnet subnet((start + i) % 256);
    if (!subnet_conflict(routes, subnet, own_bridge)) return subnet;
  }
  return base::Error{base::ErrorCode::kUnavailable,
                     "no free network: routes of this machine use all of 10.213.0.0/16 (see `ip route`)"};
}

base::Result<int> choose_node(const std::set<int>& taken) {
  for (int n = kFirstNode; n <= kLastNode; ++n)
    if (!taken.contains(n)) return n;
  return base::Error{base::ErrorCode::kUnavailable,
                     "all 253 addresses of this instance's network are taken by clusters"};
}

}  // namespace causeway::onebox
