#pragma once
// The Range header of a download (RFC 9110, 14). Pure.

#include <cstdint>
#include <optional>
#include <string_view>

namespace causeway::api::lfs {

struct ByteRange {
  std::int64_t first = 0, length = 0;  // bytes
  bool operator==(const ByteRange&) const = default;
};

struct RangeAnswer {
  int status = 200;  // 200: the whole; 206: `range`; 416: nothing of it is there
  ByteRange range;
};

// Several ranges, other units and what cannot be read are answered with the whole, as the RFC allows.
RangeAnswer answer_range(std::optional<std::string_view> header, std::int64_t size);

}  // namespace causeway::api::lfs
