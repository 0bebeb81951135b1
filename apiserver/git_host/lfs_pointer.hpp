#pragma once
// Git LFS pointers: small text files that stand for objects kept elsewhere (git-lfs docs/spec.md). Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace causeway::api::git_host {

struct LfsPointer {
  std::string oid;         // SHA-256 of the object, 64 lower-case hexadecimal digits
  std::uint64_t size = 0;  // bytes
  bool operator==(const LfsPointer&) const = default;
};

inline constexpr std::size_t kMaxPointerSize = 1024;  // bytes; a larger file is none

// nullopt: it is no pointer. Takes what git-lfs takes: lines in any order after the version, and extensions.
std::optional<LfsPointer> parse_lfs_pointer(std::string_view text);
// nullopt: the oid is none, or the size is beyond what a signed 64-bit number holds.
std::optional<std::string> format_lfs_pointer(const LfsPointer& pointer);

}  // namespace causeway::api::git_host
