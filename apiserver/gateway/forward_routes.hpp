#pragma once
// What gateways ask before they let a request through to what is behind them.
//
//   GET /auth/forward             who makes the request: Traefik's ForwardAuth, nginx' auth_request
//   GET /.well-known/jwks.json    the keys that the answers' identities are signed with

#include <string>
#include <vector>

#include "apiserver/gateway/identity.hpp"
#include "apiserver/rest/client_address.hpp"
#include "apiserver/rest/route.hpp"
#include "apiserver/session/cookie.hpp"
#include "apiserver/session/sessions.hpp"

namespace causeway::api::gateway {

// What the routes work with. All of it is thread-safe, and outlives them.
struct Gateway {
  rest::Authenticator& authenticator;
  session::Sessions& sessions;
  const session::SessionCookie& session_cookie;
  const base::Clock& clock;
  rest::TrustedProxies trusted;  // the gateways
  std::string public_url;
  Identities identities;
};

std::vector<rest::Route> forward_routes(const Gateway& gateway);

}  // namespace causeway::api::gateway
