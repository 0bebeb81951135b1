#include "onebox/plan/problem.hpp"

#include <gtest/gtest.h>

namespace causeway::onebox {
namespace {

TEST(Problem, IsProblemJsonAndComesBackAsTheError) {
  const base::Error error{base::ErrorCode::kInvalidArgument, "no region \"x\"; there are y"};
  const auto response = problem_of(error);
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.headers.get("content-type"), "application/problem+json");
  const auto back = error_of(response);
  EXPECT_EQ(back.code, error.code);
  EXPECT_EQ(back.message, error.message);
}

TEST(Problem, OfSomethingElseIsItsBodyOrStatus) {
  EXPECT_EQ(error_of({.status = 503, .headers = {}, .body = "busy"}).message, "busy");
  EXPECT_EQ(error_of({.status = 503, .headers = {}, .body = "busy"}).code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(error_of({.status = 500, .headers = {}, .body = ""}).message, "status 500");
}

}  // namespace
}  // namespace causeway::onebox
