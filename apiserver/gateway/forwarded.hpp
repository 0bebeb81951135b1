#pragma once
// The request that a gateway asks about, as it tells of it. To be read of gateways that are trusted only. Pure.

#include <string>
#include <string_view>

#include "apiserver/rest/problem.hpp"
#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::api::gateway {

struct Forwarded {
  std::string method;
  std::string host;  // in lower case, without the default port: "demo.example", "demo.example:8443"
  std::string uri;   // path and query
};

// X-Forwarded-Method, -Host and -Uri, which Traefik writes by itself (README.md says how nginx does). kNotFound: it
// asks about nothing, so somebody came through it to this very address. kBadRequest: one is there twice, or is not what
// it should be.
base::Result<Forwarded, rest::Problem> forwarded_request(const base::Headers& headers);

// Whether a person looks at what comes back: a browser opens a page, and does not fetch a part of one.
bool opens_page(const base::Headers& headers, const Forwarded& asked);

// Where somebody signs in who wanted a page of this site. "": it is not of this site (or nobody told us ours), and who
// signs in here is not signed in there: the session's cookie is of one host.
std::string sign_in_page(std::string_view public_url, const Forwarded& asked);

}  // namespace causeway::api::gateway
