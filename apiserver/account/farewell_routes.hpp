#pragma once
// Deleting the own account (DELETE /api/v1/me).

#include <vector>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::account {

std::vector<rest::Route> farewell_routes(Accounts& accounts);

}  // namespace causeway::api::account
