#include "kube/core/admission_review.hpp"

#include <array>
#include <utility>

#include "base/encoding.hpp"

namespace causeway::kube {

namespace {

constexpr std::string_view kApiVersion = "admission.k8s.io/v1";
constexpr std::size_t kMaxWarnings = 32, kMaxWarningLength = 250;

constexpr std::array<std::pair<std::string_view, AdmissionOperation>, 4> kOperations{{
    {"CREATE", AdmissionOperation::kCreate},
    {"UPDATE", AdmissionOperation::kUpdate},
    {"DELETE", AdmissionOperation::kDelete},
    {"CONNECT", AdmissionOperation::kConnect},
}};

base::Error wrong(std::string message) {
  return {base::ErrorCode::kInvalidArgument, std::move(message)};
}

std::string text_at(const Object& object, std::string_view path) {
  return std::string(string_at(object, path));
}

GroupVersionName group_version_name(const Object& request, std::string_view member, std::string_view name) {
  const Object* object = object_at(request, member);
  if (object == nullptr) return {};
  return {text_at(*object, "group"), text_at(*object, "version"), text_at(*object, name)};
}

std::vector<std::string> texts(const json::array* array) {
  std::vector<std::string> out;
  if (array == nullptr) return out;
  for (const json::value& item : *array) {
    if (const json::string* text = item.if_string()) out.emplace_back(text->data(), text->size());
  }
  return out;
}

UserInfo user_of(const Object& request) {
  UserInfo user;
  const Object* object = object_at(request, "userInfo");
  if (object == nullptr) return user;
  user.username = text_at(*object, "username");
  user.uid = text_at(*object, "uid");
  user.groups = texts(array_at(*object, "groups"));
  if (const Object* extra = object_at(*object, "extra")) {
    for (const auto& [key, values] : *extra) user.extra[key] = texts(values.if_array());
  }
  return user;
}

std::string named(const Object& object) {
  return text_at(object, "kind") + " of " + text_at(object, "apiVersion");
}

// Absent and null are the same to the API server.
base::Result<void> take_object(Object& request, std::string_view member, std::optional<Object>& into) {
  json::value* value = request.if_contains(member);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_object()) return wrong("request." + std::string(member) + " is not an object");
  into = std::move(value->get_object());
  return {};
}

// What the operation cannot be judged without.
base::Result<void> check_objects(const AdmissionRequest& request) {
  const bool wants_new =
      request.operation == AdmissionOperation::kCreate || request.operation == AdmissionOperation::kUpdate;
  const bool wants_old =
      request.operation == AdmissionOperation::kDelete || request.operation == AdmissionOperation::kUpdate;
  const std::string operation(to_string(request.operation));
  if (wants_new && !request.object) return wrong("request.object is missing, which every " + operation + " has");
  if (wants_old && !request.old_object) return wrong("request.oldObject is missing, which every " + operation + " has");
  return {};
}

Object status_of(const AdmissionRequest& request, const AdmissionResponse& response) {
  Object status{{"code", response.code}, {"message", response.message}};
  if (!response.reason.empty()) status["reason"] = response.reason;
  Object details{{"group", request.kind.group}, {"kind", request.kind.name}, {"name", request.name}};
  json::array causes;
  for (const StatusCause& cause : response.causes) {
    causes.push_back({{"reason", cause.reason}, {"message", cause.message}, {"field", cause.field}});
  }
  if (!causes.empty()) details["causes"] = std::move(causes);
  status["details"] = std::move(details);
  return status;
}

}  // namespace

std::string_view to_string(AdmissionOperation operation) {
  for (const auto& [text, known] : kOperations) {
    if (known == operation) return text;
  }
  return "";
}

AdmissionResponse AdmissionResponse::deny(int code, std::string reason, std::string message) {
  AdmissionResponse response;
  response.allowed = false;
  response.code = code;
  response.reason = std::move(reason);
  response.message = std::move(message);
  return response;
}

base::Result<AdmissionRequest> decode_admission_review(std::string_view body) {
  if (body.empty()) return wrong("the body is empty; an AdmissionReview of admission.k8s.io/v1 is expected");
  json::error_code error;
  json::parse_options options;
  options.max_depth = kMaxReviewDepth;
  json::value document = json::parse(body, error, {}, options);
  if (error) return wrong("the body is not JSON: " + error.message());
  if (!document.is_object()) return wrong("the body is not a JSON object; an AdmissionReview is expected");
  Object& review = document.get_object();
  if (string_at(review, "kind") != "AdmissionReview" || string_at(review, "apiVersion") != kApiVersion) {
    return wrong("the body is a " + named(review) + "; an AdmissionReview of " + std::string(kApiVersion) +
                 " is expected");
  }
  json::value* found = review.if_contains("request");
  if (found == nullptr || !found->is_object()) return wrong("the AdmissionReview has no request");
  Object& from = found->get_object();

  AdmissionRequest request;
  request.uid = text_at(from, "uid");
  if (request.uid.empty()) return wrong("request.uid is missing: the answer could not be told to be this request's");
  request.kind = group_version_name(from, "kind", "kind");
  if (request.kind.name.empty()) return wrong("request.kind is missing");
  request.resource = group_version_name(from, "resource", "resource");
  request.request_kind = group_version_name(from, "requestKind", "kind");
  request.request_resource = group_version_name(from, "requestResource", "resource");
  request.sub_resource = text_at(from, "subResource");
  request.ns = text_at(from, "namespace");
  request.name = text_at(from, "name");
  const std::string_view operation = string_at(from, "operation");
  const auto* known = std::ranges::find(kOperations, operation, [](const auto& entry) { return entry.first; });
  if (known == kOperations.end()) {
    return wrong("request.operation is \"" + std::string(operation) +
                 "\"; CREATE, UPDATE, DELETE or CONNECT is expected");
  }
  request.operation = known->second;
  request.user = user_of(from);
  request.dry_run = bool_at(from, "dryRun");
  if (const Object* found_options = object_at(from, "options")) request.options = *found_options;
  if (auto taken = take_object(from, "object", request.object); !taken) return taken.error();
  if (auto taken = take_object(from, "oldObject", request.old_object); !taken) return taken.error();
  if (auto there = check_objects(request); !there) return there.error();
  return request;
}

std::string encode_admission_review(const AdmissionRequest& request, const AdmissionResponse& response) {
  Object answer{{"uid", request.uid}, {"allowed", response.allowed}};
  if (!response.allowed) answer["status"] = status_of(request, response);
  if (response.allowed && !response.patch.empty()) {
    answer["patchType"] = "JSONPatch";
    answer["patch"] = base::base64_encode(json::serialize(response.patch));
  }
  if (!response.warnings.empty()) {
    json::array warnings;
    for (const std::string& warning : response.warnings) {
      if (warnings.size() == kMaxWarnings) break;
      warnings.emplace_back(base::utf8_prefix(warning, kMaxWarningLength));
    }
    answer["warnings"] = std::move(warnings);
  }
  if (!response.audit_annotations.empty()) {
    Object annotations;
    for (const auto& [key, value] : response.audit_annotations) annotations[key] = value;
    answer["auditAnnotations"] = std::move(annotations);
  }
  return json::serialize(
      Object{{"apiVersion", kApiVersion}, {"kind", "AdmissionReview"}, {"response", std::move(answer)}});
}

}  // namespace causeway::kube
