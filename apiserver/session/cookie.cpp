#include "apiserver/session/cookie.hpp"

#include "apiserver/rest/cross_site.hpp"
#include "base/text.hpp"

namespace causeway::api::session {

base::Result<SessionCookie> SessionCookie::for_url(std::string_view public_url, std::string_view name) {
  const auto url = base::parse_url(public_url);
  if (!url || (url->scheme != "https" && url->scheme != "http"))
    return base::Error{base::ErrorCode::kInvalidArgument,
                       "the public URL has to be https://HOST[:PORT], not \"" + std::string(public_url) + "\""};
  if (url->scheme == "http" && !rest::is_loopback(url->host))
    return base::Error{base::ErrorCode::kInvalidArgument,
                       "the public URL " + std::string(public_url) +
                           " is plain http: anybody on the way could read the sessions. Use https, or localhost"};
  return SessionCookie(url->scheme == "https", name);
}

std::string SessionCookie::attributes() const {
  return std::string("; Path=/; HttpOnly; SameSite=Lax") + (secure_ ? "; Secure" : "");
}

std::string SessionCookie::set(std::string_view token, std::chrono::seconds max_age) const {
  return name_ + "=" + std::string(token) + "; Max-Age=" + std::to_string(max_age.count()) + attributes();
}

std::string SessionCookie::clear() const {
  return name_ + "=; Max-Age=0" + attributes();
}

std::optional<std::string> SessionCookie::read(const base::Headers& headers) const {
  if (headers.count("Cookie") != 1) return std::nullopt;  // browsers send one (RFC 6265bis, 5.8.4)
  std::optional<std::string> found;
  for (std::string_view rest = *headers.get("Cookie"); !rest.empty();) {
    const auto end = rest.find(';');
    const auto pair = base::trim(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || base::trim(pair.substr(0, equals)) != name_) continue;
    const std::string token(base::trim(pair.substr(equals + 1)));
    if (found && *found != token) return std::nullopt;
    found = token;
  }
  return found && !found->empty() ? found : std::nullopt;
}

}  // namespace causeway::api::session
