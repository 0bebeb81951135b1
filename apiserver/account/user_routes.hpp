#pragma once
// Users, for administrators (/api/v1/users).

#include <vector>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::account {

std::vector<rest::Route> user_routes(Accounts& accounts);

}  // namespace causeway::api::account
