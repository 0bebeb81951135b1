#include "apiserver/session/cache.hpp"

#include <gtest/gtest.h>

namespace causeway::api::session {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Store::Found> session_of(std::int64_t user) {
  auto found = std::make_shared<Store::Found>();
  found->session.person.id = user;
  return found;
}

struct CacheTest : ::testing::Test {
  base::ManualClock clock;
  LocalCache cache{clock, 5s, 32};
  void keep(const std::string& hash, std::int64_t user) { cache.keep(hash, session_of(user), cache.find(hash).ticket); }
};

TEST_F(CacheTest, KeepsForAMoment) {
  keep("a", 1);
  ASSERT_TRUE(cache.find("a").found);
  EXPECT_EQ(cache.find("a").found->session.person.id, 1);
  EXPECT_FALSE(cache.find("b").found);
  clock.advance(5s);
  EXPECT_FALSE(cache.find("a").found);
}

TEST_F(CacheTest, ForgetsAUserAndNobodyElse) {
  keep("a", 1);
  keep("b", 1);
  keep("c", 2);
  cache.forget(1);
  EXPECT_FALSE(cache.find("a").found);
  EXPECT_FALSE(cache.find("b").found);
  EXPECT_TRUE(cache.find("c").found);
}

TEST_F(CacheTest, WhatEndedWhileTheStoreWasAskedIsNotKept) {
  const auto ticket = cache.find("a").ticket;
  cache.forget(1);
  cache.keep("a", session_of(1), ticket);
  EXPECT_FALSE(cache.find("a").found);
}

TEST_F(CacheTest, ForgetsEverything) {
  keep("a", 1);
  const auto ticket = cache.find("a").ticket;
  cache.forget_all();
  cache.keep("b", session_of(2), ticket);
  EXPECT_FALSE(cache.find("a").found);
  EXPECT_FALSE(cache.find("b").found);
}

TEST_F(CacheTest, HasALimit) {
  for (int i = 0; i < 200; i++) keep(std::string(1, static_cast<char>(i)) + std::to_string(i), i);
  EXPECT_LE(cache.size(), 32U);
  clock.advance(5s);
  keep("\x01new", 1);
  EXPECT_TRUE(cache.find("\x01new").found) << "what is over makes room";
}

}  // namespace
}  // namespace causeway::api::session
