#pragma once
// What `state pull` says: lineage, serial, size and outputs.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crds/cluster/cluster.hpp"

namespace causeway::op::terraform {

struct Output {
  kube::json::value value;
  bool sensitive = false;
};

struct StateSummary {
  bool exists = false;  // nothing was ever written: everything else is empty
  crds::TerraformState state;
  std::map<std::string, Output> outputs;
};

base::Result<StateSummary> summarize_state(std::string_view state_json);

// Why `actual` cannot be what `expected` grew into, for people; nothing when it can. A state that vanished, has another
// lineage or went back to an older serial has lost what it knew: planning on it would make everything again.
std::optional<std::string> state_regression(const std::optional<crds::TerraformState>& expected,
                                            const StateSummary& actual);

}  // namespace causeway::op::terraform
