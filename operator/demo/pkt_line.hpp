#pragma once
// git's pkt-lines (gitprotocol-common(5)): four hexadecimal digits of length, then the payload. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace causeway::op::demo {

struct Packet {
  enum class Kind { kData, kFlush, kDelimiter, kResponseEnd };
  Kind kind = Kind::kData;
  std::string_view payload;  // into the parsed text
};

// kProtocol: a length that is none, or beyond the text.
base::Result<std::vector<Packet>> parse_packets(std::string_view text);
std::string make_packet(std::string_view payload);

}  // namespace causeway::op::demo
