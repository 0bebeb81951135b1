#include "apiserver/render/slug.hpp"

#include <algorithm>
#include <array>

#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

struct Range {
  char32_t first, last;
};

// Punctuation, symbols and blanks beyond ASCII: what headings have, not all of Unicode. U+FE0F, which follows many
// emoji, is a mark and stays, there as here.
constexpr std::array kNotInWords{
    Range{0x80, 0xA9},     Range{0xAB, 0xB1},       Range{0xB4, 0xB4},     Range{0xB6, 0xB8},     Range{0xBB, 0xBB},
    Range{0xBF, 0xBF},     Range{0xD7, 0xD7},       Range{0xF7, 0xF7},     Range{0x2000, 0x203E}, Range{0x2041, 0x2053},
    Range{0x2055, 0x206F}, Range{0x207A, 0x207E},   Range{0x208A, 0x208E}, Range{0x20A0, 0x20CF}, Range{0x2190, 0x245F},
    Range{0x2500, 0x2BFF}, Range{0x2E00, 0x2E2E},   Range{0x2E30, 0x2E7F}, Range{0x2FF0, 0x3004}, Range{0x3008, 0x3020},
    Range{0x3030, 0x3030}, Range{0x303D, 0x303F},   Range{0x30A0, 0x30A0}, Range{0x30FB, 0x30FB}, Range{0xE000, 0xF8FF},
    Range{0xFE10, 0xFE1F}, Range{0xFE30, 0xFE32},   Range{0xFE35, 0xFE4C}, Range{0xFE50, 0xFE6F}, Range{0xFEFF, 0xFEFF},
    Range{0xFF01, 0xFF0F}, Range{0xFF1A, 0xFF20},   Range{0xFF3B, 0xFF3E}, Range{0xFF40, 0xFF40}, Range{0xFF5B, 0xFF65},
    Range{0xFFE0, 0xFFFF}, Range{0x1F000, 0x1FAFF},
};

bool in_words(char32_t c) {
  if (c < 0x80) return is_ascii_letter(static_cast<char>(c)) || is_ascii_digit(static_cast<char>(c)) || c == '_';
  return std::ranges::none_of(kNotInWords, [c](Range range) { return c >= range.first && c <= range.last; });
}

char32_t lower(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 0x20;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 0x20;
  const bool odd_is_lower = (c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14A && c <= 0x177) ||
                            (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF);
  if (odd_is_lower) return c | 1;
  const bool even_is_lower = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  if (even_is_lower) return c + (c & 1);
  if (c >= 0x391 && c <= 0x3A9) return c + 0x20;
  if (c >= 0x410 && c <= 0x42F) return c + 0x20;
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  return c;
}

}  // namespace

std::string slug(std::string_view heading) {
  std::string out;
  for (std::size_t at = 0; at < heading.size();) {
    const auto c = next_character(heading, at);
    if (c == ' ' || c == '-') {
      out += '-';
    } else if (in_words(c)) {
      append_utf8(out, lower(c));
    }
  }
  return out;
}

std::string Slugger::unique(std::string_view heading) {
  const auto wanted = slug(heading);
  auto found = wanted;
  while (taken_.contains(found)) found = wanted + "-" + std::to_string(++taken_[wanted]);
  taken_.emplace(found, 0);
  return found;
}

}  // namespace causeway::api::render
