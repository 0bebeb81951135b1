#pragma once
// Copies of the hub's Secrets in the tenants' namespaces, where pods can take their environment from them.

#include <string>

#include "crds/assignment/assignment.hpp"
#include "kube/client/client.hpp"

namespace causeway::op::region {

// Applies the copy; the label says whose it is.
kube::Result<void> copy_secret(kube::Client& client, const crds::Assignment& assignment, const kube::Object& secret);

// Only what was copied for this Assignment, never a Secret of the user that has this name. ok also when it is not
// there.
kube::Result<void> remove_secret_copy(kube::Client& client, const crds::Assignment& assignment,
                                      const std::string& name);

}  // namespace causeway::op::region
