#include "apiserver/lfs/refused_objects.hpp"

#include <gtest/gtest.h>

namespace causeway::api::lfs {
namespace {

TEST(RefusedObjects, AreOfTheirRepositoryAndForTenMinutes) {
  base::ManualClock clock;
  RefusedObjects refused(clock);
  refused.add(1, "a", "it is malware");
  EXPECT_EQ(refused.why(1, "a"), "it is malware");
  EXPECT_EQ(refused.why(1, "b"), std::nullopt);
  EXPECT_EQ(refused.why(2, "a"), std::nullopt);
  clock.advance(std::chrono::minutes(9));
  EXPECT_EQ(refused.why(1, "a"), "it is malware");
  clock.advance(std::chrono::minutes(2));
  EXPECT_EQ(refused.why(1, "a"), std::nullopt);
}

TEST(RefusedObjects, AreNotMoreThanMemoryIsFor) {
  base::ManualClock clock;
  RefusedObjects refused(clock);
  for (int i = 0; i < 10'001; ++i) refused.add(i, "a", "why");
  EXPECT_EQ(refused.why(10'000, "a"), std::nullopt);
  clock.advance(std::chrono::minutes(11));
  refused.add(10'000, "a", "why");
  EXPECT_EQ(refused.why(10'000, "a"), "why");
}

}  // namespace
}  // namespace causeway::api::lfs
