#pragma once
// Signing in with another provider, and what is linked to an account (oauth/).
//
//   GET    /api/v1/oauth/providers      the buttons of the sign-in page
//   GET    /oauth/{provider}            a browser is sent to the provider
//   GET    /oauth/{provider}/callback   and comes back: signs in, registers who is new, or links
//   GET    /api/v1/me/identities        what is linked
//   POST   /api/v1/me/identities        begins to link one
//   DELETE /api/v1/me/identities/{id}

#include <vector>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::account {

std::vector<rest::Route> oauth_routes(Accounts& accounts);

}  // namespace causeway::api::account
