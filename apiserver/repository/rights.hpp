#pragma once
// Who may do what with a repository. Pure.

#include <optional>
#include <string>
#include <string_view>

namespace causeway::api::repository {

// Each includes those before it. None: it must look as if there were no such repository.
enum class Right { kNone, kRead, kWrite, kMaintain, kAdmin };
std::string_view to_string(Right right);

// Where somebody stands towards a repository.
struct Standing {
  bool is_public = false;
  bool owns = false;                        // it belongs to the user
  bool administrator = false;               // of the platform
  std::optional<std::string> member;        // role in the organisation it belongs to: owner, maintainer, member
  std::optional<std::string> collaborator;  // role it was given: read, write, maintain, admin
};
// The most that any of these gives. Administrators may do everything: they can read the disk as well.
Right right_of(const Standing& standing);

}  // namespace causeway::api::repository
