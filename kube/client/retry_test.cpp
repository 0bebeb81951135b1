#include "kube/client/retry.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

FailedAttempt answered(int status, std::optional<int> retry_after = {}, int number = 1) {
  return {.method = "POST", .number = number, .status = status, .retry_after_seconds = retry_after};
}
FailedAttempt unanswered(std::string_view method, ErrorCode why, int number = 1, base::Duration elapsed = 0s) {
  return {.method = method, .number = number, .elapsed = elapsed, .transport = why};
}
bool retried(const FailedAttempt& attempt) {
  return retry_delay(attempt, 10, 0).has_value();
}

TEST(Retry, WaitsAsTheServerAsks) {
  EXPECT_EQ(retry_delay(answered(429, 3), 10, 0), 3s);
  EXPECT_EQ(retry_delay(answered(503, 1), 10, 0), 1s);
  EXPECT_EQ(retry_delay(answered(429, 86400), 10, 0), 60s) << "but not for a day";
  EXPECT_EQ(retry_delay(answered(429), 10, 0), 200ms);
}

TEST(Retry, LeavesOtherAnswersToTheCaller) {
  for (const int status : {400, 401, 403, 404, 409, 410, 422, 500, 502, 503, 504})
    EXPECT_FALSE(retried(answered(status))) << status;
  EXPECT_FALSE(retried(answered(409, 1))) << "only 429 and 5xx say that nothing was done";
}

TEST(Retry, TriesTenTimesAtMost) {
  EXPECT_TRUE(retried(answered(429, 0, 10)));
  EXPECT_FALSE(retried(answered(429, 0, 11)));
  EXPECT_FALSE(retry_delay(answered(429, 0, 1), 0, 0).has_value());
}

TEST(Retry, WhatWasNeverSentIsSentAgainForAWhile) {
  EXPECT_TRUE(retried(unanswered("POST", ErrorCode::kConnect)));
  EXPECT_FALSE(retried(unanswered("POST", ErrorCode::kConnect, 2, 10s)));
  EXPECT_LE(*retry_delay(unanswered("POST", ErrorCode::kConnect, 9), 10, 0.999), 3s);
}

TEST(Retry, WhatMayHaveBeenDoneIsNotDoneTwice) {
  for (const auto* method : {"POST", "PUT", "PATCH", "DELETE"})
    EXPECT_FALSE(retried(unanswered(method, ErrorCode::kIo))) << method;
  EXPECT_TRUE(retried(unanswered("GET", ErrorCode::kIo)));
  EXPECT_FALSE(retried(unanswered("GET", ErrorCode::kIo, 3)));
  for (const auto code : {ErrorCode::kTimeout, ErrorCode::kCancelled, ErrorCode::kProtocol})
    EXPECT_FALSE(retried(unanswered("GET", code)));
}

TEST(Retry, SpreadsItsAttempts) {
  const auto attempt = answered(429, 0, 4);
  EXPECT_LT(*retry_delay(attempt, 10, 0), *retry_delay(attempt, 10, 0.9));
}

}  // namespace
}  // namespace causeway::kube
