#pragma once
#include "kube/runtime/manager.hpp"
#include "operator/settings.hpp"

namespace causeway::op::image_template {

// The ImageTemplate controller, on the hub.
void add_to(kube::Manager& manager, const Settings& settings);

}  // namespace causeway::op::image_template
