#include "apiserver/git_host/path_rules.hpp"

#include <algorithm>
#include <array>

#include "apiserver/git_host/text.hpp"
#include "base/text.hpp"
#include "kube/core/text_cursor.hpp"

namespace causeway::api::git_host {
namespace {

// Without the code points that HFS+ leaves out when it compares names (git's utf8.c, next_hfs_char).
std::string without_ignored(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kIgnored{"\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202b",
                                                             "\u202c", "\u202d", "\u202e", "\u206a", "\u206b", "\u206c",
                                                             "\u206d", "\u206e", "\u206f", "\ufeff"};
  std::string out;
  while (!name.empty()) {
    const auto* ignored =
        std::find_if(kIgnored.begin(), kIgnored.end(), [&](std::string_view one) { return name.starts_with(one); });
    if (ignored != kIgnored.end()) {
      name.remove_prefix(ignored->size());
    } else {
      out += name.front();
      name.remove_prefix(1);
    }
  }
  return out;
}

// What NTFS opens for the name: without a stream, trailing dots and spaces.
std::string_view as_ntfs(std::string_view name) {
  name = name.substr(0, name.find(':'));
  while (name.ends_with('.') || name.ends_with(' ')) name.remove_suffix(1);
  return name;
}

// "": nothing is wrong with the part.
std::string_view fault_of(std::string_view part) {
  if (part.empty()) return "begins or ends with a slash, or has two in a row";
  if (part == "." || part == "..") return "has a part \".\" or \"..\"";
  if (part.size() > kMaxPathPart) return "has a part longer than 255 bytes";
  if (is_dot_git(part)) return "has a part that some file system takes for .git";
  return "";
}

std::string_view fault_of_path(std::string_view path) {
  if (path.empty()) return "is empty";
  if (path.size() > kMaxPath) return "is longer than 4096 bytes";
  if (path.find('\0') != std::string_view::npos) return "has a NUL";
  if (path.find('\\') != std::string_view::npos) return "has a backslash, which Windows takes for a slash";
  if (!kube::codec::valid_utf8(path)) return "is not UTF-8";
  if (std::count(path.begin(), path.end(), '/') >= kMaxPathDepth) return "has more than 128 parts";
  while (true) {
    const auto slash = path.find('/');
    if (const auto fault = fault_of(path.substr(0, slash)); !fault.empty()) return fault;
    if (slash == std::string_view::npos) return "";
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

bool is_dot_git(std::string_view name) {
  if (base::lower_case(without_ignored(name)) == ".git") return true;
  const auto ntfs = base::lower_case(as_ntfs(name));
  return ntfs == ".git" || ntfs == "git~1";
}

Result<void> check_path(std::string_view path) {
  const auto fault = fault_of_path(path);
  if (fault.empty()) return {};
  return Error{ErrorKind::kInvalid, "the path " + in_quotes(path) + " cannot be written: it " + std::string(fault)};
}

}  // namespace causeway::api::git_host
