#include "operator/build/text.hpp"

#include "base/encoding.hpp"

namespace causeway::op::build {
namespace {

// Bytes of the character that begins with `byte`; 0: none does.
std::size_t length_of(unsigned char byte) {
  if (byte < 0x80) return 1;
  if (byte >= 0xC2 && byte < 0xE0) return 2;
  if (byte >= 0xE0 && byte < 0xF0) return 3;
  return byte >= 0xF0 && byte < 0xF5 ? 4 : 0;
}

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = length_of(static_cast<unsigned char>(text[i]));
    bool good = length > 0 && i + length <= text.size();
    for (std::size_t k = 1; good && k < length; ++k) good = continues(text[i + k]);
    if (good) {
      out.append(text, i, length);
      i += length;
    } else {
      out += '?';
      ++i;
    }
  }
  return out;
}

std::string clip(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return valid_utf8(text);
  return valid_utf8(base::utf8_prefix(text, bytes)) + "…";
}

std::string tail(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return valid_utf8(text);
  std::size_t begin = text.size() - bytes;
  if (const auto newline = text.find('\n', begin); newline != std::string_view::npos && newline + 1 < text.size())
    begin = newline + 1;
  while (begin < text.size() && continues(text[begin])) ++begin;
  return valid_utf8(text.substr(begin));
}

}  // namespace causeway::op::build
