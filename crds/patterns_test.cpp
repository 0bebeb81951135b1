#include "crds/patterns.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crds/references.hpp"
#include "kube/core/quantity.hpp"

namespace causeway::crds {
namespace {

TEST(Cidr, ReadsBothFamilies) {
  AddressRange range;
  EXPECT_TRUE(parse_cidr("10.20.0.0/16", range));
  EXPECT_TRUE(parse_cidr("2001:db8::/32", range));
  EXPECT_TRUE(parse_cidr("0.0.0.0/0", range));
  for (const char* bad :
       {"", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "2001:db8::/129", "x/8", "10.0.0.0/8 "}) {
    EXPECT_FALSE(parse_cidr(bad, range)) << bad;
  }
}

TEST(Cidr, OverlapIsAboutAddressesNotText) {
  const auto overlap = [](const char* a, const char* b) {
    AddressRange x, y;
    EXPECT_TRUE(parse_cidr(a, x) && parse_cidr(b, y));
    return x.overlaps(y);
  };
  EXPECT_TRUE(overlap("10.0.0.0/8", "10.1.2.0/24"));
  EXPECT_TRUE(overlap("10.1.2.3/24", "10.1.2.0/25"));
  EXPECT_FALSE(overlap("10.0.0.0/9", "10.128.0.0/9"));
  EXPECT_FALSE(overlap("10.0.0.0/8", "2001:db8::/32"));
}

TEST(Patterns, AnchorsHoldForWholeTexts) {
  EXPECT_TRUE(matches_pattern("a-1", kLabelPattern));
  for (const char* bad : {"", "-a", "a-", "A", "a.b", "a\nb", "a\n"})
    EXPECT_FALSE(matches_pattern(bad, kLabelPattern)) << bad;
}

// The schema's patterns must not refuse what our parsers write, nor pass what they cannot read.
RC_GTEST_PROP(Patterns, QuantitiesWeWritePass, ()) {
  const auto milli = *rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 62);
  RC_ASSERT(matches_pattern(kube::Quantity::from_milli(milli).to_string(), kQuantityPattern));
}

RC_GTEST_PROP(Patterns, DurationsWeWritePass, ()) {
  const auto ns = *rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 62);
  RC_ASSERT(matches_pattern(kube::format_duration(base::Duration{ns}), kDurationPattern));
}

TEST(Patterns, DurationsThatPassCanBeRead) {
  for (const char* text : {"0", "0s", "1h30m", "1.5h", "100ms", "7us", "7\u00b5s", "3ns"}) {
    EXPECT_TRUE(matches_pattern(text, kDurationPattern)) << text;
    EXPECT_TRUE(kube::parse_duration(text).ok()) << text;
  }
  for (const char* text : {"", "5", "-5m", "5 m", "1d", "1h30"})
    EXPECT_FALSE(matches_pattern(text, kDurationPattern)) << text;
}

}  // namespace
}  // namespace causeway::crds
