#include "apiserver/repository/branch_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::repository {
namespace {

using testing::IsEmpty;

bool refuses(const std::vector<BranchRefusal>& refusals, BranchAction action, const std::string& branch) {
  return std::any_of(refusals.begin(), refusals.end(), [&](const auto& refusal) {
    return refusal.action == action && branch_matches(refusal.pattern, branch);
  });
}

TEST(BranchRules, TheDefaultBranchIsRewrittenByWhoMaintains) {
  const auto writer = branch_refusals(Right::kWrite, "main", {});
  EXPECT_FALSE(refuses(writer, BranchAction::kPush, "main"));
  EXPECT_TRUE(refuses(writer, BranchAction::kRewrite, "main"));
  EXPECT_TRUE(refuses(writer, BranchAction::kDelete, "main"));
  EXPECT_FALSE(refuses(writer, BranchAction::kRewrite, "mainly"));
  EXPECT_THAT(branch_refusals(Right::kMaintain, "main", {}), IsEmpty());
}

TEST(BranchRules, ARuleIsOfAllWhoMayPush) {
  const std::vector<ProtectedBranch> rules{{"release/*", "maintain", false, false}, {"log", "nobody", true, true}};
  const auto writer = branch_refusals(Right::kWrite, "main", rules),
             admin = branch_refusals(Right::kAdmin, "main", rules);
  EXPECT_TRUE(objection(writer, BranchAction::kPush, "release/1.0"));
  EXPECT_TRUE(objection(writer, BranchAction::kPush, "release/1/0"));
  EXPECT_FALSE(objection(writer, BranchAction::kPush, "released"));
  EXPECT_FALSE(objection(branch_refusals(Right::kMaintain, "main", rules), BranchAction::kPush, "release/1.0"));
  EXPECT_TRUE(refuses(admin, BranchAction::kRewrite, "release/1.0")) << "also who administers changes the rule first";
  EXPECT_TRUE(objection(admin, BranchAction::kPush, "log"));
  EXPECT_TRUE(objection(admin, BranchAction::kDelete, "log")) << "who may not push may not delete either";
  EXPECT_TRUE(objection(admin, BranchAction::kDelete, "release/1.0"));
  EXPECT_FALSE(objection(admin, BranchAction::kDelete, "other"));
}

TEST(BranchRules, ARuleOfTheDefaultBranchIsTheWholeTruth) {
  const auto writer = branch_refusals(Right::kWrite, "main", {{"ma*", "write", true, false}});
  EXPECT_FALSE(refuses(writer, BranchAction::kRewrite, "main"));
  EXPECT_TRUE(refuses(writer, BranchAction::kDelete, "main"));
}

TEST(BranchRules, APatternIsWhatABranchCouldBeCalled) {
  for (const char* fine : {"main", "*", "release/*", "v[0-9]*", "v?", "fix/[!a]/x", "\xe4\xb8\xbb"})
    EXPECT_EQ(pattern_fault(fine), "") << fine;
  for (const char* wrong : {"", "a b", "a\nb", "refs/heads/main", "/a", "a/", "a//b", "a..b", "a~1", "a^", "a:b",
                            "a\\b", "v[0-9", "v[]", "\x01", "\xff"})
    EXPECT_NE(pattern_fault(wrong), "") << wrong;
}

}  // namespace
}  // namespace causeway::api::repository
