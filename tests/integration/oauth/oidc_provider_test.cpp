// Signing in with a real provider, over https, as a person does it in a browser: its login and consent pages.

#include "tests/integration/oauth/oidc_provider.hpp"

#include "apiserver/oauth/sign_in.hpp"
#include "tests/integration/oauth/browser.hpp"
#include "tests/integration/oauth/oauth_fixture.hpp"

namespace causeway::api::oauth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kPublicUrl = "https://causeway.example";

class OidcProviderTest : public OauthTest {
 protected:
  // One for all of them: it takes two seconds of processor to start.
  static void SetUpTestSuite() {
    if (OidcProvider::missing().empty())
      real = std::make_unique<OidcProvider>(std::string(kPublicUrl) + "/oauth/company/callback");
  }
  static void TearDownTestSuite() { real.reset(); }
  void SetUp() override {
    if (const auto why = OidcProvider::missing(); !why.empty()) GTEST_SKIP() << why;
    OauthTest::SetUp();
    if (IsSkipped()) return;
    std::filesystem::copy_file(real->secret_file(), secret_file);
    std::filesystem::copy_file(real->ca_file(), ca_file);
    use("causeway-RS256");
  }
  // Another client of the provider's; what was fetched is forgotten.
  void use(const std::string& client, bool secret = true) {
    Provider provider;
    provider.name = "company";
    provider.display_name = "Example Inc.";
    provider.issuer = real->url();
    provider.client_id = client;
    if (secret) provider.client_secret_file = secret_file;
    provider.ca_file = ca_file;
    provider.scopes = {"openid", "profile", "email"};
    SignInOptions options;
    options.public_url = kPublicUrl;
    sign_in = std::make_unique<SignIn>(std::vector{provider}, options, *attempts, clock, metrics);
  }
  Browser browser() const { return {real->url(), real->ca_pem()}; }

  std::string begin() {
    const auto url = sign_in->begin({"company", "secret", "/workshop", {}});
    EXPECT_TRUE(url) << url.error().message;
    return url ? *url : "";
  }
  // From the provider's first page to the redirect that leads back here; its query.
  std::string confirm(const std::string& url, const std::string& login = "ada") {
    auto at = browser();
    const auto page = at.submit(at.open(url), {{"login", login}, {"password", "any"}});
    return returned(at.submit(page));
  }
  static std::string returned(const Browser::Page& page) {
    const std::string callback = std::string(kPublicUrl) + "/oauth/company/callback?";
    EXPECT_THAT(page.url, StartsWith(callback)) << page.body;
    return page.url.starts_with(callback) ? page.url.substr(callback.size()) : "";
  }
  Outcome<SignIn::Finished> finish(const std::string& query, const std::string& secret = "secret") {
    const auto callback = parse_callback(query);
    if (!callback) return callback.error();
    return sign_in->finish("company", secret, *callback);
  }

  inline static std::unique_ptr<OidcProvider> real;
  // What we know of it, for a test to change.
  base::TemporaryDirectory ours;
  std::filesystem::path secret_file = ours.path() / "secret", ca_file = ours.path() / "ca.crt";
  std::unique_ptr<SignIn> sign_in;
};

TEST_F(OidcProviderTest, TellsWhoSignedIn) {
  const auto query = confirm(begin());
  EXPECT_TRUE(base::query_parameter(query, "iss"));  // RFC 9207
  const auto finished = finish(query);
  ASSERT_TRUE(finished) << finished.error().message;
  EXPECT_EQ(finished->return_to, "/workshop");
  const auto& ada = finished->identity;
  EXPECT_EQ(ada.issuer, real->url());
  EXPECT_EQ(ada.subject, "ada");
  EXPECT_EQ(ada.email, "ada@example.org");
  EXPECT_TRUE(ada.email_verified);
  EXPECT_EQ(ada.name, "ada Lovelace");
  EXPECT_EQ(ada.preferred_username, "ada");
  EXPECT_EQ(ada.avatar_url, "https://avatars.example/ada.png");
}

TEST_F(OidcProviderTest, SignsWithEachAlgorithmThatIsTaken) {
  for (const auto* client : {"causeway-RS256", "causeway-PS256", "causeway-ES256", "causeway-EdDSA"}) {
    use(client);
    const auto finished = finish(confirm(begin()));
    EXPECT_TRUE(finished) << client << ": " << finished.error().message;
  }
}

TEST_F(OidcProviderTest, TakesAClientWithoutASecret) {
  use("causeway-public", false);
  const auto finished = finish(confirm(begin()));
  EXPECT_TRUE(finished) << finished.error().message;
}

TEST_F(OidcProviderTest, WhoSaysNoIsNotSignedIn) {
  auto at = browser();
  const auto login = at.open(begin());
  const auto refused = finish(returned(at.follow(login, "/abort")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FailureKind::kDenied);
  EXPECT_EQ(refused.error().return_to, "/workshop");

  const auto consent = at.submit(at.open(begin()), {{"login", "ada"}, {"password", "any"}});
  EXPECT_EQ(finish(returned(at.follow(consent, "/abort"))).error().kind, FailureKind::kDenied);
}

TEST_F(OidcProviderTest, AnAnswerIsOfUseOnceAndInItsBrowser) {
  const auto query = confirm(begin());
  EXPECT_TRUE(finish(query));
  EXPECT_EQ(finish(query).error().kind, FailureKind::kNoAttempt);
  const auto stolen = confirm(begin());
  EXPECT_EQ(finish(stolen, "another browser").error().kind, FailureKind::kNoAttempt);
  EXPECT_EQ(finish(stolen).error().kind, FailureKind::kNoAttempt);
}

// Somebody's code in an attempt of another: PKCE, before the nonce is even looked at.
TEST_F(OidcProviderTest, ACodeIsForItsOwnAttempt) {
  const auto of_eve = confirm(begin(), "eve"), of_ada = confirm(begin());
  const auto mixed = "state=" + base::query_parameter(of_ada, "state").value() +
                     "&iss=" + base::percent_encode(real->url()) +
                     "&code=" + base::query_parameter(of_eve, "code").value();
  const auto refused = finish(mixed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FailureKind::kDenied);
  EXPECT_THAT(refused.error().message, HasSubstr("invalid_grant"));
}

// The provider's answer is right in all but the nonce.
TEST_F(OidcProviderTest, ATokenWithAnotherNonceIsRefused) {
  const auto query = confirm(begin());
  script("UPDATE oauth_attempts SET nonce = 'another'");
  const auto refused = finish(query);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FailureKind::kBadToken);
  EXPECT_THAT(refused.error().message, HasSubstr("nonce"));
}

TEST_F(OidcProviderTest, NewKeysAreFetched) {
  ASSERT_TRUE(finish(confirm(begin())));
  real->rotate();
  const auto at_once = finish(confirm(begin()));
  ASSERT_FALSE(at_once);
  EXPECT_EQ(at_once.error().kind, FailureKind::kBadToken);
  clock.advance(10s);
  const auto finished = finish(confirm(begin()));
  EXPECT_TRUE(finished) << finished.error().message;
}

TEST_F(OidcProviderTest, AWrongSecretIsOurMistake) {
  const auto query = confirm(begin());
  ASSERT_TRUE(base::write_file_atomic(secret_file, "wrong"));
  const auto refused = finish(query);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FailureKind::kMisconfigured);
  EXPECT_THAT(refused.error().message, HasSubstr("invalid_client"));
}

TEST_F(OidcProviderTest, WithoutItsAuthorityItIsNotTrusted) {
  ASSERT_TRUE(base::write_file_atomic(ca_file, base::make_authority("another").value().cert_pem));
  EXPECT_EQ(sign_in->begin({"company", "secret", "/", {}}).error().kind, FailureKind::kUnavailable);
}

}  // namespace
}  // namespace causeway::api::oauth
