#include "apiserver/oauth/fetched.hpp"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace causeway::api::oauth {
namespace {

using namespace std::chrono_literals;

struct FetchedTest : ::testing::Test {
  // What is there; 0: nothing, -1: the provider failed.
  int get() { return number(fetched.get(fetch)); }
  int newer() {
    auto known = fetched.get(fetch);
    return known ? number(fetched.newer_than(*known, fetch)) : -1;
  }
  static int number(const Outcome<Fetched<int>::Value>& outcome) { return outcome ? **outcome : -1; }

  base::ManualClock clock;
  Fetched<int> fetched{clock, {.fresh = 10min, .keep = 1h, .pause = 10s}};
  int asked = 0;
  bool away = false;
  Fetched<int>::Fetch fetch = [this]() -> Outcome<int> {
    ++asked;
    if (away) return Failure{FailureKind::kUnavailable, "away"};
    return asked;
  };
};

TEST_F(FetchedTest, IsAskedOnceWhileItIsFresh) {
  EXPECT_EQ(get(), 1);
  clock.advance(10min - 1s);
  EXPECT_EQ(get(), 1);
  clock.advance(1s);
  EXPECT_EQ(get(), 2);
}

TEST_F(FetchedTest, IsAskedForSomethingNewerOnceInAWhile) {
  EXPECT_EQ(newer(), 1);  // just asked
  clock.advance(10s);
  EXPECT_EQ(newer(), 2);
  for (int i = 0; i < 100; i++) EXPECT_EQ(newer(), 2);
  EXPECT_EQ(asked, 2);
}

TEST_F(FetchedTest, WhatIsThereGoesOnForAnHourWhenTheProviderIsAway) {
  EXPECT_EQ(get(), 1);
  away = true;
  clock.advance(1h - 1s);
  EXPECT_EQ(get(), 1);
  clock.advance(1s);
  EXPECT_EQ(get(), -1);
  away = false;
  clock.advance(10s);
  EXPECT_EQ(get(), 3);
}

TEST_F(FetchedTest, AFailureIsNotAskedForAgainByEverybody) {
  away = true;
  for (int i = 0; i < 100; i++) EXPECT_EQ(get(), -1);
  EXPECT_EQ(asked, 1);
  clock.advance(10s);
  EXPECT_EQ(get(), -1);
  EXPECT_EQ(asked, 2);
}

TEST_F(FetchedTest, OfManyThreadsOneAsks) {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; i++) threads.emplace_back([&] { EXPECT_EQ(get(), 1); });
  }
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace causeway::api::oauth
