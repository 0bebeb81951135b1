#include "apiserver/oauth/failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::oauth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Failure, TellsPeopleNothingThatTheProviderWrote) {
  for (const auto kind :
       {FailureKind::kNoProvider, FailureKind::kBadReturn, FailureKind::kDenied, FailureKind::kNoAttempt,
        FailureKind::kUnavailable, FailureKind::kBadAnswer, FailureKind::kBadToken, FailureKind::kMisconfigured,
        FailureKind::kBusy, FailureKind::kDatabase}) {
    const Failure failure{kind, "<script>", "Example Inc."};
    EXPECT_NE(to_string(kind), "");
    EXPECT_NE(explanation(failure), "");
    EXPECT_THAT(explanation(failure), Not(HasSubstr("<script>")));
    const auto problem = to_problem(failure);
    EXPECT_GE(problem.status(), 400);
    EXPECT_EQ(problem.message, explanation(failure));
  }
}

TEST(Failure, IsAStatusThatFits) {
  EXPECT_EQ(to_problem({FailureKind::kDenied}).status(), 403);
  EXPECT_EQ(to_problem({FailureKind::kNoAttempt}).status(), 409);
  EXPECT_EQ(to_problem({FailureKind::kBadToken}).status(), 502);
  EXPECT_EQ(to_problem({FailureKind::kUnavailable}).status(), 503);
  EXPECT_EQ(to_problem({FailureKind::kBusy}).headers.get("Retry-After"), "10");
}

TEST(Failure, QuotesShortlyAndVisibly) {
  EXPECT_EQ(excerpt("a\"b\\c\nd\xff"), "\"a?b?c?d?\"");
  EXPECT_EQ(excerpt(std::string(1000, 'a')).size(), 202U);
}

}  // namespace
}  // namespace causeway::api::oauth
