#pragma once
// AdmissionReview (admission.k8s.io/v1) as values: what an API server asks a webhook, and what it is answered. No I/O.
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/core/error.hpp"
#include "kube/core/object.hpp"

namespace causeway::kube {

// Who asks (authentication.k8s.io/v1 UserInfo).
struct UserInfo {
  std::string username, uid;
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> extra;
};

// metav1.GroupVersionKind or GroupVersionResource; `name` is the kind or the resource's plural.
struct GroupVersionName {
  std::string group, version, name;
  bool operator==(const GroupVersionName&) const = default;
};

enum class AdmissionOperation { kCreate, kUpdate, kDelete, kConnect };
std::string_view to_string(AdmissionOperation operation);  // "CREATE", …

struct AdmissionRequest {
  std::string uid;
  GroupVersionName kind, resource;                  // as the webhook was registered for
  GroupVersionName request_kind, request_resource;  // as the user asked; the same unless the server converted
  std::string sub_resource;
  std::string ns, name;  // name is empty for a CREATE with generateName
  AdmissionOperation operation = AdmissionOperation::kCreate;
  UserInfo user;
  // CREATE has object, DELETE old_object, UPDATE both.
  std::optional<Object> object, old_object;
  bool dry_run = false;  // nothing may be changed anywhere because of this request
  Object options;        // CreateOptions, UpdateOptions, PatchOptions or DeleteOptions
};

struct AdmissionResponse {
  bool allowed = true;
  // Of a refusal: HTTP status, metav1.StatusReason, text for people, and each field that is wrong.
  int code = 403;
  std::string reason, message;
  std::vector<StatusCause> causes;
  std::vector<std::string> warnings;  // shown to the user as "Warning: …", also when it is allowed
  json::array patch;                  // JSON Patch on the object; mutating webhooks only
  std::map<std::string, std::string> audit_annotations{};

  static AdmissionResponse allow() { return {}; }
  static AdmissionResponse deny(int code, std::string reason, std::string message);
};

// kInvalidArgument: the text says what a webhook expects instead. Unknown members are ignored: an API server may be
// newer. At most kMaxReviewDepth levels of nesting.
base::Result<AdmissionRequest> decode_admission_review(std::string_view body);
inline constexpr std::size_t kMaxReviewDepth = 256;

// The AdmissionReview that answers the request. A refusal's details name the object: kubectl says of an Invalid one
// nothing but them and the causes. Kubernetes shows 120 characters of a warning at least and 256 at most where there
// are many: longer ones are cut, more than 32 are left out.
std::string encode_admission_review(const AdmissionRequest& request, const AdmissionResponse& response);

}  // namespace causeway::kube
