#pragma once
// Signing in and out: the calls of the thesis' table 5.1, under the names they have there.
//
//   POST /phone_code, POST /email_code   a code is sent
//   POST /login                          by code or password; registers who is new
//   GET  /identity                       who makes this request
//   GET  /pre_login                      a browser is back: renews its session when that is due
//   GET  /sign_out

#include <vector>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::account {

std::vector<rest::Route> sign_in_routes(Accounts& accounts);

}  // namespace causeway::api::account
