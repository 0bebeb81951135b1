#pragma once
// A tenant's namespace in the region: made when its first demo comes, removed after its last one has gone, but only
// where the region made it. In the hub's own cluster it is the user's, whose Demos and Repos live in it.

#include <string_view>

#include "crds/assignment/assignment.hpp"
#include "kube/client/client.hpp"

namespace causeway::op::region {

// Put on a namespace as it is created and never later: who is responsible for its end.
inline constexpr std::string_view kAnnotationCreatedBy = "causeway.dev/created-by";
inline constexpr std::string_view kCreatedByRegion = "region";

// A tenant's namespace that a region created.
bool made_by_region(const kube::Object& ns);

// Makes the namespace if there is none, and what guards it (tenant_objects()). An error that passes by itself while an
// earlier one of this name is being deleted.
kube::Result<void> ensure_tenant(kube::Client& client, const crds::Assignment& assignment);

// Removes the namespace, with all that is in it, if the region made it; ok also when it did not.
kube::Result<void> remove_tenant(kube::Client& client, std::string_view ns);

}  // namespace causeway::op::region
