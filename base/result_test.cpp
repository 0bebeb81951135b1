#include "base/result.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <stdexcept>

namespace causeway::base {
namespace {

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = 7;
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(*good, 7);
  const Result<int> bad = Error{ErrorCode::kNotFound, "no seven"};
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(bad.value_or(3), 3);
}

TEST(Result, ValueOfAnErrorThrowsItsText) {
  const Result<int> bad = Error{ErrorCode::kNotFound, "no seven"};
  try {
    static_cast<void>(bad.value());
    FAIL() << "did not throw";
  } catch (const std::logic_error& e) {
    EXPECT_NE(std::string(e.what()).find("no seven"), std::string::npos);
  }
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(4);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 4);
}

TEST(Result, OfVoid) {
  EXPECT_TRUE(Result<void>().ok());
  const Result<void> bad = Error{ErrorCode::kIo, "disk"};
  EXPECT_EQ(bad.error().message, "disk");
}

TEST(Error, WrapKeepsTheCodeAndPutsTheContextInFront) {
  const Error wrapped = Error{ErrorCode::kTimeout, "no answer"}.wrap("asking the hub");
  EXPECT_EQ(wrapped.code, ErrorCode::kTimeout);
  EXPECT_EQ(wrapped.message, "asking the hub: no answer");
}

TEST(Error, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    names.insert(to_string(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), 11u);
  EXPECT_EQ(names.count("unknown error"), 0u);
}

}  // namespace
}  // namespace causeway::base
