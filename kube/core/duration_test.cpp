#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>

#include "kube/core/quantity.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;

struct Good {
  const char* text;
  base::Duration duration;
  const char* formatted;  // what Go's Duration.String prints
};

class DurationReads : public testing::TestWithParam<Good> {};

TEST_P(DurationReads, AsGoDoes) {
  const auto duration = parse_duration(GetParam().text);
  ASSERT_TRUE(duration) << duration.error().message;
  EXPECT_EQ(*duration, GetParam().duration);
  EXPECT_EQ(format_duration(*duration), GetParam().formatted);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DurationReads,
    testing::Values(Good{"0", 0ns, "0s"}, Good{"0s", 0ns, "0s"}, Good{"30s", 30s, "30s"}, Good{"5m", 5min, "5m0s"},
                    Good{"1h30m", 90min, "1h30m0s"}, Good{"1.5h", 90min, "1h30m0s"}, Good{"+5m", 5min, "5m0s"},
                    Good{"1.5s", 1500ms, "1.5s"}, Good{".5s", 500ms, "500ms"}, Good{"300ms", 300ms, "300ms"},
                    Good{"1us", 1us, "1\u00b5s"}, Good{"1\u00b5s", 1us, "1\u00b5s"}, Good{"1\u03bcs", 1us, "1\u00b5s"},
                    Good{"1500ns", 1500ns, "1.5\u00b5s"}, Good{"7ns", 7ns, "7ns"}, Good{"100h", 100h, "100h0m0s"},
                    Good{"1h1h", 2h, "2h0m0s"}, Good{"0.0000000001s", 0ns, "0s"},
                    Good{"9223372036854775807ns", base::Duration::max(), "2562047h47m16.854775807s"}),
    [](const auto& test) { return "n" + std::to_string(test.index); });

class DurationRefuses : public testing::TestWithParam<const char*> {};

TEST_P(DurationRefuses, WithAnExample) {
  const auto duration = parse_duration(GetParam());
  ASSERT_FALSE(duration) << GetParam();
  EXPECT_NE(duration.error().message.find("1h30m"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Table, DurationRefuses,
                         testing::Values("", "+", "5", "-5m", "1 h", "5 minutes", "1d", "h", ".s", "1h30", "1e3s",
                                         "9223372036854775808ns", "99999999999999999999h", "2562048h", "1h 30m",
                                         "0x1s"));

RC_GTEST_PROP(Duration, FormattedTextKeepsTheValue, (std::int64_t count)) {
  RC_PRE(count >= 0);
  const auto back = parse_duration(format_duration(base::Duration{count}));
  RC_ASSERT(back.ok());
  RC_ASSERT(back->count() == count);
}

RC_GTEST_PROP(Duration, NeverFallsOverText, (const std::string& text)) {
  (void)parse_duration(text).ok();
}

}  // namespace
}  // namespace causeway::kube
