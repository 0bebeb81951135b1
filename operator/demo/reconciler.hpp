#pragma once
#include "kube/runtime/manager.hpp"
#include "operator/settings.hpp"

namespace causeway::op::demo {

// The Demo controller, on the hub.
void add_to(kube::Manager& manager, const Settings& settings);

}  // namespace causeway::op::demo
