#include "apiserver/git_host/lfs_pointer.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace causeway::api::git_host {
namespace {

constexpr std::string_view kVersion = "version https://git-lfs.github.com/spec/v1";
constexpr std::string_view kFormerVersion = "version https://hawser.github.com/spec/v1";
constexpr std::uint64_t kMaxSize = std::numeric_limits<std::int64_t>::max();

bool valid_oid(std::string_view oid) {
  return oid.size() == 64 &&
         std::all_of(oid.begin(), oid.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// The line at the beginning of `text`, which loses it.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<LfsPointer> parse_lfs_pointer(std::string_view text) {
  if (text.size() > kMaxPointerSize) return std::nullopt;
  if (const auto version = take_line(text); version != kVersion && version != kFormerVersion) return std::nullopt;
  LfsPointer pointer;
  bool sized = false;
  while (!text.empty()) {
    auto line = take_line(text);
    if (take_prefix(line, "oid sha256:")) {
      pointer.oid = line;
    } else if (take_prefix(line, "size ")) {
      const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), pointer.size);
      sized = error == std::errc() && end == line.data() + line.size() && pointer.size <= kMaxSize;
      if (!sized) return std::nullopt;
    }
  }
  if (!sized || !valid_oid(pointer.oid)) return std::nullopt;
  return pointer;
}

std::optional<std::string> format_lfs_pointer(const LfsPointer& pointer) {
  if (!valid_oid(pointer.oid) || pointer.size > kMaxSize) return std::nullopt;
  return std::string(kVersion) + "\noid sha256:" + pointer.oid + "\nsize " + std::to_string(pointer.size) + "\n";
}

}  // namespace causeway::api::git_host
