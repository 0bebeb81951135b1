#pragma once
// The second factor: an app that makes one-time passwords, and recovery codes for who has lost it.
//
//   POST   /second_factor                               completes a sign-in
//   POST   /api/v1/me/second-factor                     begins to set one up: the secret
//   PUT    /api/v1/me/second-factor                     turns it on, with a code: the recovery codes
//   POST   /api/v1/me/second-factor/recovery-codes      others
//   POST   /api/v1/me/second-factor/removal             turns it off
//   DELETE /api/v1/users/{name}/second-factor           an administrator, for who has lost all of it

#include <vector>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::account {

std::vector<rest::Route> second_factor_routes(Accounts& accounts);

}  // namespace causeway::api::account
