#include "kube/core/quantity.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>

namespace causeway::kube {
namespace {

struct Good {
  const char* text;
  std::int64_t milli;
  const char* canonical;
};

class QuantityReads : public testing::TestWithParam<Good> {};

TEST_P(QuantityReads, ExactlyAndBack) {
  const auto quantity = Quantity::parse(GetParam().text);
  ASSERT_TRUE(quantity) << quantity.error().message;
  EXPECT_EQ(quantity->milli(), GetParam().milli);
  EXPECT_EQ(quantity->to_string(), GetParam().canonical);
}

constexpr std::int64_t kGi = 1LL << 30;
INSTANTIATE_TEST_SUITE_P(
    Table, QuantityReads,
    testing::Values(Good{"0", 0, "0"}, Good{"500m", 500, "500m"}, Good{"0.5", 500, "500m"}, Good{".5", 500, "500m"},
                    Good{"2", 2000, "2"}, Good{"2.", 2000, "2"}, Good{"1000m", 1000, "1"},
                    Good{"1.5Gi", kGi * 1500, "1536Mi"}, Good{"1Gi", kGi * 1000, "1Gi"}, Good{"2e3", 2'000'000, "2k"},
                    Good{"2E3", 2'000'000, "2k"}, Good{"2e+3", 2'000'000, "2k"}, Good{"5e-1", 500, "500m"},
                    Good{"1k", 1'000'000, "1k"}, Good{"1M", 1'000'000'000, "1M"}, Good{"+3", 3000, "3"},
                    Good{"-3", -3000, "-3"}, Good{"-250m", -250, "-250m"}, Good{"1000u", 1, "1m"},
                    Good{"1000000n", 1, "1m"}, Good{"0.001", 1, "1m"}, Good{"0e9", 0, "0"},
                    Good{"8Pi", (1LL << 53) * 1000, "8Pi"},
                    Good{"9223372036854775807m", std::numeric_limits<std::int64_t>::max(), "9223372036854775807m"},
                    Good{"128974848", 128974848000, "123Mi"}, Good{"0.000000100e9", 100'000, "100"}),
    [](const auto& test) { return "n" + std::to_string(test.index); });

class QuantityRefuses : public testing::TestWithParam<const char*> {};

TEST_P(QuantityRefuses, WithAnExample) {
  const auto quantity = Quantity::parse(GetParam());
  ASSERT_FALSE(quantity) << GetParam() << " = " << quantity->milli();
  EXPECT_NE(quantity.error().message.find("500m"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Table, QuantityRefuses,
                         testing::Values("", " ", "m", "1 Gi", "1GB", "1gi", "1K", "--1", "1..2", "1.2.3", "0x10", "1e",
                                         "1e+", "1e+-3", "1e1.5", "NaN", "Inf", "100n", "0.0001", "1500u", "9Ei",
                                         "10Pi", "9223372036854775808m", "1e100", "1e2147483647", "1e-2147483648",
                                         "99999999999999999999999", "1m2"));

RC_GTEST_PROP(Quantity, TextKeepsTheValue, (std::int64_t milli)) {
  RC_PRE(milli != std::numeric_limits<std::int64_t>::min());
  const auto back = Quantity::parse(Quantity::from_milli(milli).to_string());
  RC_ASSERT(back.ok());
  RC_ASSERT(back->milli() == milli);
}

RC_GTEST_PROP(Quantity, WholeRoundsUp, (std::int64_t milli)) {
  const std::int64_t whole = Quantity::from_milli(milli).whole();
  // whole - 1 < milli/1000 <= whole, in wider arithmetic than the code's.
  const long double exact = static_cast<long double>(milli) / 1000;
  RC_ASSERT(static_cast<long double>(whole) >= exact);
  RC_ASSERT(static_cast<long double>(whole) - 1 < exact);
}

RC_GTEST_PROP(Quantity, NeverFallsOverText, (const std::string& text)) {
  (void)Quantity::parse(text).ok();
}

}  // namespace
}  // namespace causeway::kube
