#include "apiserver/session/lifetime.hpp"

#include <gtest/gtest.h>

namespace causeway::api::session {
namespace {

using namespace std::chrono_literals;

const base::WallTime kLogin{std::chrono::hours(24 * 365 * 50)};

Times since_login(const Lifetimes& lifetimes) {
  Times times{
      kLogin, kLogin, kLogin, kLogin + std::chrono::duration_cast<base::WallTime::duration>(lifetimes.absolute), {}};
  times.expires_at = expiry_after_use(times, kLogin, lifetimes);
  return times;
}

TEST(Lifetime, EndsWithoutUse) {
  const Lifetimes lifetimes{.idle = 1min};
  const auto times = since_login(lifetimes);
  EXPECT_EQ(judge(times, false, kLogin, lifetimes), Standing::kValid);
  EXPECT_EQ(judge(times, false, kLogin + 59s, lifetimes), Standing::kRenewalDue);
  EXPECT_EQ(judge(times, false, kLogin + 60s, lifetimes), Standing::kEnded);
}

// SH-A-005: with three minutes, somebody who comes back after two, leaves at once and comes back after two more.
TEST(Lifetime, LastsWithUse) {
  const Lifetimes lifetimes{.idle = 3min};
  auto times = since_login(lifetimes);
  for (int i = 1; i <= 10; i++) {
    const auto now = kLogin + i * 2min;
    ASSERT_EQ(judge(times, false, now, lifetimes), Standing::kRenewalDue);
    ASSERT_TRUE(touch_is_due(times, now, lifetimes));
    times.expires_at = expiry_after_use(times, now, lifetimes);
    times.renewed_at = times.last_used_at = now;
    EXPECT_EQ(judge(times, false, now, lifetimes), Standing::kValid);
  }
}

TEST(Lifetime, EndsInAnyCase) {
  const Lifetimes lifetimes{.idle = 3min, .absolute = 5min};
  auto times = since_login(lifetimes);
  times.expires_at = expiry_after_use(times, kLogin + 2min, lifetimes);
  EXPECT_EQ(times.expires_at, kLogin + 5min);
  times.expires_at = expiry_after_use(times, kLogin + 4min, lifetimes);
  EXPECT_EQ(judge(times, false, kLogin + 299s, lifetimes), Standing::kRenewalDue);
  EXPECT_EQ(judge(times, false, kLogin + 5min, lifetimes), Standing::kEnded);
}

TEST(Lifetime, ARenewedTokenHoldsForOtherTabsOnly) {
  const Lifetimes lifetimes{.idle = 1h};
  auto times = since_login(lifetimes);
  times.previous_expires_at = kLogin + 1min;
  EXPECT_EQ(judge(times, true, kLogin + 59s, lifetimes), Standing::kValid);
  EXPECT_EQ(judge(times, true, kLogin + 60s, lifetimes), Standing::kEnded);
  times.previous_expires_at.reset();
  EXPECT_EQ(judge(times, true, kLogin, lifetimes), Standing::kEnded);
  // A session that is over takes the old token with it.
  times.previous_expires_at = kLogin + 2h;
  EXPECT_EQ(judge(times, true, kLogin + 1h, lifetimes), Standing::kEnded);
}

TEST(Lifetime, UsesAreNotAllWrittenDown) {
  const Lifetimes lifetimes{.idle = 24h};
  const auto times = since_login(lifetimes);
  EXPECT_FALSE(touch_is_due(times, kLogin + 299s, lifetimes));
  EXPECT_TRUE(touch_is_due(times, kLogin + 5min, lifetimes));
}

TEST(Lifetime, AShorterLimitTakesNothingBack) {
  auto times = since_login({.idle = 24h});
  EXPECT_EQ(expiry_after_use(times, kLogin + 1min, {.idle = 1h}), kLogin + 24h);
}

}  // namespace
}  // namespace causeway::api::session
