#include "apiserver/database/slots.hpp"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace causeway::api::database {
namespace {

base::SteadyTime in(std::chrono::milliseconds d) {
  return std::chrono::steady_clock::now() + d;
}
constexpr std::chrono::minutes kLong{1};

void until_waiting(const Slots& slots, std::size_t number) {
  while (slots.waiting() != number) std::this_thread::yield();
}

TEST(Slots, AreTakenAndGivenBack) {
  Slots slots(2, 0);
  EXPECT_EQ(slots.acquire(in(kLong)), Slots::Outcome::kTaken);
  EXPECT_EQ(slots.acquire(in(kLong)), Slots::Outcome::kTaken);
  EXPECT_EQ(slots.acquire(in(kLong)), Slots::Outcome::kFull) << "there is no queue";
  slots.release();
  EXPECT_EQ(slots.acquire(in(kLong)), Slots::Outcome::kTaken);
}

TEST(Slots, WhoWaitsTooLongLeavesTheQueue) {
  Slots slots(1, 1);
  ASSERT_EQ(slots.acquire(in(kLong)), Slots::Outcome::kTaken);
  EXPECT_EQ(slots.acquire(in(std::chrono::milliseconds(5))), Slots::Outcome::kLate);
  EXPECT_EQ(slots.waiting(), 0u);
  slots.release();
  EXPECT_EQ(slots.acquire(in(kLong)), Slots::Outcome::kTaken) << "the slot was not lost to the one that left";
}

TEST(Slots, TheQueueIsBoundedAndServedInOrder) {
  Slots slots(1, 3);
  ASSERT_EQ(slots.acquire(in(kLong)), Slots::Outcome::kTaken);
  std::vector<int> order;  // by the slot
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      ASSERT_EQ(slots.acquire(in(kLong)), Slots::Outcome::kTaken);
      order.push_back(i);
      slots.release();
    });
    until_waiting(slots, static_cast<std::size_t>(i) + 1);
  }
  EXPECT_EQ(slots.acquire(in(kLong)), Slots::Outcome::kFull);
  slots.release();
  threads.clear();
  EXPECT_EQ(order, (std::vector{0, 1, 2}));
}

TEST(Slots, NeverMoreThanThereAre) {
  Slots slots(3, 100);
  std::atomic<int> inside = 0, most = 0, late = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        for (int n = 0; n < 300; ++n) {
          // Some come with no patience at all, which races with being given a slot.
          if (slots.acquire(in(std::chrono::milliseconds(i < 4 ? 60'000 : 0))) != Slots::Outcome::kTaken) {
            ++late;
            continue;
          }
          const int now = ++inside;
          for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
          }
          std::this_thread::yield();
          --inside;
          slots.release();
        }
      });
    }
  }
  EXPECT_LE(most, 3);
  EXPECT_EQ(slots.waiting(), 0u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(slots.acquire(in(kLong)), Slots::Outcome::kTaken);
}

}  // namespace
}  // namespace causeway::api::database
