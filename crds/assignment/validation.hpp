#pragma once
// What an Assignment must satisfy, as pure functions.

#include "crds/assignment/assignment.hpp"
#include "crds/field_error.hpp"

namespace causeway::crds {

FieldErrors validate(const Assignment& assignment);  // empty: nothing is wrong
FieldErrors validate_update(const Assignment& before, const Assignment& after);
void set_defaults(Assignment& assignment);  // nothing: the hub resolves everything

}  // namespace causeway::crds
