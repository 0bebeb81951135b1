#include "operator/region/mirror.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "crds/annotations.hpp"

namespace causeway::op::region {

namespace {

// A copy has a generation of its own, and the hub is told about the hub's.
bool same_report(const crds::AssignmentStatus& a, const crds::AssignmentStatus& b) {
  return a.observed_epoch == b.observed_epoch && a.stage == b.stage && a.ready == b.ready &&
         a.ready_replicas == b.ready_replicas && a.replicas == b.replicas && a.deployment == b.deployment &&
         a.reason == b.reason && a.message == b.message;
}

// The status is what this very spec came to.
bool judged(const crds::Assignment& mirror) {
  return mirror.status.observed_generation == mirror.metadata.generation;
}

// No pod of an earlier spec runs, nor can one start again. The old version that serves on beside a new one that does
// not start is Running as well, for another reason.
bool only_wanted_left(const crds::Assignment& mirror) {
  if (!judged(mirror)) return false;
  const auto& s = mirror.status;
  return s.stage == crds::AssignmentStage::Paused ||
         (s.stage == crds::AssignmentStage::Running && s.reason == "Serving");
}

}  // namespace

MirrorAction decide_mirror(const crds::Assignment* hub, const crds::Assignment* mirror) {
  using Kind = MirrorAction::Kind;
  if (!hub) {
    if (!mirror) return {};
    const bool gone = mirror->spec.desired == crds::Desired::Absent &&
                      mirror->status.stage == crds::AssignmentStage::Absent && judged(*mirror);
    return {gone ? Kind::kRemove : Kind::kKeep};
  }
  if (!mirror) return {Kind::kWrite};
  const bool same_demo = hub->spec.demo_ref.uid == mirror->spec.demo_ref.uid;
  if (same_demo && hub->spec.epoch < mirror->spec.epoch) return {};
  if (!(hub->spec == mirror->spec)) return {Kind::kWrite};
  const bool stale = hub->status.observed_generation != hub->metadata.generation;
  return {Kind::kNothing, judged(*mirror) && (stale || !same_report(hub->status, mirror->status)),
          !former_secrets(*mirror).empty() && only_wanted_left(*mirror)};
}

crds::Assignment mirror_of(const crds::Assignment& hub, const crds::Assignment* before, std::string_view ns) {
  crds::Assignment m;
  m.metadata.name = hub.metadata.name;
  m.metadata.namespace_ = std::string(ns);
  m.metadata.labels = hub.metadata.labels;
  m.spec = hub.spec;
  const std::string trace(crds::kTraceparentAnnotation);
  if (const auto found = hub.metadata.annotations.find(trace); found != hub.metadata.annotations.end())
    m.metadata.annotations[trace] = found->second;
  if (before) {
    std::set<std::string> former;
    for (auto& name : former_secrets(*before)) former.insert(std::move(name));
    for (const auto& secret : before->spec.env_from) former.insert(secret.name);
    for (const auto& secret : hub.spec.env_from) former.erase(secret.name);
    std::string list;
    for (const auto& name : former) list += (list.empty() ? "" : ",") + name;
    if (!list.empty()) m.metadata.annotations[std::string(kAnnotationFormerSecrets)] = list;
  }
  return m;
}

std::vector<std::string> former_secrets(const crds::Assignment& mirror) {
  const auto found = mirror.metadata.annotations.find(std::string(kAnnotationFormerSecrets));
  std::vector<std::string> names;
  if (found == mirror.metadata.annotations.end()) return names;
  std::istringstream list(found->second);
  for (std::string name; std::getline(list, name, ',');)
    if (!name.empty()) names.push_back(name);
  return names;
}

std::optional<base::trace::Context> rollout_of(const crds::Assignment& assignment) {
  using Stage = crds::AssignmentStage;
  const auto found = assignment.metadata.annotations.find(std::string(crds::kTraceparentAnnotation));
  if (found == assignment.metadata.annotations.end()) return std::nullopt;
  const auto stage = assignment.status.stage;
  const bool moving = stage == Stage::Pending || stage == Stage::AppStarting || stage == Stage::RunningAppStarting;
  if (judged(assignment) && !moving) return std::nullopt;
  return base::trace::parse_traceparent(found->second);
}

bool last_of_tenant(const crds::Assignment& mirror, const std::vector<std::shared_ptr<const crds::Assignment>>& mirrors,
                    const std::vector<std::shared_ptr<const crds::Assignment>>& hub) {
  const auto of_tenant = [&](const auto& a) { return a->spec.tenant_namespace == mirror.spec.tenant_namespace; };
  if (std::any_of(hub.begin(), hub.end(), of_tenant)) return false;
  return std::none_of(mirrors.begin(), mirrors.end(), [&](const auto& m) {
    return of_tenant(m) && decide_mirror(nullptr, m.get()).kind != MirrorAction::Kind::kRemove;
  });
}

}  // namespace causeway::op::region
