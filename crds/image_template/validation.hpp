#pragma once
// What an ImageTemplate must satisfy, as pure functions. Reading its Dockerfile is the lint's work (operator).

#include <string>
#include <string_view>

#include "crds/field_error.hpp"
#include "crds/image_template/image_template.hpp"

namespace causeway::crds {

FieldErrors validate(const ImageTemplate& image_template);  // empty: nothing is wrong
// `before.status.demo_count` decides whether build inputs may still change.
FieldErrors validate_update(const ImageTemplate& before, const ImageTemplate& after);
// spec.title from the family. Idempotent.
void set_defaults(ImageTemplate& image_template);

// Whether `value` is one of the type's; `accepted` gets what would be.
bool accepts(ParameterType type, std::string_view value, std::string& accepted);

}  // namespace causeway::crds
