#pragma once
// What a provider says of itself (OpenID Connect Discovery, RFC 8414). Pure. Thread-safe.

#include <boost/json/object.hpp>
#include <optional>

#include "apiserver/oauth/failure.hpp"
#include "apiserver/oauth/provider.hpp"
#include "apiserver/oauth/token_request.hpp"

namespace causeway::api::oauth {

namespace json = boost::json;

struct Metadata {
  Endpoint authorization, token, jwks;
  std::optional<Endpoint> userinfo;
  ClientAuthentication authentication = ClientAuthentication::kBasic;
  bool sends_issuer = false;  // every answer to the browser carries `iss` (RFC 9207)
};

Endpoint discovery_endpoint(const Provider& provider);

// All that is needed is in the configuration: nothing is discovered.
std::optional<Metadata> configured_metadata(const Provider& provider);

// Endpoints of the configuration go before those of the document. kBadAnswer: what in it is wrong; kMisconfigured: it
// is another issuer's, or signs with nothing that is taken here.
Outcome<Metadata> read_metadata(const json::object& document, const Provider& provider);

}  // namespace causeway::api::oauth
