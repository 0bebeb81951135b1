// The whole way, with a real provider: from our button over its pages to an account here.

#include "tests/integration/oauth/browser.hpp"
#include "tests/integration/oauth/oidc_provider.hpp"
#include "tests/integration/oauth/routes_fixture.hpp"

namespace causeway::api::oauth {
namespace {

using testing::StartsWith;

class OidcProviderRoutesTest : public OauthRoutesTest {
 protected:
  void SetUp() override {
    if (const auto why = OidcProvider::missing(); !why.empty()) GTEST_SKIP() << why;
    real = std::make_unique<OidcProvider>(public_url + "/oauth/company/callback");
    Provider provider;
    provider.issuer = real->url();
    provider.client_id = "causeway-RS256";
    provider.client_secret_file = real->secret_file();
    provider.ca_file = real->ca_file();
    configure(provider);
    OauthRoutesTest::SetUp();
  }
  // What somebody does there; the query that leads back.
  std::string confirm(const std::string& url) {
    oauth::Browser there(real->url(), real->ca_pem());
    const auto page = there.submit(there.submit(there.open(url), {{"login", "ada"}, {"password", "any"}}));
    const auto callback = public_url + "/oauth/company/callback?";
    EXPECT_THAT(page.url, StartsWith(callback)) << page.body;
    return page.url.starts_with(callback) ? page.url.substr(callback.size()) : "";
  }

  std::unique_ptr<OidcProvider> real;
};

TEST_F(OidcProviderRoutesTest, SignsInAndRegisters) {
  auto b = browser();
  const auto back = confirm(location(b.get("/oauth/company?returnTo=%2Fworkshop")));
  EXPECT_EQ(location(come_back(b, back)), "/workshop");
  EXPECT_EQ(text_of(b.get("/identity"), "role"), "user");
  EXPECT_EQ(text_of(b.get("/api/v1/me"), "displayName"), "ada Lovelace");
  auto again = browser();
  come_back(again, confirm(location(again.get("/oauth/company"))));
  EXPECT_EQ(text_of(again.get("/identity"), "id"), text_of(b.get("/identity"), "id"));
}

TEST_F(OidcProviderRoutesTest, LinksToAnAccount) {
  auto eve = user("eve");
  const auto begun = eve.post("/api/v1/me/identities", {{"provider", "company"}, {"returnTo", "/settings"}});
  EXPECT_EQ(location(come_back(eve, confirm(text_of(begun, "url")))), "/settings");
  auto again = browser();
  come_back(again, confirm(location(again.get("/oauth/company"))));
  EXPECT_EQ(text_of(again.get("/identity"), "name"), "eve");
}

}  // namespace
}  // namespace causeway::api::oauth
