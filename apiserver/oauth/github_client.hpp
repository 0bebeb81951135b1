#pragma once
// GitHub: OAuth 2.0 without OpenID Connect; who it is, its API says.

#include "apiserver/oauth/provider_client.hpp"

namespace causeway::api::oauth {

class GithubClient final : public ProviderClient {
 public:
  GithubClient(Provider provider, HttpLimits limits);

  std::string issuer() const override { return issuer_; }
  Outcome<std::string> authorization_url(const Attempt& attempt, const std::string& redirect_uri,
                                         const Budget& budget) override;
  Outcome<void> check_issuer(const std::string& iss, const Budget& budget) override;
  Outcome<Identity> identify(const Grant& grant, const Budget& budget) override;

 private:
  // The primary address if GitHub has verified it; "" otherwise, or when the scope is not there.
  Outcome<std::string> verified_email(const base::Headers& headers, const Budget& budget);

  const Provider provider_;
  const std::string issuer_;  // without a slash at its end
  Endpoint authorization_, token_, user_, emails_;
  ProviderHttp http_;
};

}  // namespace causeway::api::oauth
