#include "apiserver/rest/rate_limit.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>

namespace causeway::api::rest {
namespace {

using std::chrono::seconds;

class RateLimiterTest : public testing::Test {
 protected:
  base::ManualClock clock_;
  RateLimiter limiter_{{{"default", 60, seconds(60)}, {"login", 3, seconds(60)}}, clock_, 160};
};

TEST_F(RateLimiterTest, GivesItsQuotaAtOnceAndThenOneByOne) {
  const std::size_t login = limiter_.index_of("login");
  for (int left : {2, 1, 0}) {
    const auto verdict = limiter_.take(login, "ada");
    EXPECT_TRUE(verdict.allowed);
    EXPECT_EQ(verdict.remaining, left);
  }
  auto refused = limiter_.take(login, "ada");
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, seconds(20));
  EXPECT_EQ(refused.reset, seconds(60));
  clock_.advance(seconds(20));
  EXPECT_TRUE(limiter_.take(login, "ada").allowed);
  EXPECT_FALSE(limiter_.take(login, "ada").allowed);
}

TEST_F(RateLimiterTest, ClassesAndCallersAreApart) {
  const std::size_t login = limiter_.index_of("login");
  for (int i = 0; i < 4; ++i) static_cast<void>(limiter_.take(login, "ada"));
  EXPECT_FALSE(limiter_.take(login, "ada").allowed);
  EXPECT_TRUE(limiter_.take(login, "eve").allowed);
  EXPECT_TRUE(limiter_.take(limiter_.index_of("default"), "ada").allowed);
}

TEST_F(RateLimiterTest, SaysItInTheHeadersOfTheDraft) {
  const std::size_t login = limiter_.index_of("login");
  base::Headers headers;
  limiter_.describe(login, limiter_.take(login, "ada"), headers);
  EXPECT_EQ(headers.get("RateLimit-Policy"), "\"login\";q=3;w=60");
  EXPECT_EQ(headers.get("RateLimit"), "\"login\";r=2;t=20");
  EXPECT_FALSE(headers.get("Retry-After"));
  for (int i = 0; i < 2; ++i) static_cast<void>(limiter_.take(login, "ada"));
  limiter_.describe(login, limiter_.take(login, "ada"), headers);
  EXPECT_EQ(headers.get("RateLimit"), "\"login\";r=0;t=60");
  EXPECT_EQ(headers.get("Retry-After"), "20");
}

TEST_F(RateLimiterTest, MemoryIsBoundedAndTheIdleAreForgottenFirst) {
  const std::size_t login = limiter_.index_of("login");
  for (int i = 0; i < 4; ++i) static_cast<void>(limiter_.take(login, "ada"));
  for (int i = 0; i < 5000; ++i) {
    static_cast<void>(limiter_.take(login, "caller " + std::to_string(i)));
    EXPECT_FALSE(limiter_.take(login, "ada").allowed) << "who goes on asking is not forgotten";
  }
  EXPECT_LE(limiter_.size(), 160u);
}

TEST_F(RateLimiterTest, CountsExactlyUnderManyThreads) {
  std::atomic<int> allowed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) allowed += limiter_.take(0, "ada").allowed ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(allowed, 60);
}

TEST(RateLimiter, RefusesClassesThatAreNone) {
  base::ManualClock clock;
  EXPECT_THROW(RateLimiter({{"", 1, seconds(1)}}, clock), std::invalid_argument);
  EXPECT_THROW(RateLimiter({{"a", 0, seconds(1)}}, clock), std::invalid_argument);
  EXPECT_THROW(RateLimiter({{"a", 1, seconds(1)}, {"a", 2, seconds(1)}}, clock), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(RateLimiter({}, clock).index_of("a")), std::out_of_range);
}

}  // namespace
}  // namespace causeway::api::rest
