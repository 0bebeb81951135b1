#include "operator/terraform/approval.hpp"

namespace causeway::op::terraform {

ApprovalDecision decide_approval(const PlanSummary& plan, crds::ApprovalPolicy policy,
                                 const std::string& approved_plan) {
  if (!plan.changes) return {true, "nothing to change"};
  if (!approved_plan.empty() && approved_plan == plan.plan.id) return {true, "spec.approvedPlan names this plan"};
  if (policy == crds::ApprovalPolicy::Auto) return {true, "approval is Auto"};
  if (policy == crds::ApprovalPolicy::NonDestructive && !plan.destructive) return {true, "nothing is destroyed"};

  std::string counts = std::to_string(plan.plan.add) + " to add, " + std::to_string(plan.plan.change) + " to change, " +
                       std::to_string(plan.plan.destroy) + " to destroy";
  std::string why = policy == crds::ApprovalPolicy::Manual ? "approval is Manual" : "it destroys or replaces resources";
  return {false, "the plan (" + counts + ") waits for approval because " + why + "; set spec.approvedPlan to " +
                     plan.plan.id + " to apply it"};
}

}  // namespace causeway::op::terraform
