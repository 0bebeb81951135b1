#pragma once
// What a plan would do, from `show -json PLANFILE`.

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crds/cluster/cluster.hpp"

namespace causeway::op::terraform {

struct PlanSummary {
  crds::ClusterPlan plan;            // created_at is left empty
  bool changes = false;              // of resources or outputs
  bool destructive = false;          // destroys or replaces something that worked; a tainted resource never did
  std::vector<std::string> drifted;  // addresses, at most 50
};

// The id is the SHA-256 of the resource and output changes, sorted, and the lineage and serial of the state they were
// made on: the same plan made again has the same id, which the plan file, carrying a timestamp, has not.
base::Result<PlanSummary> summarize_plan(std::string_view show_json, const crds::TerraformState& state);

}  // namespace causeway::op::terraform
