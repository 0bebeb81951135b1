#pragma once
// Text on its way into HTML. Pure. Thread-safe.

#include <cstddef>
#include <string>
#include <string_view>

namespace causeway::api::render {

// Bytes as text that HTML may hold: what is not UTF-8 (RFC 3629), and characters that parsers replace (NUL and other
// control characters but blanks, noncharacters), become U+FFFD; lines end with "\n". The parsers behind this folder
// take it for granted that they see nothing else.
std::string valid_text(std::string_view bytes);

// A file's content without the byte order mark that it may begin with.
std::string_view without_mark(std::string_view text);

// For text and for values of attributes in double quotes: & < > " and ` (which old parsers take for a quote).
void append_escaped(std::string& out, std::string_view text);
std::string escaped(std::string_view text);

// The character at `at`, which moves behind it. Precondition: valid UTF-8, at < text.size().
char32_t next_character(std::string_view text, std::size_t& at);
void append_utf8(std::string& out, char32_t character);

std::string ascii_lower(std::string_view text);

inline bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace causeway::api::render
