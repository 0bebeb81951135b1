#include "webhooks/rules/verdict.hpp"

#include <algorithm>

namespace causeway::webhooks {

void Verdict::warn(std::string_view path, std::string_view what) {
  warnings.push_back(std::string(path) + ": " + std::string(what));
}

void add_errors(Verdict& verdict, const crds::FieldErrors& now, const crds::FieldErrors& before) {
  for (const crds::FieldError& error : now) {
    if (std::ranges::find(before, error) == before.end()) {
      verdict.errors.push_back(error);
    } else {
      verdict.warnings.push_back(error.to_string());
    }
  }
}

kube::AdmissionResponse to_response(const Verdict& verdict) {
  kube::AdmissionResponse response;
  response.warnings = verdict.warnings;
  if (!verdict.forbidden.empty()) {
    response.allowed = false;
    response.code = 403;
    response.reason = "Forbidden";
    for (const std::string& text : verdict.forbidden) response.message += (response.message.empty() ? "" : "; ") + text;
    return response;
  }
  if (verdict.errors.empty()) return response;
  response.allowed = false;
  response.code = 422;
  response.reason = "Invalid";
  response.message = crds::to_string(verdict.errors);
  for (const crds::FieldError& error : verdict.errors) {
    response.causes.push_back(
        {.reason = "FieldValueInvalid",
         .message = error.message + (error.accepted.empty() ? "" : "; accepted: " + error.accepted),
         .field = error.path});
  }
  return response;
}

}  // namespace causeway::webhooks
