#pragma once
// How one provider is spoken to. Two implementations: OpenID Connect (GitLab's is that too), and GitHub, which has
// plain OAuth 2.0 and an API of its own. Thread-safe; what takes a Budget blocks.

#include <memory>
#include <string>

#include "apiserver/oauth/attempt.hpp"
#include "apiserver/oauth/identity.hpp"
#include "apiserver/oauth/provider.hpp"
#include "apiserver/oauth/token_request.hpp"
#include "base/clock.hpp"

namespace causeway::api::oauth {

class ProviderClient {
 public:
  virtual ~ProviderClient() = default;

  virtual std::string issuer() const = 0;  // of the identities that it gives

  // Where a browser is sent to begin.
  virtual Outcome<std::string> authorization_url(const Attempt& attempt, const std::string& redirect_uri,
                                                 const Budget& budget) = 0;
  // Whether an answer with this `iss` ("": without one) can be this provider's (RFC 9207, 2.4). kBadToken: it is not.
  virtual Outcome<void> check_issuer(const std::string& iss, const Budget& budget) = 0;
  // Who it is.
  virtual Outcome<Identity> identify(const Grant& grant, const Budget& budget) = 0;
};

std::unique_ptr<ProviderClient> make_provider_client(const Provider& provider, HttpLimits limits,
                                                     const base::Clock& clock);

}  // namespace causeway::api::oauth
