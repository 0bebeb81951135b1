#pragma once
// Changing the number or the address that codes go to (/api/v1/me/mobile, /api/v1/me/email; OWASP ASVS 5.0, 7.5.1).

#include <vector>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::account {

std::vector<rest::Route> contact_routes(Accounts& accounts);

}  // namespace causeway::api::account
