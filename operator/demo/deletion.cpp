#include "operator/demo/deletion.hpp"

#include "operator/demo/place.hpp"

namespace causeway::op::demo {

DeletionPlan plan_deletion(const std::vector<const crds::Assignment*>& assignments,
                           const std::map<std::string, const crds::Cluster*>& clusters) {
  DeletionPlan plan;
  plan.workloads_gone = assignments.empty();
  for (const auto* a : assignments) {
    const auto found = clusters.find(a->metadata.namespace_);
    if (found == clusters.end()) {
      plan.forget.push_back(a->metadata.key());
      continue;
    }
    const auto& cluster = *found->second;
    const bool acknowledged =
        a->spec.desired == crds::Desired::Absent && a->status.stage == crds::AssignmentStage::Absent &&
        a->status.observed_epoch == a->spec.epoch && a->status.observed_generation == a->metadata.generation;
    if (acknowledged) {
      plan.forget.push_back(a->metadata.key());
      continue;
    }
    if (a->spec.desired != crds::Desired::Absent) {
      crds::Assignment absent;
      absent.metadata.name = a->metadata.name;
      absent.metadata.namespace_ = a->metadata.namespace_;
      absent.metadata.labels = a->metadata.labels;
      absent.spec = a->spec;
      absent.spec.desired = crds::Desired::Absent;
      plan.apply.push_back(std::move(absent));
    }
    const auto name = cluster.metadata.key().to_string();
    plan.message += (plan.message.empty() ? "" : "; ") +
                    (is_ready(cluster) ? "waiting for " + name + " to remove the workload"
                                       : name +
                                             " cannot be reached: the deletion ends when it is back, or when the "
                                             "Cluster itself is deleted");
  }
  return plan;
}

}  // namespace causeway::op::demo
