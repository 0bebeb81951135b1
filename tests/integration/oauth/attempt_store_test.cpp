// Attempts: of use once, soon, and to who began them.

#include "apiserver/oauth/attempt_store.hpp"

#include <atomic>
#include <thread>

#include "tests/integration/oauth/oauth_fixture.hpp"

namespace causeway::api::oauth {
namespace {

using namespace std::chrono_literals;
using Verdict = AttemptStore::Verdict;

class AttemptStoreTest : public OauthTest {
 protected:
  Attempt begin(std::optional<std::int64_t> user = {}) {
    auto attempt = make_attempt();
    const auto begun = attempts->begin({"company", "browser", user, "/workshop?a=b"}, attempt, clock.wall());
    EXPECT_TRUE(begun) << begun.error().message;
    return attempt;
  }
  AttemptStore::Taken take(const Attempt& attempt, const std::string& provider = "company",
                           const std::string& browser = "browser") {
    return attempts->take(attempt.state, provider, browser, clock.wall()).value();
  }
};

TEST_F(AttemptStoreTest, IsOfUseOnce) {
  const auto attempt = begin();
  const auto taken = take(attempt);
  EXPECT_EQ(taken.verdict, Verdict::kRight);
  EXPECT_EQ(taken.verifier, attempt.verifier);
  EXPECT_EQ(taken.nonce, attempt.nonce);
  EXPECT_EQ(taken.return_to, "/workshop?a=b");
  EXPECT_EQ(taken.user, std::nullopt);
  EXPECT_EQ(take(attempt).verdict, Verdict::kUnknown);
  EXPECT_EQ(take(make_attempt()).verdict, Verdict::kUnknown);
}

TEST_F(AttemptStoreTest, WhatIsWrongUsesItUp) {
  const auto first = begin(), second = begin(), third = begin();
  const auto other = take(first, "company", "another browser");
  EXPECT_EQ(other.verdict, Verdict::kOtherBrowser);
  EXPECT_EQ(other.verifier, "");
  EXPECT_EQ(other.return_to, "");
  EXPECT_EQ(take(first).verdict, Verdict::kUnknown);
  EXPECT_EQ(take(second, "github").verdict, Verdict::kOtherProvider);
  EXPECT_EQ(take(second).verdict, Verdict::kUnknown);
  clock.advance(10min);
  EXPECT_EQ(take(third).verdict, Verdict::kOver);
}

TEST_F(AttemptStoreTest, LastsNearlyTenMinutes) {
  const auto attempt = begin();
  clock.advance(10min - 1s);
  EXPECT_EQ(take(attempt).verdict, Verdict::kRight);
}

TEST_F(AttemptStoreTest, OfManyAtOnceOneGetsIt) {
  const auto attempt = begin();
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; i++)
      threads.emplace_back([&] {
        if (take(attempt).verdict == Verdict::kRight) ++right;
      });
  }
  EXPECT_EQ(right, 1);
}

TEST_F(AttemptStoreTest, KnowsWhoLinks) {
  const auto ada = make_user("ada");
  EXPECT_EQ(take(begin(ada)).user, ada);
  const auto attempt = begin(ada);
  script("DELETE FROM accounts WHERE id = " + std::to_string(ada));
  EXPECT_EQ(take(attempt).verdict, Verdict::kUnknown);
  const auto nobody = attempts->begin({"company", "browser", ada, "/"}, make_attempt(), clock.wall());
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().kind, database::ErrorKind::kForeignKey);
}

TEST_F(AttemptStoreTest, KeepsNeitherTheStateNorTheBrowsersSecret) {
  const auto attempt = make_attempt();
  ASSERT_TRUE(attempts->begin({"company", "a-secret-of-the-browser", {}, "/"}, attempt, clock.wall()));
  EXPECT_EQ(number("SELECT count(*) FROM oauth_attempts a WHERE a::text LIKE '%a-secret%' OR a::text LIKE '%" +
                   attempt.state + "%'"),
            0);
}

TEST_F(AttemptStoreTest, WhatIsOverIsRemoved) {
  begin();
  clock.advance(5min);
  const auto later = begin();
  clock.advance(5min);
  EXPECT_EQ(attempts->expire(clock.wall()).value(), 1U);
  EXPECT_EQ(take(later).verdict, Verdict::kRight);
}

}  // namespace
}  // namespace causeway::api::oauth
