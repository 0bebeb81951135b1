#include "apiserver/git_host/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iconv.h>
#include <optional>

#include "base/encoding.hpp"
#include "kube/core/text_cursor.hpp"

namespace causeway::api::git_host {
namespace {

// What commits are found in beside UTF-8. Not all that iconv(3) knows: whoever pushes writes the name, and rarely used
// converters have had holes (CVE-2024-2961).
bool known(std::string_view encoding) {
  static constexpr std::array<std::string_view, 14> kKnown{
      "ISO-8859-1", "ISO-8859-2", "ISO-8859-5", "ISO-8859-15", "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252",
      "KOI8-R",     "GBK",        "GB18030",    "BIG5",        "SHIFT_JIS",    "EUC-JP",       "EUC-KR"};
  std::string upper(encoding);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (upper == "LATIN1" || upper == "ISO8859-1") return true;
  if (upper.starts_with("CP125")) upper.replace(0, 2, "WINDOWS-");
  return std::find(kKnown.begin(), kKnown.end(), upper) != kKnown.end();
}

// nullopt: the bytes are not in it.
std::optional<std::string> convert(std::string_view bytes, const std::string& encoding) {
  const iconv_t converter = ::iconv_open("UTF-8", encoding.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;  // NOLINT(performance-no-int-to-ptr)
  std::string in(bytes), out;
  char* from = in.data();
  std::size_t left = in.size();
  bool good = true;
  while (good && left > 0) {
    std::array<char, 4096> piece{};
    char* to = piece.data();
    std::size_t room = piece.size();
    if (::iconv(converter, &from, &left, &to, &room) == static_cast<std::size_t>(-1)) good = errno == E2BIG;
    out.append(piece.data(), piece.size() - room);
  }
  ::iconv_close(converter);
  if (!good) return std::nullopt;
  return out;
}

}  // namespace

std::string to_utf8(std::string_view bytes) {
  if (kube::codec::valid_utf8(bytes)) return std::string(bytes);
  std::string out;
  out.reserve(bytes.size() + 8);
  while (!bytes.empty()) {
    std::size_t length = 1;
    while (length <= std::min<std::size_t>(4, bytes.size()) && !kube::codec::valid_utf8(bytes.substr(0, length)))
      ++length;
    if (length > std::min<std::size_t>(4, bytes.size())) {
      out += "\xef\xbf\xbd";
      bytes.remove_prefix(1);
    } else {
      out += bytes.substr(0, length);
      bytes.remove_prefix(length);
    }
  }
  return out;
}

std::string decode(std::string_view bytes, const std::string& encoding) {
  if (!known(encoding)) return to_utf8(bytes);
  if (auto converted = convert(bytes, encoding); converted && kube::codec::valid_utf8(*converted))
    return std::move(*converted);
  return to_utf8(bytes);
}

std::string in_quotes(std::string_view name) {
  constexpr std::size_t kLongest = 255;
  return "\"" + std::string(name.substr(0, kLongest)) + "\"";
}

std::string clip(std::string text, std::size_t bytes) {
  text.resize(base::utf8_prefix(text, bytes).size());
  return text;
}

}  // namespace causeway::api::git_host
