#pragma once
// What images made with a template depend on.

#include <string>

#include "crds/image_template/image_template.hpp"

namespace causeway::op::image_template {

// "sha256:<hex>" of the build inputs: dockerfile, runtime and parameter defaults. Not of what only changes how the
// image is run (proc, port, health, resources) or described: a change there needs no new image.
std::string build_digest(const crds::ImageTemplateSpec& spec);

}  // namespace causeway::op::image_template
