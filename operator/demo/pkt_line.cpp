#include "operator/demo/pkt_line.hpp"

#include <charconv>
#include <cstdio>

namespace causeway::op::demo {

base::Result<std::vector<Packet>> parse_packets(std::string_view text) {
  const auto broken = [](const char* what) { return base::Error{base::ErrorCode::kProtocol, what}; };
  std::vector<Packet> packets;
  while (!text.empty()) {
    if (text.size() < 4) return broken("a pkt-line is cut short in its length");
    std::size_t length = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + 4, length, 16);
    if (error != std::errc{} || rest != text.data() + 4) return broken("a pkt-line's length is not hexadecimal");
    if (length == 3) return broken("a pkt-line's length cannot be 3");
    if (length < 3) {
      packets.push_back({length == 0   ? Packet::Kind::kFlush
                         : length == 1 ? Packet::Kind::kDelimiter
                                       : Packet::Kind::kResponseEnd,
                         {}});
      text.remove_prefix(4);
      continue;
    }
    if (length > text.size()) return broken("a pkt-line is cut short");
    packets.push_back({Packet::Kind::kData, text.substr(4, length - 4)});
    text.remove_prefix(length);
  }
  return packets;
}

std::string make_packet(std::string_view payload) {
  char length[5];
  std::snprintf(length, sizeof length, "%04zx", payload.size() + 4);
  return std::string(length).append(payload);
}

}  // namespace causeway::op::demo
