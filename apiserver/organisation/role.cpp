#include "apiserver/organisation/role.hpp"

namespace causeway::api::organisation {

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kNone:
      return "none";
    case Role::kMember:
      return "member";
    case Role::kMaintainer:
      return "maintainer";
    case Role::kOwner:
      return "owner";
  }
  return "";
}

Role parse_role(std::string_view text) {
  if (text == "owner") return Role::kOwner;
  if (text == "maintainer") return Role::kMaintainer;
  return text == "member" ? Role::kMember : Role::kNone;
}

bool may_remove(Role mine, bool myself) {
  return mine == Role::kOwner || (myself && mine != Role::kNone);
}

}  // namespace causeway::api::organisation
