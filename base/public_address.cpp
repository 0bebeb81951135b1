#include "base/public_address.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <cstring>

namespace causeway::base {
namespace {

bool is_public_v4(std::uint32_t ip) {
  struct Range {
    std::uint32_t network;
    int bits;
  };
  static constexpr std::array<Range, 14> kReserved{{{0x00000000, 8},
                                                    {0x0A000000, 8},
                                                    {0x64400000, 10},
                                                    {0x7F000000, 8},
                                                    {0xA9FE0000, 16},
                                                    {0xAC100000, 12},
                                                    {0xC0000000, 24},
                                                    {0xC0000200, 24},
                                                    {0xC0A80000, 16},
                                                    {0xC6120000, 15},
                                                    {0xC6336400, 24},
                                                    {0xCB007100, 24},
                                                    {0xE0000000, 4},
                                                    {0xF0000000, 4}}};
  for (const auto& range : kReserved) {
    if ((ip >> (32 - range.bits)) == (range.network >> (32 - range.bits))) return false;
  }
  return true;
}

bool is_public_v6(const unsigned char* b) {
  const auto v4_at = [&](int i) {
    return static_cast<std::uint32_t>(b[i]) << 24 | static_cast<std::uint32_t>(b[i + 1]) << 16 |
           static_cast<std::uint32_t>(b[i + 2]) << 8 | b[i + 3];
  };
  static constexpr unsigned char kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  static constexpr unsigned char kNat64[12] = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
  if (std::memcmp(b, kMapped, 12) == 0 || std::memcmp(b, kNat64, 12) == 0) return is_public_v4(v4_at(12));
  if (b[0] == 0x20 && b[1] == 0x02) return is_public_v4(v4_at(2));                             // 6to4
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) return false;              // documentation
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && (b[3] == 0 || b[3] >= 0x10)) return false;  // Teredo and others
  return (b[0] & 0xE0) == 0x20;  // 2000::/3, global unicast
}

}  // namespace

bool is_public_address(const std::string& address) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return is_public_v4(ntohl(v4.s_addr));
  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) == 1) return is_public_v6(v6.s6_addr);
  return false;  // with a zone, or nothing we know
}

}  // namespace causeway::base
