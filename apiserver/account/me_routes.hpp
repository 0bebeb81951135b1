#pragma once
// What belongs to the user who asks: profile, picture, password (/api/v1/me), and what others see of it
// (/api/v1/users).

#include <vector>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::account {

std::vector<rest::Route> me_routes(Accounts& accounts);

}  // namespace causeway::api::account
