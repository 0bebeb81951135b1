// From the button to the person, with a provider that does what the test wants.

#include "apiserver/oauth/sign_in.hpp"

#include <latch>
#include <thread>

#include "apiserver/oauth/fake_provider.hpp"
#include "tests/integration/oauth/oauth_fixture.hpp"

namespace causeway::api::oauth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class OauthSignInTest : public OauthTest {
 protected:
  void SetUp() override {
    OauthTest::SetUp();
    if (IsSkipped()) return;
    fake = std::make_unique<test::FakeOidc>(clock);
    restart();
  }
  // Two providers; only the first is there.
  void restart(SignInOptions options = {}) {
    auto other = fake->provider;
    other.name = "other";
    other.issuer = "https://other.example";
    options.public_url = "https://causeway.example/";
    sign_in = std::make_unique<SignIn>(std::vector{fake->provider, other}, options, *attempts, clock, metrics);
  }
  // The state, as the provider gets it.
  std::string begin(std::optional<std::int64_t> user = {}, const std::string& browser = "browser") {
    const auto url = sign_in->begin({"company", browser, "/workshop", user});
    if (!url) return "";
    query = url->substr(url->find('?') + 1);
    fake->nonce = base::query_parameter(query, "nonce").value_or("");
    return base::query_parameter(query, "state").value_or("");
  }
  Outcome<SignIn::Finished> finish(const std::string& state, const std::string& more = "&code=code-1",
                                   const std::string& browser = "browser", const std::string& provider = "company") {
    const auto callback = parse_callback("state=" + state + more);
    if (!callback) return callback.error();
    return sign_in->finish(provider, browser, *callback);
  }
  Failure failure(const Outcome<SignIn::Finished>& outcome) {
    EXPECT_FALSE(outcome);
    return outcome ? Failure{FailureKind::kDatabase} : outcome.error();
  }
  double counted(const std::string& result) {
    return database::metric(metrics, "causeway_oauth_sign_ins_total{provider=\"company\",result=\"" + result + "\"}");
  }

  std::string query;  // of the URL that the last one was sent to
  std::unique_ptr<test::FakeOidc> fake;
  std::unique_ptr<SignIn> sign_in;
};

TEST_F(OauthSignInTest, EndsWithWhoItIs) {
  const auto state = begin();
  EXPECT_EQ(base::query_parameter(query, "redirect_uri"), "https://causeway.example/oauth/company/callback");
  const auto finished = finish(state);
  ASSERT_TRUE(finished) << finished.error().message;
  EXPECT_EQ(finished->identity.subject, "17");
  EXPECT_EQ(finished->identity.provider, "company");
  EXPECT_EQ(finished->return_to, "/workshop");
  EXPECT_EQ(finished->user, std::nullopt);
  EXPECT_EQ(counted("signed-in"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM oauth_attempts"), 0);
  // The verifier of which the browser carried the hash.
  const auto verifier = base::query_parameter(fake->http.asked("/token").at(0).body, "code_verifier");
  EXPECT_EQ(base::query_parameter(query, "code_challenge"), code_challenge(verifier.value()));
}

TEST_F(OauthSignInTest, KnowsWhoLinksAnIdentity) {
  const auto ada = make_user("ada");
  EXPECT_EQ(finish(begin(ada))->user, ada);
}

TEST_F(OauthSignInTest, ShowsWhatIsConfigured) {
  ASSERT_EQ(sign_in->buttons().size(), 2U);
  EXPECT_EQ(sign_in->buttons().at(0).name, "company");
  EXPECT_EQ(sign_in->buttons().at(0).display_name, "Example Inc.");
  EXPECT_THAT(sign_in->issuers(), testing::UnorderedElementsAre(fake->http.url(), "https://other.example"));
}

TEST_F(OauthSignInTest, WhatCannotBeginIsToldAndLeavesNothing) {
  const auto kind = [&](SignIn::Request request) {
    const auto url = sign_in->begin(request);
    EXPECT_FALSE(url);
    return url ? FailureKind::kDatabase : url.error().kind;
  };
  EXPECT_EQ(kind({"nobody", "browser", "/", {}}), FailureKind::kNoProvider);
  for (const auto* path : {"//evil.example", "https://evil.example", "/\\evil.example", "", "/\n/evil.example"})
    EXPECT_EQ(kind({"company", "browser", path, {}}), FailureKind::kBadReturn) << path;
  fake->document["issuer"] = "https://evil.example";
  EXPECT_EQ(kind({"company", "browser", "/", {}}), FailureKind::kMisconfigured);
  EXPECT_EQ(number("SELECT count(*) FROM oauth_attempts"), 0);
}

TEST_F(OauthSignInTest, IsOfUseOnceAndToTheBrowserThatBegan) {
  const auto state = begin();
  ASSERT_TRUE(finish(state));
  EXPECT_EQ(failure(finish(state)).kind, FailureKind::kNoAttempt);
  const auto stolen = begin();
  EXPECT_THAT(failure(finish(stolen, "&code=c", "another browser")).message, HasSubstr("another browser"));
  EXPECT_EQ(failure(finish(stolen)).kind, FailureKind::kNoAttempt);
  const auto old = begin();
  clock.advance(10min);
  EXPECT_THAT(failure(finish(old)).message, HasSubstr("over"));
  EXPECT_EQ(failure(finish("")).kind, FailureKind::kNoAttempt);
  EXPECT_EQ(failure(finish("made-up")).kind, FailureKind::kNoAttempt);
  EXPECT_EQ(failure(finish(begin(), "&code=c", "browser", "nobody")).kind, FailureKind::kNoProvider);
  // Of all these no code went to the provider but the first.
  EXPECT_EQ(fake->http.asked("/token").size(), 1U);
}

// The answer of one provider, given to the callback of another (RFC 9700, 4.4).
TEST_F(OauthSignInTest, AnAttemptIsForItsProviderOnly) {
  EXPECT_THAT(failure(finish(begin(), "&code=c", "browser", "other")).message, HasSubstr("another provider"));
  EXPECT_EQ(failure(finish(begin(), "&code=c&iss=https%3A%2F%2Fevil.example")).kind, FailureKind::kBadToken);
  EXPECT_EQ(failure(finish(begin(), "&error=access_denied&iss=https%3A%2F%2Fevil.example")).kind,
            FailureKind::kBadToken);
  EXPECT_TRUE(finish(begin(), "&code=c&iss=" + base::percent_encode(fake->http.url())));
  EXPECT_EQ(fake->http.asked("/token").size(), 1U);
}

TEST_F(OauthSignInTest, WhatTheProviderSaysIsToldApart) {
  for (const auto& [error, kind] :
       std::vector<std::pair<std::string, FailureKind>>{{"access_denied", FailureKind::kDenied},
                                                        {"login_required", FailureKind::kDenied},
                                                        {"temporarily_unavailable", FailureKind::kUnavailable},
                                                        {"server_error", FailureKind::kUnavailable},
                                                        {"invalid_scope", FailureKind::kMisconfigured},
                                                        {"%3Cscript%3E", FailureKind::kMisconfigured}}) {
    const auto failed = failure(finish(begin(), "&error=" + error + "&code=c"));
    EXPECT_EQ(failed.kind, kind) << error;
    EXPECT_EQ(failed.return_to, "/workshop");
    EXPECT_EQ(failed.provider, "Example Inc.");
  }
  EXPECT_EQ(failure(finish(begin(), "")).kind, FailureKind::kBadAnswer);
  EXPECT_EQ(counted("denied"), 2);
  EXPECT_TRUE(fake->http.asked("/token").empty());
}

TEST_F(OauthSignInTest, AnIdTokenOfAnotherAttemptIsRefused) {
  const auto first = begin();
  begin();  // the provider's next token is for this one
  EXPECT_THAT(failure(finish(first)).message, HasSubstr("nonce"));
  EXPECT_EQ(counted("bad-token"), 1);
}

TEST_F(OauthSignInTest, WithoutADatabaseNothingBegins) {
  // The statements fail; so would they without a connection.
  script("ALTER TABLE oauth_attempts RENAME TO elsewhere");
  EXPECT_EQ(sign_in->begin({"company", "browser", "/", {}}).error().kind, FailureKind::kDatabase);
  EXPECT_EQ(failure(finish("state")).kind, FailureKind::kDatabase);
}

// One that is slow does not hold all workers.
TEST_F(OauthSignInTest, FewTalkWithAProviderAtATime) {
  SignInOptions options;
  options.talks = 1;
  restart(options);
  const auto first = begin(), second = begin();
  std::latch asked(1), answer(1);
  fake->http.on("/token", [&](const auto&) {
    asked.count_down();
    answer.wait();
    return test::answer({{"error", "invalid_grant"}}, 400);
  });
  std::jthread slow([&] { EXPECT_EQ(failure(finish(first)).kind, FailureKind::kDenied); });
  asked.wait();
  EXPECT_EQ(failure(finish(second)).kind, FailureKind::kBusy);
  EXPECT_EQ(sign_in->begin({"company", "browser", "/", {}}).error().kind, FailureKind::kBusy);
  answer.count_down();
  slow.join();
  EXPECT_TRUE(sign_in->begin({"company", "browser", "/", {}}));
}

}  // namespace
}  // namespace causeway::api::oauth
