#pragma once
// A reader of JSON text that is whole and in memory, for codec_text.hpp. It knows what API servers write; whatever is
// rare (surrogate pairs, numbers with exponents) it leaves to the parser proper by saying false, as it does for what is
// wrong.

#include <cstdint>
#include <string>
#include <string_view>

namespace causeway::kube::codec {

// Whether this is UTF-8 (RFC 3629: no surrogates, nothing overlong). Text is judged once, before it is read.
bool valid_utf8(std::string_view text);

// Not thread-safe. After a false the place is unspecified.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  // The next character that is not white space; '\0' at the end.
  char peek() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
    return at_ == end_ ? '\0' : *at_;
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word);  // true, false, null
  // Unescaped; valid until the next call.
  bool string(std::string_view& out);
  bool integer(std::int64_t& out);
  // Past any value. What is inside is matched by its brackets and quotes only. `out`: its text.
  bool skip(std::string_view* out = nullptr);
  bool at_end() { return peek() == '\0' && at_ == end_; }

 private:
  bool unescape(const char* begin);

  const char* at_;
  const char* end_;
  std::string scratch_;
};

}  // namespace causeway::kube::codec
