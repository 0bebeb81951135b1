#include "kube/core/selector.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

using Labels = std::map<std::string, std::string>;

struct Case {
  const char* selector;
  Labels labels;
  bool matches;
};

class SelectorMatches : public testing::TestWithParam<Case> {};

TEST_P(SelectorMatches, AsTheApiServerWould) {
  const auto selector = LabelSelector::parse(GetParam().selector);
  ASSERT_TRUE(selector) << selector.error().message;
  EXPECT_EQ(selector->matches(GetParam().labels), GetParam().matches) << GetParam().selector;
  // Written out and read again it selects the same.
  const auto again = LabelSelector::parse(selector->to_string());
  ASSERT_TRUE(again) << selector->to_string() << ": " << again.error().message;
  EXPECT_EQ(*again, *selector);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SelectorMatches,
    testing::Values(Case{"", {{"a", "b"}}, true}, Case{"a=b", {{"a", "b"}}, true}, Case{"a==b", {{"a", "b"}}, true},
                    Case{"a=b", {{"a", "c"}}, false}, Case{"a=b", {}, false}, Case{"a=", {{"a", ""}}, true},
                    Case{"a!=b", {{"a", "c"}}, true}, Case{"a!=b", {}, true}, Case{"a!=b", {{"a", "b"}}, false},
                    Case{"a in (b,c)", {{"a", "c"}}, true}, Case{"a in (b, c)", {}, false},
                    Case{"a notin (b,c)", {{"a", "c"}}, false}, Case{"a notin (b,c)", {}, true},
                    Case{"a", {{"a", ""}}, true}, Case{"a", {}, false}, Case{"!a", {}, true},
                    Case{"! a", {{"a", "x"}}, false}, Case{"x.y/z=1,b in (c),!d", {{"x.y/z", "1"}, {"b", "c"}}, true},
                    Case{"a=b,a=c", {{"a", "b"}}, false}, Case{" a = b , c ", {{"a", "b"}, {"c", "d"}}, true},
                    Case{"a in ()", {{"a", ""}}, true}));

class SelectorRefuses : public testing::TestWithParam<const char*> {};

TEST_P(SelectorRefuses, WithThePlace) {
  const auto selector = LabelSelector::parse(GetParam());
  ASSERT_FALSE(selector) << GetParam();
  EXPECT_NE(selector.error().message.find("character"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Table, SelectorRefuses,
                         testing::Values(",", "a,", "=b", "a=b c", "a in b", "a in (b", "a in (b c)", "a in", "a > 5",
                                         "-a=b", "a=b/c", "a/b/c=d", "!", "a=-", "a\n=b"));

TEST(LabelSelector, FutureOperatorsSelectNothing) {
  LabelSelector selector;
  selector.match_expressions.push_back({"a", "Resembles", {"b"}});
  EXPECT_FALSE(selector.matches({{"a", "b"}}));
}

TEST(LabelSelector, TextIsCanonical) {
  LabelSelector selector{{{"b", "2"}, {"a", "1"}},
                         {{"c", "NotIn", {"x", "y"}}, {"d", "Exists", {}}, {"e", "DoesNotExist", {}}}};
  EXPECT_EQ(selector.to_string(), "a=1,b=2,c notin (x,y),d,!e");
}

}  // namespace
}  // namespace causeway::kube
