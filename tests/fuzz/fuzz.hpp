#pragma once
// What the targets share: the input as text, and assertions that a fuzzer sees.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace causeway::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace causeway::fuzz
