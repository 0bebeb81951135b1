#include "apiserver/render/terminal.hpp"

#include <algorithm>

namespace causeway::api::render {
namespace {

constexpr char kEscape = '\x1b';

// Behind the sequence that begins at `at`.
std::size_t end_of_sequence(std::string_view text, std::size_t at) {
  ++at;
  if (at == text.size()) return at;
  if (text[at] == ']') {  // an operating system command: up to BEL, or ESC and a backslash
    const auto end = text.find_first_of("\x07\x1b", at);
    if (end == std::string_view::npos) return text.size();
    return std::min(end + (text[end] == kEscape ? 2 : 1), text.size());
  }
  if (text[at] != '[') return at + 1;
  ++at;
  while (at < text.size() && text[at] >= 0x20 && text[at] < 0x40) ++at;
  return std::min(at + 1, text.size());
}

}  // namespace

std::string terminal_text(std::string_view text) {
  std::string out;
  std::size_t line = 0;  // where it begins in `out`
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == kEscape) {
      at = end_of_sequence(text, at);
      continue;
    }
    ++at;
    if (c == '\n') {
      out += c;
      line = out.size();
    } else if (c == '\r') {
      if (at < text.size() && text[at] != '\n' && text[at] != '\r') out.resize(line);
    } else if (c == '\b') {
      while (out.size() > line && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();
      if (out.size() > line) out.pop_back();
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace causeway::api::render
