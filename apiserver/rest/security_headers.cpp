#include "apiserver/rest/security_headers.hpp"

namespace causeway::api::rest {

SecurityHeaders::SecurityHeaders(std::string_view public_url)
    : fields_{{"X-Content-Type-Options", "nosniff"},
              {"Content-Security-Policy",
               "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
              {"Referrer-Policy", "no-referrer"},
              {"Cross-Origin-Resource-Policy", "same-origin"},
              {"Cache-Control", "no-store"}} {
  if (public_url.starts_with("https://")) {
    // Hosts below this one are of the same installation (git's), and https as well.
    fields_.emplace_back("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  }
}

void SecurityHeaders::apply(base::Headers& headers) const {
  for (const auto& [name, value] : fields_) {
    if (!headers.get(name)) headers.add(name, value);
  }
}

}  // namespace causeway::api::rest
