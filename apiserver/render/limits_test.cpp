#include "apiserver/render/limits.hpp"

#include <gtest/gtest.h>

namespace causeway::api::render {
namespace {

TEST(CpuBudget, IsSpentByWorkingOnly) {
  CpuBudget none(std::chrono::milliseconds(0));
  EXPECT_TRUE(none.spent());
  EXPECT_EQ(none.left().count(), 0);

  CpuBudget some(std::chrono::milliseconds(20));
  EXPECT_FALSE(some.spent());
  volatile unsigned work = 0;
  while (!some.spent()) work = work + 1;
  EXPECT_EQ(some.left().count(), 0);
  EXPECT_TRUE(some.spent());
}

}  // namespace
}  // namespace causeway::api::render
