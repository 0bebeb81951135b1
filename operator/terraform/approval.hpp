#pragma once
// May this plan be applied? Pure.

#include <string>

#include "operator/terraform/plan_summary.hpp"

namespace causeway::op::terraform {

struct ApprovalDecision {
  bool approved = false;
  std::string message;  // for people: why it waits and what would approve it
};

// Auto: yes. NonDestructive: unless it destroys or replaces something. Manual: never by itself. In every mode a plan
// whose id is spec.approvedPlan is approved. A plan without changes needs nobody.
ApprovalDecision decide_approval(const PlanSummary& plan, crds::ApprovalPolicy policy,
                                 const std::string& approved_plan);

}  // namespace causeway::op::terraform
