#include "onebox/plan/decision.hpp"

#include <gtest/gtest.h>

namespace causeway::onebox {
namespace {

TEST(NextStep, FollowsWhatRuns) {
  EXPECT_EQ(next_step({.deleting = false, .init_running = true, .network_there = true}), Step::kAdopt);
}

TEST(NextStep, StartsWhatDoesNotRunWhateverWasLeft) {
  EXPECT_EQ(next_step({}), Step::kStart);
  EXPECT_EQ(next_step({.network_there = true}), Step::kStart);
}

TEST(NextStep, AClusterWithoutItsNetworksNameIsStartedAnew) {
  EXPECT_EQ(next_step({.init_running = true, .network_there = false}), Step::kKill);
}

TEST(NextStep, DeletionEndsProcessesThenNetworkThenFiles) {
  EXPECT_EQ(next_step({.deleting = true, .init_running = true, .network_there = true}), Step::kKill);
  EXPECT_EQ(next_step({.deleting = true, .init_running = true, .network_there = false}), Step::kKill);
  EXPECT_EQ(next_step({.deleting = true, .init_running = false, .network_there = true}), Step::kClearNetwork);
  EXPECT_EQ(next_step({.deleting = true, .init_running = false, .network_there = false}), Step::kForget);
}

TEST(NextStep, EveryDeletionEnds) {
  // Whatever is there, doing what it says leads to kForget in at most three steps.
  for (bool running : {false, true})
    for (bool network : {false, true}) {
      Observed now{.deleting = true, .init_running = running, .network_there = network};
      int steps = 0;
      for (; next_step(now) != Step::kForget && steps < 10; ++steps) {
        if (next_step(now) == Step::kKill) now.init_running = false;
        if (next_step(now) == Step::kClearNetwork) now.network_there = false;
      }
      EXPECT_LE(steps, 2);
    }
}

TEST(RetryDelay, DoublesToHalfAMinute) {
  EXPECT_EQ(retry_delay(1), std::chrono::seconds(1));
  EXPECT_EQ(retry_delay(2), std::chrono::seconds(2));
  EXPECT_EQ(retry_delay(5), std::chrono::seconds(16));
  EXPECT_EQ(retry_delay(6), std::chrono::seconds(30));
  EXPECT_EQ(retry_delay(1000), std::chrono::seconds(30));
}

}  // namespace
}  // namespace causeway::onebox
