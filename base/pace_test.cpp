#include "base/pace.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace causeway::base {
namespace {

using namespace std::chrono_literals;

TEST(Pace, AByteNowAndThenIsTooSlow) {
  Pace pace(1000, 60s);
  for (int i = 0; i < 59; ++i) pace.waited(1s, 1);
  EXPECT_FALSE(pace.too_slow());
  EXPECT_LE(pace.left(), 1100ms) << "so long is waited for the next one";
  pace.waited(1s, 1);
  pace.waited(1s, 1);
  EXPECT_TRUE(pace.too_slow());
}

TEST(Pace, TheRateIsEnoughForEver) {
  Pace pace(1000, 60s);
  for (int i = 0; i < 100'000; ++i) pace.waited(1s, 1000);
  EXPECT_FALSE(pace.too_slow());
  for (int i = 0; i < 100; ++i) pace.waited(50s, 50'000);
  EXPECT_FALSE(pace.too_slow()) << "on average, in any pieces";
}

TEST(Pace, NothingIsSavedUpBeyondThePatience) {
  Pace pace(1000, 60s);
  pace.waited(0s, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(pace.left(), 60s);
  pace.waited(60s, 0);
  EXPECT_TRUE(pace.too_slow());
}

TEST(Pace, TimeInWhichNobodyWaitsCostsNothing) {
  Pace pace(1000, 60s);
  for (int i = 0; i < 1000; ++i) pace.waited(0s, 1);
  EXPECT_EQ(pace.left(), 60s);
}

TEST(Pace, WithoutARateAnyPeerIsFastEnough) {
  Pace pace(0, 1s), none;
  for (Pace* one : {&pace, &none}) {
    one->waited(Duration::max(), 0);
    EXPECT_FALSE(one->too_slow());
    EXPECT_EQ(one->left(), Duration::max());
  }
}

}  // namespace
}  // namespace causeway::base
