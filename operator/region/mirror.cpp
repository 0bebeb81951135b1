#include "operator/region/mirror.hpp"

namespace causeway::op::region {

namespace {

// A copy has a generation of its own, and the hub is told about the hub's.
bool same_report(const crds::AssignmentStatus& a, const crds::AssignmentStatus& b) {
  return a.observed_epoch == b.observed_epoch && a.stage == b.stage && a.ready == b.ready &&
         a.ready_replicas == b.ready_replicas && a.replicas == b.replicas && a.deployment == b.deployment &&
         a.reason == b.reason && a.message == b.message;
}

}  // namespace

MirrorAction decide_mirror(const crds::Assignment* hub, const crds::Assignment* mirror) {
  using Kind = MirrorAction::Kind;
  if (!hub) {
    if (!mirror) return {};
    const bool gone =
        mirror->spec.desired == crds::Desired::Absent && mirror->status.stage == crds::AssignmentStage::Absent;
    return {gone ? Kind::kRemove : Kind::kKeep, false};
  }
  if (!mirror) return {Kind::kWrite, false};
  const bool same_demo = hub->spec.demo_ref.uid == mirror->spec.demo_ref.uid;
  if (same_demo && hub->spec.epoch < mirror->spec.epoch) return {};
  if (!(hub->spec == mirror->spec)) return {Kind::kWrite, false};
  // Only what was judged of this very spec is reported.
  const bool judged = mirror->status.observed_generation == mirror->metadata.generation;
  const bool stale = hub->status.observed_generation != hub->metadata.generation;
  return {Kind::kNothing, judged && (stale || !same_report(hub->status, mirror->status))};
}

crds::Assignment mirror_of(const crds::Assignment& hub, std::string_view ns) {
  crds::Assignment m;
  m.metadata.name = hub.metadata.name;
  m.metadata.namespace_ = std::string(ns);
  m.metadata.labels = hub.metadata.labels;
  m.spec = hub.spec;
  return m;
}

}  // namespace causeway::op::region
