#include "kube/core/text_cursor.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace causeway::kube::codec {

namespace {

// Digits that always fit an int64.
constexpr std::ptrdiff_t kMaxDigits = 18;

enum class Class : unsigned char { kPlain, kQuote, kEscape, kControl, kOpen, kClose };

constexpr auto kClasses = [] {
  std::array<Class, 256> classes{};
  for (std::size_t c = 0; c < 0x20; ++c) classes[c] = Class::kControl;
  classes['"'] = Class::kQuote;
  classes['\\'] = Class::kEscape;
  classes['{'] = classes['['] = Class::kOpen;
  classes['}'] = classes[']'] = Class::kClose;
  return classes;
}();

Class class_of(char c) {
  return kClasses[static_cast<unsigned char>(c)];
}

// The first character from `at` that ends or interrupts a string.
const char* end_of_plain(const char* at, const char* end) {
  while (at != end) {
    const auto c = class_of(*at);
    if (c == Class::kQuote || c == Class::kEscape || c == Class::kControl) break;
    ++at;
  }
  return at;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

}  // namespace

bool valid_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = at + text.size();
  while (at != end) {
    std::uint64_t eight = 0;
    while (end - at >= 8) {
      std::memcpy(&eight, at, 8);
      if (eight & 0x8080808080808080u) break;
      at += 8;
    }
    if (at == end) break;
    const unsigned char lead = *at++;
    if (lead < 0x80) continue;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || end - at < more) return false;
    const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (*at < low || *at > high) return false;
    for (int i = 1; i < more; ++i)
      if ((at[i] & 0xC0) != 0x80) return false;
    at += more;
  }
  return true;
}

bool TextCursor::take_word(std::string_view word) {
  peek();
  if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

bool TextCursor::string(std::string_view& out) {
  if (!take('"')) return false;
  const char* begin = at_;
  at_ = end_of_plain(at_, end_);
  if (at_ == end_) return false;
  if (*at_ == '"') {
    out = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }
  if (!unescape(begin)) return false;
  out = scratch_;
  return true;
}

bool TextCursor::unescape(const char* begin) {
  scratch_.assign(begin, at_);
  while (at_ != end_ && *at_ != '"') {
    if (*at_ != '\\' || end_ - at_ < 2) return false;
    const char c = at_[1];
    at_ += 2;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        scratch_ += c;
        break;
      case 'b':
        scratch_ += '\b';
        break;
      case 'f':
        scratch_ += '\f';
        break;
      case 'n':
        scratch_ += '\n';
        break;
      case 'r':
        scratch_ += '\r';
        break;
      case 't':
        scratch_ += '\t';
        break;
      case 'u': {
        if (end_ - at_ < 4) return false;
        unsigned code = 0;
        for (int i = 0; i < 4; ++i) {
          const int digit = hex_digit(at_[i]);
          if (digit < 0) return false;
          code = code * 16 + static_cast<unsigned>(digit);
        }
        if (code >= 0xD800 && code < 0xE000) return false;
        append_utf8(scratch_, code);
        at_ += 4;
        break;
      }
      default:
        return false;
    }
    const char* plain = at_;
    at_ = end_of_plain(at_, end_);
    scratch_.append(plain, at_);
  }
  if (at_ == end_) return false;
  ++at_;
  return true;
}

bool TextCursor::integer(std::int64_t& out) {
  const bool negative = peek() == '-';
  if (negative) ++at_;
  const char* begin = at_;
  std::int64_t number = 0;
  while (at_ != end_ && *at_ >= '0' && *at_ <= '9' && at_ - begin < kMaxDigits) number = number * 10 + (*at_++ - '0');
  if (at_ == begin || (*begin == '0' && (at_ - begin > 1 || negative))) return false;
  // A fraction, an exponent, or one digit more.
  if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E' || (*at_ >= '0' && *at_ <= '9'))) return false;
  out = negative ? -number : number;
  return true;
}

bool TextCursor::skip(std::string_view* out) {
  peek();
  const char* begin = at_;
  std::size_t depth = 0;
  while (at_ != end_) {
    switch (class_of(*at_)) {
      case Class::kQuote:
        for (++at_; (at_ = end_of_plain(at_, end_)) != end_ && *at_ != '"'; at_ += 2)
          if (*at_ != '\\' || end_ - at_ < 2) return false;
        if (at_ == end_) return false;
        ++at_;
        break;
      case Class::kOpen:
        ++depth;
        ++at_;
        continue;
      case Class::kClose:
        if (depth == 0) return false;
        --depth;
        ++at_;
        break;
      default:
        if (depth > 0) {
          ++at_;
          continue;
        }
        // A number or a word: up to what must follow it.
        while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ']' && class_of(*at_) != Class::kControl &&
               *at_ != ' ')
          ++at_;
    }
    if (depth > 0) continue;
    if (at_ == begin) return false;
    if (out) *out = {begin, static_cast<std::size_t>(at_ - begin)};
    return true;
  }
  return false;
}

}  // namespace causeway::kube::codec
