#include "apiserver/rest/idempotency.hpp"

#include <gtest/gtest.h>

namespace causeway::api::rest {
namespace {

using State = IdempotencyStore::State;

class MemoryIdempotencyTest : public testing::Test {
 protected:
  State begin(const IdempotencyKey& key) { return store_->begin(key)->state; }
  base::ManualClock clock_;
  std::unique_ptr<IdempotencyStore> store_ = memory_idempotency_store(clock_, std::chrono::hours(1), 3);
  const IdempotencyKey key_{"ada", "POST /notes", "k1", "print"};
};

TEST_F(MemoryIdempotencyTest, TheSecondWaitsAndThenGetsTheFirstsAnswer) {
  EXPECT_EQ(begin(key_), State::kBegun);
  EXPECT_EQ(begin(key_), State::kInFlight);
  ASSERT_TRUE(store_->finish(key_, base::json_response(201, "{}")).ok());
  const auto again = store_->begin(key_);
  EXPECT_EQ(again->state, State::kDone);
  EXPECT_EQ(again->answer->status, 201);
}

TEST_F(MemoryIdempotencyTest, AKeyIsOfACallerARouteAndARequest) {
  EXPECT_EQ(begin(key_), State::kBegun);
  IdempotencyKey other = key_;
  other.fingerprint = "another";
  EXPECT_EQ(begin(other), State::kOtherRequest);
  other = key_;
  other.caller = "eve";
  EXPECT_EQ(begin(other), State::kBegun);
  other = key_;
  other.route = "POST /other";
  EXPECT_EQ(begin(other), State::kBegun);
}

TEST_F(MemoryIdempotencyTest, WhatWasAbandonedCanBeDone) {
  EXPECT_EQ(begin(key_), State::kBegun);
  store_->abandon(key_);
  EXPECT_EQ(begin(key_), State::kBegun);
}

TEST_F(MemoryIdempotencyTest, ForgetsAfterATimeAndTheOldestWhenFull) {
  EXPECT_EQ(begin(key_), State::kBegun);
  clock_.advance(std::chrono::minutes(59));
  EXPECT_EQ(begin(key_), State::kInFlight);
  clock_.advance(std::chrono::minutes(1));
  EXPECT_EQ(begin(key_), State::kBegun);
  for (const char* name : {"k2", "k3", "k4"}) EXPECT_EQ(begin({"ada", "POST /notes", name, "print"}), State::kBegun);
  EXPECT_EQ(begin(key_), State::kBegun) << "three are kept";
  EXPECT_FALSE(store_->finish({"ada", "POST /notes", "k2", "print"}, base::json_response(201, "{}")).ok());
}

TEST(IdempotencyKey, IsVisibleAscii) {
  EXPECT_EQ(parse_idempotency_key("8e03978e-40d5-43dd-bc93-6894a57f9324"), "8e03978e-40d5-43dd-bc93-6894a57f9324");
  EXPECT_EQ(parse_idempotency_key("\"quoted\""), "quoted");
  for (const std::string& bad : {std::string(), std::string("\"\""), std::string("a b"), std::string("a\"b"),
                                 std::string(256, 'a'), std::string("\xc3\xa4")})
    EXPECT_FALSE(parse_idempotency_key(bad)) << bad;
}

}  // namespace
}  // namespace causeway::api::rest
