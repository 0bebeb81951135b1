#pragma once
// Which template a Demo means. Pure; shared by admission and the controllers of ImageTemplate and Demo.

#include <string_view>
#include <vector>

#include "crds/demo/demo.hpp"
#include "crds/image_template/image_template.hpp"

namespace causeway::crds {

// templateRef.namespace alone if set, else the Demo's own namespace, else the catalogue; in the first of these that has
// the family at all: the named version, else the highest that is not deprecated, else the highest. Null: none.
const ImageTemplate* select_template(const TemplateRef& ref, std::string_view demo_namespace,
                                     std::string_view system_namespace,
                                     const std::vector<const ImageTemplate*>& templates);

}  // namespace causeway::crds
