#include "webhooks/review.hpp"

#include <optional>

#include "kube/core/json_patch.hpp"
#include "webhooks/rules/defaults.hpp"
#include "webhooks/rules/rules.hpp"

namespace causeway::webhooks {

namespace {

using kube::AdmissionOperation;
using kube::AdmissionRequest;
using kube::AdmissionResponse;

template <class T>
kube::Result<T> object_of(const AdmissionRequest& request, const kube::Object& object) {
  auto decoded = kube::decode<T>(object);
  // A review of a new object knows its namespace even where the object does not say it.
  if (decoded && decoded->metadata.namespace_.empty()) decoded->metadata.namespace_ = request.ns;
  return decoded;
}

// The stored object, or none: one of an older version that does not read any more must not keep anybody from mending
// it.
template <class T>
std::optional<T> old_of(const AdmissionRequest& request) {
  if (!request.old_object) return std::nullopt;
  auto decoded = object_of<T>(request, *request.old_object);
  if (!decoded) return std::nullopt;
  return std::move(*decoded);
}

template <class T>
const T* pointer(const std::optional<T>& value) {
  return value ? &*value : nullptr;
}

template <class T, class FillIn>
AdmissionResponse mutate_as(const AdmissionRequest& request, FillIn fill) {
  if (!request.object) return AdmissionResponse::allow();
  auto object = object_of<T>(request, *request.object);
  if (!object) return AdmissionResponse::allow();
  const auto before = old_of<T>(request);
  const kube::json::value as_it_was = kube::encode(*object);
  fill(pointer(before), *object);
  const kube::json::value asked = *request.object;
  kube::json::value filled = asked;
  kube::carry_changes(filled, as_it_was, kube::encode(*object));
  AdmissionResponse response;
  response.patch = kube::json_patch(asked, filled);
  return response;
}

template <class T, class Judge, class JudgeDeletion>
AdmissionResponse validate_as(const AdmissionRequest& request, Judge judge, JudgeDeletion judge_deletion) {
  if (request.operation == AdmissionOperation::kDelete) {
    const auto leaving = old_of<T>(request);
    return leaving ? to_response(judge_deletion(*leaving)) : AdmissionResponse::allow();
  }
  if (!request.object) return AdmissionResponse::allow();
  const auto object = object_of<T>(request, *request.object);
  if (!object) return AdmissionResponse::deny(422, "Invalid", object.error().message);
  const auto before = old_of<T>(request);
  return to_response(judge(pointer(before), *object));
}

AdmissionResponse unknown(const AdmissionRequest& request) {
  return AdmissionResponse::deny(
      400, "BadRequest",
      "kind " + request.kind.name + " of group \"" + request.kind.group +
          "\" is not judged here; Cluster, Demo, ImageTemplate and Repo of causeway.dev are");
}

bool is(const AdmissionRequest& request, const kube::ResourceType& type) {
  return request.kind.group == type.group && request.kind.name == type.kind;
}

}  // namespace

AdmissionResponse mutate(const AdmissionRequest& request, const Observed& observed) {
  if (is(request, crds::Cluster::kResource)) {
    return mutate_as<crds::Cluster>(request, [](const crds::Cluster*, crds::Cluster& now) { fill_in(now); });
  }
  if (is(request, crds::Demo::kResource)) {
    return mutate_as<crds::Demo>(request,
                                 [&](const crds::Demo* before, crds::Demo& now) { fill_in(before, now, observed); });
  }
  if (is(request, crds::ImageTemplate::kResource)) {
    return mutate_as<crds::ImageTemplate>(request,
                                          [](const crds::ImageTemplate*, crds::ImageTemplate& now) { fill_in(now); });
  }
  if (is(request, crds::Repo::kResource)) {
    return mutate_as<crds::Repo>(request, [](const crds::Repo* before, crds::Repo& now) { fill_in(before, now); });
  }
  return unknown(request);
}

AdmissionResponse validate(const AdmissionRequest& request, const Observed& observed) {
  if (is(request, crds::Cluster::kResource)) {
    return validate_as<crds::Cluster>(
        request, [](const crds::Cluster* before, const crds::Cluster& now) { return judge_cluster(before, now); },
        [&](const crds::Cluster& cluster) { return judge_cluster_deletion(cluster, observed); });
  }
  if (is(request, crds::Demo::kResource)) {
    return validate_as<crds::Demo>(
        request, [&](const crds::Demo* before, const crds::Demo& now) { return judge_demo(before, now, observed); },
        [](const crds::Demo&) { return Verdict{}; });
  }
  if (is(request, crds::ImageTemplate::kResource)) {
    return validate_as<crds::ImageTemplate>(
        request,
        [&](const crds::ImageTemplate* before, const crds::ImageTemplate& now) {
          return judge_template(before, now, observed);
        },
        [&](const crds::ImageTemplate& leaving) { return judge_template_deletion(leaving, observed); });
  }
  if (is(request, crds::Repo::kResource)) {
    return validate_as<crds::Repo>(
        request, [&](const crds::Repo* before, const crds::Repo& now) { return judge_repo(before, now, observed); },
        [&](const crds::Repo& leaving) { return judge_repo_deletion(leaving, observed); });
  }
  return unknown(request);
}

}  // namespace causeway::webhooks
