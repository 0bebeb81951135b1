#pragma once
// What files that are written here may be called. Pure. Reading takes whatever a repository holds.

#include <string>
#include <string_view>

#include "apiserver/git_host/error.hpp"

namespace causeway::api::git_host {

// kInvalid says which part of the path is wrong and why: empty, "." or "..", ".git" as any file system spells it, a NUL
// or backslash (which Windows takes for a slash), not UTF-8, longer than file systems take.
Result<void> check_path(std::string_view path);

// Whether a file system may take this name for ".git", as git's fsck judges it: in any case, with code points that HFS+
// ignores, as NTFS's short name, with trailing dots and spaces or a stream.
bool is_dot_git(std::string_view name);

inline constexpr std::size_t kMaxPath = 4096;
inline constexpr std::size_t kMaxPathPart = 255;
inline constexpr int kMaxPathDepth = 128;

}  // namespace causeway::api::git_host
