#pragma once
// OpenID Connect: discovery, ID tokens, the userinfo endpoint.

#include "apiserver/jwt/key_set.hpp"
#include "apiserver/oauth/fetched.hpp"
#include "apiserver/oauth/metadata.hpp"
#include "apiserver/oauth/provider_client.hpp"

namespace causeway::api::oauth {

class OidcClient final : public ProviderClient {
 public:
  OidcClient(Provider provider, HttpLimits limits, const base::Clock& clock)
      : provider_(std::move(provider)),
        clock_(clock),
        http_(provider_.ca_file, limits),
        metadata_(clock),
        keys_(clock) {}

  std::string issuer() const override { return provider_.issuer; }
  Outcome<std::string> authorization_url(const Attempt& attempt, const std::string& redirect_uri,
                                         const Budget& budget) override;
  Outcome<void> check_issuer(const std::string& iss, const Budget& budget) override;
  Outcome<Identity> identify(const Grant& grant, const Budget& budget) override;

 private:
  Outcome<Fetched<Metadata>::Value> metadata(const Budget& budget);
  Outcome<json::object> verify(const Metadata& metadata, const Tokens& tokens, const std::string& nonce,
                               const Budget& budget);
  Outcome<void> add_userinfo(const Metadata& metadata, const Tokens& tokens, json::object& claims,
                             const Budget& budget);

  const Provider provider_;
  const base::Clock& clock_;
  ProviderHttp http_;
  Fetched<Metadata> metadata_;
  Fetched<jwt::KeySet> keys_;
};

}  // namespace causeway::api::oauth
