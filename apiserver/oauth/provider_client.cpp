#include "apiserver/oauth/provider_client.hpp"

#include "apiserver/oauth/github_client.hpp"
#include "apiserver/oauth/oidc_client.hpp"

namespace causeway::api::oauth {

std::unique_ptr<ProviderClient> make_provider_client(const Provider& provider, HttpLimits limits,
                                                     const base::Clock& clock) {
  if (provider.kind == Kind::kGithub) return std::make_unique<GithubClient>(provider, limits);
  return std::make_unique<OidcClient>(provider, limits, clock);
}

}  // namespace causeway::api::oauth
