#pragma once
// The role web with providers that people can sign in with, and browsers that go there and come back.

#include <fstream>

#include "apiserver/oauth/provider.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api::oauth {

class OauthRoutesTest : public WebTest {
 protected:
  OauthRoutesTest() { public_url = "http://causeway.localhost"; }

  // Before SetUp(): the provider "company".
  void configure(const Provider& provider) {
    people.oauth_providers = folder.path() / "providers.yaml";
    std::ofstream(people.oauth_providers)
        << "providers:\n  - name: company\n    kind: oidc\n    displayName: Example Inc.\n    issuer: "
        << provider.issuer << "\n    clientId: " << provider.client_id
        << "\n    clientSecretFile: " << provider.client_secret_file.string() << "\n"
        << (provider.ca_file.empty() ? "" : "    caFile: " + provider.ca_file.string() + "\n");
  }

  static std::string location(const base::HttpResponse& answer) {
    EXPECT_EQ(answer.status, 303) << answer.body;
    return std::string(answer.headers.get("Location").value_or(""));
  }
  // As a browser opens an address that a provider sent it to.
  static base::HttpResponse come_back(api::Browser& by, const std::string& query,
                                      const std::string& provider = "company") {
    return by.get("/oauth/" + provider + "/callback?" + query, from_elsewhere);
  }

  inline static const base::Headers from_elsewhere{{"Sec-Fetch-Site", "cross-site"},
                                                   {"Sec-Fetch-Mode", "navigate"},
                                                   {"Sec-Fetch-Dest", "document"},
                                                   {"Accept", "text/html,*/*;q=0.8"}};
  const base::TemporaryDirectory folder;
};

}  // namespace causeway::api::oauth
