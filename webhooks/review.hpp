#pragma once
// From a review of any of the four kinds to the rules of its kind, and back. Pure.

#include "kube/core/admission_review.hpp"
#include "webhooks/rules/observed.hpp"

namespace causeway::webhooks {

// Defaults as a JSON Patch. An object that cannot be read is left as it is: validation says what is wrong with it.
kube::AdmissionResponse mutate(const kube::AdmissionRequest& request, const Observed& observed);
// A kind that is none of the four is refused with 400: the configuration sent it to the wrong place.
kube::AdmissionResponse validate(const kube::AdmissionRequest& request, const Observed& observed);

}  // namespace causeway::webhooks
