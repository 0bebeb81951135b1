#pragma once
// A Cluster's spec as the inputs of the module contract (terraform-modules/README.md).

#include <string_view>

#include "base/result.hpp"
#include "crds/cluster/cluster.hpp"

namespace causeway::op::terraform {

// Precondition: the Cluster has source.terraform. kInvalidArgument: spec.terraform.variables sets a name of the
// contract.
base::Result<kube::json::object> module_variables(const crds::Cluster& cluster);

// Secret variables (of spec.terraform.variablesFrom) on top of others; the contract's names are refused there too.
base::Result<void> merge_variables(kube::json::object& into, const kube::json::object& more, std::string_view where);

// Values of Secrets and ConfigMaps are text: JSON lists, objects, numbers and booleans are read as such.
kube::json::value variable_value(std::string_view text);

}  // namespace causeway::op::terraform
