#pragma once
// Who may know of a repository, as a condition in SQL: for lists that speak of many of them. What somebody may do with
// one says rights.hpp. Pure.

#include <string>
#include <string_view>

namespace causeway::api::repository {

// Of the row `r` of `repositories`. `user` and `administrator` are expressions in SQL, never values: "$1", "u.id"; the
// first is 0 for a visitor.
std::string may_see(std::string_view user, std::string_view administrator);

}  // namespace causeway::api::repository
