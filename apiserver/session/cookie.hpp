#pragma once
// The cookie that carries a session's token.
//
// Its name and attributes follow the URL that people use. https: "__Host-causeway", which browsers take only with
// Secure, with Path=/ and without Domain, so that no other host (a demo's, say) can set it. Plain http, on loopback
// only: "causeway". Both HttpOnly and SameSite=Lax (OWASP ASVS 5.0, 3.3; RFC 6265bis). Pure. Thread-safe.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::api::session {

inline constexpr std::string_view kSecureCookie = "__Host-causeway";

class SessionCookie {
 public:
  // kInvalidArgument: no http(s) URL, or plain http on a host that is not this machine.
  // `name`: of another cookie of the same kind.
  static base::Result<SessionCookie> for_url(std::string_view public_url, std::string_view name = "causeway");

  std::string_view name() const { return name_; }
  // The value of a Set-Cookie header.
  std::string set(std::string_view token, std::chrono::seconds max_age) const;
  std::string clear() const;

  // The token that a request carries; nullopt: none, or several that differ. Which of those the user meant nobody can
  // tell: another host under the same domain may have planted one.
  std::optional<std::string> read(const base::Headers& headers) const;

 private:
  SessionCookie(bool secure, std::string_view name) : secure_(secure), name_(secure ? "__Host-" : "") { name_ += name; }
  std::string attributes() const;

  bool secure_;
  std::string name_;
};

}  // namespace causeway::api::session
