#pragma once
// A code for tokens (RFC 6749, 4.1.3). Blocks; thread-safe.

#include <string>

#include "apiserver/oauth/failure.hpp"
#include "apiserver/oauth/provider.hpp"
#include "apiserver/oauth/provider_http.hpp"

namespace causeway::api::oauth {

// What a callback and its attempt give for it.
struct Grant {
  std::string code, verifier, nonce, redirect_uri;
};

enum class ClientAuthentication { kBasic, kPost };  // with a client secret; without one neither is sent

struct Tokens {
  std::string access_token, id_token;  // the latter "" where there is none
};

// The secret is read from its file now. kDenied: the provider does not take the code (again). kMisconfigured: it does
// not take us.
Outcome<Tokens> request_tokens(ProviderHttp& http, const Provider& provider, const Endpoint& endpoint,
                               ClientAuthentication authentication, const Grant& grant, const Budget& budget);

base::Headers bearer(const std::string& access_token);

}  // namespace causeway::api::oauth
