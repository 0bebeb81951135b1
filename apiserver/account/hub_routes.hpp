#pragma once
// kubectl on the hub as oneself (/api/v1/me/hub): what `./causeway login` writes into a kubeconfig, and the tokens that
// it asks for.

#include <vector>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::account {

std::vector<rest::Route> hub_routes(Accounts& accounts);

}  // namespace causeway::api::account
