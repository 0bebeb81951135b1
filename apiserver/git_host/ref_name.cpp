#include "apiserver/git_host/ref_name.hpp"

#include <algorithm>

#include "apiserver/git_host/text.hpp"
#include "kube/core/text_cursor.hpp"

namespace causeway::api::git_host {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// What is wrong with one part between slashes; "": nothing.
std::string_view fault_of_part(std::string_view part) {
  if (part.empty()) return "begins or ends with a slash, or has two in a row";
  if (part.front() == '.') return "has a part that begins with a dot";
  if (part.ends_with(".lock")) return "has a part that ends in .lock";
  return "";
}

std::string_view fault_of(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kMaxRefName) return "is longer than 200 bytes";
  if (!kube::codec::valid_utf8(name)) return "is not UTF-8";
  if (name == "HEAD" || name == "@") return "has a meaning of its own in git";
  if (name.starts_with("refs/")) return "begins with refs/";
  if (name.front() == '-') return "begins with a dash";
  if (name.size() == 40 && std::all_of(name.begin(), name.end(), is_hex)) return "looks like the id of a commit";
  for (const char c : name) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return "has a space or a control character";
    if (std::string_view("~^:?*[\\").find(c) != std::string_view::npos) return "has one of ~ ^ : ? * [ \\";
  }
  if (name.find("..") != std::string_view::npos) return "has two dots in a row";
  if (name.find("@{") != std::string_view::npos) return "has @{";
  if (name.back() == '.') return "ends with a dot";
  while (true) {
    const auto slash = name.find('/');
    if (const auto fault = fault_of_part(name.substr(0, slash)); !fault.empty()) return fault;
    if (slash == std::string_view::npos) return "";
    name.remove_prefix(slash + 1);
  }
}

}  // namespace

Result<void> check_ref_name(std::string_view what, std::string_view name) {
  const auto fault = fault_of(name);
  if (fault.empty()) return {};
  std::string message =
      "a " + std::string(what) + " cannot be called " + in_quotes(name) + ": the name " + std::string(fault);
  return Error{ErrorKind::kInvalid, std::move(message)};
}

}  // namespace causeway::api::git_host
