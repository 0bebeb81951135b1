#include "apiserver/rest/cross_site.hpp"

#include <algorithm>

#include "apiserver/rest/field_value.hpp"
#include "apiserver/rest/media_type.hpp"

namespace causeway::api::rest {
namespace {

bool contains(const std::vector<std::string>& own, std::string_view origin) {
  return std::find(own.begin(), own.end(), origin) != own.end();
}

}  // namespace

std::optional<std::string> origin_of(std::string_view url) {
  const auto parsed = base::parse_url(url);
  if (!parsed || (parsed->scheme != "http" && parsed->scheme != "https")) return std::nullopt;
  std::string host = lower_case(parsed->host);
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  const bool usual = parsed->port == (parsed->scheme == "https" ? 443 : 80);
  return parsed->scheme + "://" + host + (usual ? "" : ":" + std::to_string(parsed->port));
}

bool is_loopback(std::string_view host) {
  // "127.0.0.1.example.org" is somebody else.
  const bool address = host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
  return address || host == "localhost" || host.ends_with(".localhost") || host == "::1" || host == "[::1]";
}

std::optional<std::string> cross_site_objection(const base::Headers& headers, bool safe,
                                                const std::vector<std::string>& own_origins) {
  const auto site = headers.get("Sec-Fetch-Site");
  const auto origin = headers.get("Origin");
  if (headers.count("Sec-Fetch-Site") > 1) return "Sec-Fetch-Site is there more than once";
  if (site) {
    if (*site != "same-origin" && !(safe && *site == "none")) {
      return "the browser says that another site made this request (Sec-Fetch-Site: " + std::string(*site) + ")";
    }
  } else if (origin && !contains(own_origins, *origin)) {
    return "the Origin is not this server's";
  }
  // Pictures and links in what people write are of our own origin too; only a script's request has no destination.
  if (safe && site && (*site == "none" || headers.get("Sec-Fetch-Dest") == "empty")) return std::nullopt;
  if (headers.get(kOwnRequestHeader)) return std::nullopt;
  const auto type = headers.get("Content-Type");
  if (!safe && type && is_media_type(*type, "application/json")) return std::nullopt;
  return "a request that changes something needs " + std::string(safe ? "" : "a body of application/json or ") +
         "the header " + std::string(kOwnRequestHeader);
}

bool websocket_allowed(const base::Headers& headers, const std::vector<std::string>& own_origins) {
  if (const auto origin = headers.get("Origin")) return contains(own_origins, *origin);
  return !headers.get("Cookie");
}

}  // namespace causeway::api::rest
