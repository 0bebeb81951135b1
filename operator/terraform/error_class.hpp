#pragma once
// What kind of failure a diagnostic is: whether trying again can help, and what to tell people.

#include <string_view>
#include <vector>

#include "operator/terraform/protocol.hpp"

namespace causeway::op::terraform {

ErrorClass classify(const crds::Diagnostic& diagnostic);

// Of several errors the one that decides: a terminal one before those that a retry may cure. None without errors.
ErrorClass classify(const std::vector<crds::Diagnostic>& diagnostics);

// The error that `classify` decided by, for a condition: "summary: detail", without the boilerplate of provisioners and
// validations. Empty without errors. May hold secrets.
std::string explain(const std::vector<crds::Diagnostic>& diagnostics);

}  // namespace causeway::op::terraform
