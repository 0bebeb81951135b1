#include "operator/terraform/plan_summary.hpp"

#include <gtest/gtest.h>

#include "operator/terraform/approval.hpp"
#include "operator/terraform/state_summary.hpp"

namespace causeway::op::terraform {
namespace {

using crds::ApprovalPolicy;
using crds::ResourceAction;

std::string change(std::string_view address, std::string_view actions, std::string_view more = "") {
  return R"({"address":")" + std::string(address) + R"(","mode":"managed","type":"t","name":"n","change":{"actions":)" +
         std::string(actions) + R"(,"before":null,"after":{"size":1,"name":"x"},"after_unknown":{"id":true}})" +
         std::string(more) + "}";
}

std::string plan(const std::vector<std::string>& changes, std::string_view outputs = "{}",
                 std::string_view timestamp = "2026-11-24T01:54:45Z") {
  std::string all;
  for (const auto& c : changes) all += (all.empty() ? "" : ",") + c;
  return R"({"format_version":"1.2","timestamp":")" + std::string(timestamp) + R"(","resource_changes":[)" + all +
         R"(],"output_changes":)" + std::string(outputs) + "}";
}

PlanSummary summary(const std::string& text, const crds::TerraformState& state = {}) {
  auto s = summarize_plan(text, state);
  EXPECT_TRUE(s.ok()) << (s.ok() ? "" : s.error().message);
  return s.ok() ? *s : PlanSummary{};
}

TEST(PlanSummary, CountsAndLists) {
  const auto s =
      summary(plan({change("a", R"(["create"])"), change("b", R"(["update"])"),
                    change("c", R"(["delete","create"])", R"(,"action_reason":"replace_because_cannot_update")"),
                    change("d", R"(["delete"])"), change("e", R"(["no-op"])"), change("f", R"(["read"])")}));
  EXPECT_EQ(s.plan.add, 2);
  EXPECT_EQ(s.plan.change, 1);
  EXPECT_EQ(s.plan.destroy, 2);
  ASSERT_EQ(s.plan.resources.size(), 4u);
  EXPECT_EQ(s.plan.resources[2].action, ResourceAction::Replace);
  EXPECT_EQ(s.plan.resources[2].reason, "replace_because_cannot_update");
  EXPECT_TRUE(s.changes);
  EXPECT_TRUE(s.destructive);
  EXPECT_EQ(s.plan.id.size(), 64u);
}

TEST(PlanSummary, TheSamePlanHasTheSameId) {
  const std::vector<std::string> changes{change("a", R"(["create"])"), change("b", R"(["create"])")};
  const crds::TerraformState state{.lineage = "l", .serial = 3, .resources = 1};
  const auto id = summary(plan(changes), state).plan.id;
  EXPECT_EQ(summary(plan(changes, "{}", "2027-01-01T00:00:00Z"), state).plan.id, id) << "made again later";
  EXPECT_EQ(summary(plan({changes[1], changes[0]}), state).plan.id, id) << "in another order";
  EXPECT_EQ(summary(plan({changes[0], changes[1], change("c", R"(["no-op"])")}), state).plan.id, id);
}

TEST(PlanSummary, AnotherPlanHasAnotherId) {
  const crds::TerraformState state{.lineage = "l", .serial = 3, .resources = 1};
  const auto id = summary(plan({change("a", R"(["create"])")}), state).plan.id;
  EXPECT_NE(summary(plan({change("a", R"(["update"])")}), state).plan.id, id);
  EXPECT_NE(summary(plan({change("b", R"(["create"])")}), state).plan.id, id);
  EXPECT_NE(summary(plan({change("a", R"(["create"])")}), {.lineage = "l", .serial = 4, .resources = 1}).plan.id, id)
      << "on another state";
  EXPECT_NE(summary(plan({change("a", R"(["create"])")}), {.lineage = "m", .serial = 3, .resources = 1}).plan.id, id);
  EXPECT_NE(summary(plan({change("a", R"(["create"])")}, R"({"o":{"actions":["create"],"after":1}})"), state).plan.id,
            id);
}

TEST(PlanSummary, WhatNeverWorkedIsNotDestroyed) {
  const auto tainted =
      summary(plan({change("a", R"(["delete","create"])", R"(,"action_reason":"replace_because_tainted")")}));
  EXPECT_FALSE(tainted.destructive);
  EXPECT_EQ(tainted.plan.destroy, 1);
  EXPECT_FALSE(summary(plan({change("a", R"(["delete"])", R"(,"deposed":"1a2b")")})).destructive);
  EXPECT_TRUE(summary(plan({change("a", R"(["create","delete"])")})).destructive);
}

TEST(PlanSummary, OutputsAreChangesToo) {
  EXPECT_TRUE(summary(plan({}, R"({"o":{"actions":["update"],"before":1,"after":2}})")).changes);
  EXPECT_FALSE(summary(plan({}, R"({"o":{"actions":["no-op"],"before":1,"after":1}})")).changes);
  EXPECT_FALSE(summary(plan({})).changes);
}

TEST(PlanSummary, TheListIsCappedTheCountIsNot) {
  std::vector<std::string> many;
  for (int i = 0; i < 80; ++i) many.push_back(change("r" + std::to_string(i), R"(["create"])"));
  const auto s = summary(plan(many));
  EXPECT_EQ(s.plan.resources.size(), crds::kMaxPlanResources);
  EXPECT_EQ(s.plan.add, 80);
}

TEST(PlanSummary, RefusesWhatIsNoPlan) {
  for (std::string_view text : {"", "{}", "null", "not json", R"({"format_version":"2.0"})"}) {
    EXPECT_FALSE(summarize_plan(text, {}).ok()) << text;
  }
}

struct ApprovalCase {
  ApprovalPolicy policy;
  std::string approved;
  bool changes, destructive, expected;
};
class Approval : public ::testing::TestWithParam<ApprovalCase> {};

TEST_P(Approval, AsExpected) {
  const auto& c = GetParam();
  PlanSummary s;
  s.plan.id = "this";
  s.changes = c.changes;
  s.destructive = c.destructive;
  const auto decision = decide_approval(s, c.policy, c.approved);
  EXPECT_EQ(decision.approved, c.expected);
  if (!c.expected) {
    EXPECT_NE(decision.message.find("spec.approvedPlan to this"), std::string::npos) << decision.message;
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, Approval,
                         ::testing::Values(ApprovalCase{ApprovalPolicy::Auto, "", true, true, true},
                                           ApprovalCase{ApprovalPolicy::NonDestructive, "", true, false, true},
                                           ApprovalCase{ApprovalPolicy::NonDestructive, "", true, true, false},
                                           ApprovalCase{ApprovalPolicy::NonDestructive, "this", true, true, true},
                                           ApprovalCase{ApprovalPolicy::NonDestructive, "other", true, true, false},
                                           ApprovalCase{ApprovalPolicy::Manual, "", true, false, false},
                                           ApprovalCase{ApprovalPolicy::Manual, "other", true, false, false},
                                           ApprovalCase{ApprovalPolicy::Manual, "this", true, true, true},
                                           ApprovalCase{ApprovalPolicy::Manual, "", false, false, true}));

TEST(StateSummary, ReadsWhatIsRecorded) {
  auto s = summarize_state(R"({"version":4,"serial":7,"lineage":"l","outputs":{"a":{"value":"x","type":"string"},
      "k":{"value":"secret","type":"string","sensitive":true}},"resources":[
      {"mode":"managed","type":"t","name":"n","instances":[{},{}]},{"mode":"data","type":"t","name":"d","instances":[{}]},
      {"mode":"managed","type":"t","name":"m","instances":[]}]})");
  ASSERT_TRUE(s.ok());
  EXPECT_TRUE(s->exists);
  EXPECT_EQ(s->state, (crds::TerraformState{.lineage = "l", .serial = 7, .resources = 2}));
  EXPECT_FALSE(s->outputs.at("a").sensitive);
  EXPECT_TRUE(s->outputs.at("k").sensitive);
  EXPECT_FALSE(summarize_state("  \n")->exists);
  EXPECT_FALSE(summarize_state("nonsense").ok());
}

TEST(StateSummary, NoticesAStateThatWentBack) {
  const crds::TerraformState expected{.lineage = "l", .serial = 7, .resources = 2};
  auto now = [](std::string lineage, std::int64_t serial) {
    return StateSummary{
        .exists = true, .state = {.lineage = std::move(lineage), .serial = serial, .resources = 2}, .outputs = {}};
  };
  EXPECT_FALSE(state_regression(std::nullopt, {}));
  EXPECT_FALSE(state_regression(expected, now("l", 7)));
  EXPECT_FALSE(state_regression(expected, now("l", 9))) << "a run whose result was lost wrote it";
  EXPECT_TRUE(state_regression(expected, now("l", 6)));
  EXPECT_TRUE(state_regression(expected, now("m", 9)));
  EXPECT_TRUE(state_regression(expected, {}));
  EXPECT_FALSE(state_regression(crds::TerraformState{.lineage = "l", .serial = 1, .resources = 0}, {}))
      << "nothing was in it";
}

}  // namespace
}  // namespace causeway::op::terraform
