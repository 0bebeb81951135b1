#pragma once
// What a Repo must satisfy, as pure functions.

#include "crds/field_error.hpp"
#include "crds/repo/repo.hpp"

namespace causeway::crds {

FieldErrors validate(const Repo& repo);  // empty: nothing is wrong
FieldErrors validate_update(const Repo& before, const Repo& after);
// spec.displayName from the path. Idempotent.
void set_defaults(Repo& repo);

}  // namespace causeway::crds
