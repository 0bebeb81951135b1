#pragma once
// What a Demo must satisfy, as pure functions. What only other objects can tell (a missing Repo) is a condition.

#include <string_view>

#include "crds/demo/demo.hpp"
#include "crds/field_error.hpp"
#include "crds/image_template/image_template.hpp"

namespace causeway::crds {

// Empty: nothing is wrong. `owner`: the account of the namespace, for the host name; "" = owner_of_namespace().
FieldErrors validate(const Demo& demo, std::string_view owner = {});
FieldErrors validate_update(const Demo& before, const Demo& after);
// Fills in what the CRD's defaults cannot express: build.mode, scaling.target, namespaces of Repo references.
// Idempotent. The template's namespace stays open: it depends on which templates exist.
void set_defaults(Demo& demo);

// Parameters against what the template declares: unknown names, missing ones, values of another type, secrets.
FieldErrors validate_parameters(const Demo& demo, const ImageTemplate& image_template);

// "<demo>--<owner>" as the first label of a host name: at most 63 characters, "--" in neither part.
FieldErrors validate_host_label(std::string_view demo, std::string_view owner);

}  // namespace causeway::crds
