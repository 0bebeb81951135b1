#include "kube/core/meta.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

using std::chrono::seconds;
const base::WallTime kStart = base::WallTime{seconds(1'700'000'000)};

TEST(SetCondition, AddsWithTheTime) {
  Conditions conditions;
  EXPECT_TRUE(set_condition(conditions,
                            {.type = "Ready",
                             .status = "False",
                             .observed_generation = 1,
                             .last_transition_time = {},
                             .reason = "Waiting",
                             .message = "m"},
                            kStart));
  ASSERT_EQ(conditions.size(), 1U);
  EXPECT_EQ(conditions[0].last_transition_time, "2023-11-14T22:13:20Z");
}

TEST(SetCondition, TimeFollowsStatusOnly) {
  Conditions conditions;
  Condition c{.type = "Ready",
              .status = "False",
              .observed_generation = 1,
              .last_transition_time = {},
              .reason = "Waiting",
              .message = "m"};
  set_condition(conditions, c, kStart);
  c.message = "another";
  EXPECT_TRUE(set_condition(conditions, c, kStart + seconds(10)));
  EXPECT_EQ(conditions[0].last_transition_time, "2023-11-14T22:13:20Z");
  EXPECT_EQ(conditions[0].message, "another");
  c.status = "True";
  EXPECT_TRUE(set_condition(conditions, c, kStart + seconds(10)));
  EXPECT_EQ(conditions[0].last_transition_time, "2023-11-14T22:13:30Z");
}

TEST(SetCondition, NothingNewIsNoChange) {
  Conditions conditions;
  const Condition c{.type = "Ready",
                    .status = "True",
                    .observed_generation = 3,
                    .last_transition_time = {},
                    .reason = "R",
                    .message = "m"};
  set_condition(conditions, c, kStart);
  const Conditions before = conditions;
  EXPECT_FALSE(set_condition(conditions, c, kStart + seconds(99)));
  EXPECT_EQ(conditions, before);
}

TEST(Conditions, FindRemoveAndJudge) {
  Conditions conditions;
  set_condition(conditions,
                {.type = "A",
                 .status = "True",
                 .observed_generation = 0,
                 .last_transition_time = {},
                 .reason = "R",
                 .message = ""},
                kStart);
  set_condition(conditions,
                {.type = "B",
                 .status = "Unknown",
                 .observed_generation = 0,
                 .last_transition_time = {},
                 .reason = "R",
                 .message = ""},
                kStart);
  EXPECT_TRUE(condition_is_true(conditions, "A"));
  EXPECT_FALSE(condition_is_true(conditions, "B"));
  EXPECT_FALSE(condition_is_true(conditions, "C"));
  EXPECT_EQ(find_condition(conditions, "C"), nullptr);
  EXPECT_TRUE(remove_condition(conditions, "A"));
  EXPECT_FALSE(remove_condition(conditions, "A"));
  EXPECT_EQ(conditions.size(), 1U);
}

}  // namespace
}  // namespace causeway::kube
