#pragma once
// From a request to its caller: by the session's cookie, or by an access token in the Authorization header.

#include "apiserver/rest/caller.hpp"
#include "apiserver/session/access_tokens.hpp"
#include "apiserver/session/cookie.hpp"
#include "apiserver/session/due.hpp"
#include "apiserver/session/sessions.hpp"

namespace causeway::api::session {

// Thread-safe. What is referred to has to outlive it.
class Authenticator : public rest::Authenticator {
 public:
  // `require`: who has to have a second factor.
  Authenticator(Sessions& sessions, AccessTokens& tokens, const SessionCookie& cookie,
                Require require = Require::kNobody)
      : sessions_(sessions), tokens_(tokens), cookie_(cookie), require_(require) {}

  // A header with anything but a valid token is refused; a cookie whose session has ended is taken back, and the
  // request is a visitor's: signing in, and what is public, must not fail for it.
  base::Result<std::shared_ptr<const rest::Caller>, rest::Problem> authenticate(const base::HttpRequest& request,
                                                                                std::string_view client_address,
                                                                                base::Headers& answer) override;

 private:
  base::Result<std::shared_ptr<const rest::Caller>, rest::Problem> by_header(std::string_view header,
                                                                             std::string_view client_address);

  Sessions& sessions_;
  AccessTokens& tokens_;
  const SessionCookie& cookie_;
  const Require require_;
};

// The token in an Authorization header: "Bearer <token>", or "Basic …" with the token as password, which is what git
// and docker send. nullopt: neither.
std::optional<std::string> token_of(std::string_view authorization);

}  // namespace causeway::api::session
