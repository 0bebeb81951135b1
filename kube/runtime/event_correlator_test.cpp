#include "kube/runtime/event_correlator.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;

class EventCorrelatorTest : public ::testing::Test {
 protected:
  std::optional<EventCorrelator::Write> note(const std::string& message, const std::string& object = "o",
                                             const std::string& reason = "R") {
    return correlator.correlate({.object = object, .type = "Normal", .reason = reason, .message = message}, now, wall);
  }
  void pass(base::Duration d) {
    now += d;
    wall += std::chrono::duration_cast<base::WallTime::duration>(d);
  }
  EventCorrelator correlator;
  base::SteadyTime now{24h};
  base::WallTime wall{std::chrono::hours(24 * 365 * 50)};
};

TEST_F(EventCorrelatorTest, CountsTheSameEvent) {
  const auto first = note("m");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->existing, "");
  EXPECT_EQ(first->count, 1);
  correlator.written(*first, "o.1");
  const auto began = wall;
  pass(1min);
  const auto second = note("m");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->existing, "o.1");
  EXPECT_EQ(second->count, 2);
  EXPECT_EQ(second->first, began);
  EXPECT_EQ(note("other")->existing, "");
}

TEST_F(EventCorrelatorTest, BeginsAnewWhenTheEventIsGone) {
  auto first = note("m");
  correlator.written(*first, "o.1");
  auto second = note("m");
  correlator.written(*second, "");
  EXPECT_EQ(note("m")->count, 1);
}

TEST_F(EventCorrelatorTest, CombinesMoreThanTenSimilarMessages) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(note("m" + std::to_string(i))->message, "m" + std::to_string(i));
  const auto eleventh = note("m10");
  ASSERT_TRUE(eleventh);
  EXPECT_EQ(eleventh->message, "(combined from similar events): m10");
  correlator.written(*eleventh, "combined");
  const auto twelfth = note("m11");
  EXPECT_EQ(twelfth->existing, "combined");
  EXPECT_EQ(twelfth->count, 2);
  EXPECT_EQ(note("m", "o", "Other")->message, "m") << "another reason is another group";
  pass(11min);
  EXPECT_EQ(note("fresh")->message, "fresh") << "after ten quiet minutes";
}

TEST_F(EventCorrelatorTest, LimitsEachObject) {
  int written = 0;
  for (int i = 0; i < 100; ++i) written += note("m") ? 1 : 0;
  EXPECT_EQ(written, 25);
  EXPECT_TRUE(note("m", "another"));
  pass(299s);
  EXPECT_FALSE(note("m"));
  pass(1s);
  EXPECT_TRUE(note("m"));
  EXPECT_FALSE(note("m"));
}

}  // namespace
}  // namespace causeway::kube
