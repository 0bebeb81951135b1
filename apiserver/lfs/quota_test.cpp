#include "apiserver/lfs/quota.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace causeway::api::lfs {
namespace {

using testing::HasSubstr;
constexpr std::int64_t kGib = std::int64_t{1} << 30;

TEST(LfsQuota, TheLastByteFits) {
  const Quota quota{10, 100, 1000};
  EXPECT_FALSE(excess(quota, {90, 990}, 10));
  EXPECT_EQ(excess(quota, {90, 990}, 11)->status, 413);
  EXPECT_EQ(excess(quota, {91, 0}, 10)->status, 507);
  EXPECT_EQ(excess(quota, {0, 991}, 10)->status, 507);
  EXPECT_EQ(excess(quota, {200, 0}, 0)->status, 507) << "the limit was lowered";
}

TEST(LfsQuota, ZeroIsNoLimitAndNothingOverflows) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE(excess({0, 0, 0}, {kMost, kMost}, kMost));
  EXPECT_TRUE(excess({0, kMost, 0}, {kMost, 0}, kMost));
}

TEST(LfsQuota, PeopleAreToldTheNumbers) {
  const auto over = excess({0, 2 * kGib, 0}, {kGib + kGib / 2, 0}, kGib);
  EXPECT_THAT(over->message, HasSubstr("may take 2.0 GiB, they take 1.5 GiB, and this one has 1.0 GiB"));
  EXPECT_EQ(readable_size(0), "0 bytes");
  EXPECT_EQ(readable_size(1), "1 byte");
  EXPECT_EQ(readable_size(1023), "1023 bytes");
  EXPECT_EQ(readable_size(kGib - 1), "1.0 GiB");
}

}  // namespace
}  // namespace causeway::api::lfs
