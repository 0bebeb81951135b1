#pragma once
// What a member of an organisation may do. Pure.

#include <optional>
#include <string_view>

namespace causeway::api::organisation {

// Each includes those before it.
enum class Role { kNone, kMember, kMaintainer, kOwner };

std::string_view to_string(Role role);
Role parse_role(std::string_view text);  // kNone: it is none

// Whether somebody with this role may take a member out: owners whomever, everybody themselves.
bool may_remove(Role mine, bool myself);

}  // namespace causeway::api::organisation
