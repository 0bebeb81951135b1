#pragma once
// What an ID token has to say beyond a valid signature (OpenID Connect Core, 3.1.3.7). Pure. Thread-safe.

#include <boost/json/object.hpp>
#include <string>

#include "apiserver/jwt/algorithm.hpp"
#include "apiserver/oauth/failure.hpp"
#include "base/clock.hpp"

namespace causeway::api::oauth {

namespace json = boost::json;

struct IdTokenContext {
  std::string issuer, client_id, nonce;
  std::string access_token;  // that came with it
  jwt::Algorithm algorithm = jwt::Algorithm::kRs256;
};

// kBadToken: the claim that is wrong. Several audiences are taken when azp says that the token was made for us.
Outcome<void> check_id_token(const json::object& claims, const IdTokenContext& context, base::WallTime now);

}  // namespace causeway::api::oauth
