#pragma once
// Whether a request that changes something may have been made by another site in a visitor's browser (CSRF; OWASP ASVS
// 5.0, 3.5.1–3.5.3 and 4.4.2). Pure.
//
// A browser attaches cookies to other sites' requests. Programs that prove themselves with an Authorization header are
// exempt: no site can make a browser add one.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"

namespace causeway::api::rest {

// Any value will do: no site can make a browser send it across origins without asking us first (CORS), and we say no.
inline constexpr std::string_view kOwnRequestHeader = "X-Causeway-Request";

// "https://causeway.example" of "https://causeway.example/path"; the default port is left out. nullopt: not http(s).
std::optional<std::string> origin_of(std::string_view url);

// A host that is this machine whoever resolves it: localhost and names below it, 127.0.0.0/8, ::1.
bool is_loopback(std::string_view host);

// nullopt: may go on. Otherwise why it is refused. `safe`: the method is GET or HEAD (the route changes something
// nevertheless).
//   1. Sec-Fetch-Site, where the browser sends it, has to be same-origin (or none, of a GET: typed or bookmarked).
//   2. Without it, Origin has to be one of `own_origins` if it is there.
//   3. In any case kOwnRequestHeader, or of a POST the content type application/json (a form of any site can be sent
//   with
//      its three plain content types only), or of a GET that it is a script's (Sec-Fetch-Dest: empty): what people
//      write on our own pages has pictures and links in it.
std::optional<std::string> cross_site_objection(const base::Headers& headers, bool safe,
                                                const std::vector<std::string>& own_origins);

// Whether a WebSocket handshake may be accepted: its Origin is one of ours, or there is none and no cookie either.
// Browsers always send it, and check nothing themselves.
bool websocket_allowed(const base::Headers& headers, const std::vector<std::string>& own_origins);

}  // namespace causeway::api::rest
