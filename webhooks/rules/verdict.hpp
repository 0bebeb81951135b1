#pragma once
// What the rules say about one request.

#include <optional>
#include <string>
#include <vector>

#include "crds/field_error.hpp"
#include "kube/core/admission_review.hpp"

namespace causeway::webhooks {

struct Verdict {
  crds::FieldErrors errors;            // the object is wrong: 422 Invalid
  std::vector<std::string> forbidden;  // not this, not now, or not there: 403 Forbidden
  std::vector<std::string> warnings;   // legal, and perhaps not what was meant; with the field path

  void warn(std::string_view path, std::string_view what);
};

// Field errors that the object had before as well are warnings: rules may have become stricter since, and what is wrong
// must not keep anybody from changing something else.
void add_errors(Verdict& verdict, const crds::FieldErrors& now, const crds::FieldErrors& before);

kube::AdmissionResponse to_response(const Verdict& verdict);

}  // namespace causeway::webhooks
