#pragma once
// What lets a user in: their sessions and their access tokens (/api/v1/me/sessions, /api/v1/me/tokens).

#include <vector>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::account {

std::vector<rest::Route> token_routes(Accounts& accounts);

}  // namespace causeway::api::account
