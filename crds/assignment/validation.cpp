#include "crds/assignment/validation.hpp"

#include "crds/field_checks.hpp"

namespace causeway::crds {

FieldErrors validate(const Assignment& assignment) {
  FieldErrors errors;
  check_fields(assignment.spec, "spec", errors);
  return errors;
}

FieldErrors validate_update(const Assignment& before, const Assignment& after) {
  FieldErrors errors;
  check_immutable(before.spec, after.spec, "spec", errors);
  if (after.spec.epoch < before.spec.epoch) {
    errors.push_back({"spec.epoch", std::to_string(after.spec.epoch) + " is older than before",
                      std::to_string(before.spec.epoch) + " or more"});
  }
  return errors;
}

void set_defaults(Assignment&) {}

}  // namespace causeway::crds
