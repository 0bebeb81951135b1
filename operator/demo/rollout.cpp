#include "operator/demo/rollout.hpp"

#include <algorithm>
#include <set>

#include "operator/demo/place.hpp"

namespace causeway::op::demo {
namespace {

using crds::Assignment;
using crds::Desired;

std::int64_t highest_epoch(const RolloutFacts& facts) {
  std::int64_t epoch = 0;
  for (const auto& p : facts.demo->status.placements) epoch = std::max(epoch, p.epoch);
  for (const auto* a : facts.assignments) epoch = std::max({epoch, a->spec.epoch, a->status.observed_epoch});
  return epoch;
}

const Assignment* assignment_in(const RolloutFacts& facts, const std::string& ns) {
  for (const auto* a : facts.assignments) {
    if (a->metadata.namespace_ == ns) return a;
  }
  return nullptr;
}

const crds::Cluster* cluster_of(const RolloutFacts& facts, const Assignment& a) {
  const auto found = facts.clusters.find(a.metadata.namespace_);
  return found == facts.clusters.end() ? nullptr : found->second;
}

// Addresses of gateways that answer for the Demo, those of reachable clusters if there are any.
std::vector<std::string> targets_of(const RolloutFacts& facts, const std::vector<const Assignment*>& answering) {
  for (const bool ready_only : {true, false}) {
    std::set<std::string> addresses;
    for (const auto* a : answering) {
      const auto* cluster = cluster_of(facts, *a);
      if (!cluster || (ready_only && !is_ready(*cluster))) continue;
      if (const auto address = gateway_address(*cluster); !address.empty()) addresses.insert(address);
    }
    if (!addresses.empty()) return {addresses.begin(), addresses.end()};
  }
  return {};
}

}  // namespace

bool serves(const Assignment& a) {
  return a.spec.desired == Desired::Running && a.status.ready && a.status.observed_epoch == a.spec.epoch;
}

bool serves_wanted(const Assignment& a) {
  return serves(a) && a.status.observed_generation == a.metadata.generation &&
         a.status.deployment == a.spec.deployment && a.status.stage == crds::AssignmentStage::Running;
}

RolloutPlan plan_rollout(const RolloutFacts& facts) {
  RolloutPlan plan;
  if (!facts.wanted) return plan;
  std::set<std::string> chosen_namespaces;
  for (const auto* cluster : facts.chosen) chosen_namespaces.insert(crds::cluster_namespace(cluster->metadata.uid));

  std::vector<const Assignment*> chosen, leaving;
  for (const auto* a : facts.assignments) {
    if (!cluster_of(facts, *a)) {
      plan.forget.push_back(a->metadata.key());  // the Cluster is gone, and the workload with it
    } else if (chosen_namespaces.contains(a->metadata.namespace_) && a->spec.desired == Desired::Running) {
      chosen.push_back(a);
    } else if (!chosen_namespaces.contains(a->metadata.namespace_) || a->spec.desired == Desired::Absent) {
      leaving.push_back(a);
    }
  }
  const auto leave = [&](const Assignment& a) {
    Assignment absent;
    absent.metadata.name = a.metadata.name;
    absent.metadata.namespace_ = a.metadata.namespace_;
    absent.metadata.labels = a.metadata.labels;
    absent.spec = a.spec;
    absent.spec.desired = Desired::Absent;
    plan.apply.push_back(std::move(absent));
  };

  // A Demo that may never run twice leaves first and arrives afterwards.
  const bool one_at_a_time = facts.demo->spec.exclusive || facts.wanted->content.storage.has_value();
  bool hold = false;
  if (one_at_a_time && !facts.chosen.empty()) {
    for (const auto* a : leaving) {
      hold = true;
      if (a->spec.desired == Desired::Running) leave(*a);
    }
  }

  bool all_chosen_serve = !facts.chosen.empty();
  std::vector<const Assignment*> answering;
  std::int64_t next_epoch = highest_epoch(facts) + 1;
  for (const auto* cluster : facts.chosen) {
    const auto ns = crds::cluster_namespace(cluster->metadata.uid);
    const auto* existing = assignment_in(facts, ns);
    const bool kept = existing && existing->spec.desired == Desired::Running;
    if (!kept && hold) {
      all_chosen_serve = false;
      continue;
    }
    if (existing && !kept) {
      // It is coming back while it is still being removed: a higher epoch overrules the removal.
      std::erase(leaving, existing);
    }
    auto wanted = make_assignment(facts, *cluster, kept ? existing->spec.epoch : next_epoch);
    if (!existing || !(existing->spec == wanted.spec)) plan.apply.push_back(std::move(wanted));
    if (kept && serves(*existing)) {
      answering.push_back(existing);
    } else {
      all_chosen_serve = false;
    }
  }

  // The name: to the chosen copies that answer; to old ones too as long as not every chosen one does.
  auto led_to = answering;
  if (!all_chosen_serve) {
    for (const auto* a : leaving) {
      if (!serves(*a)) continue;
      const auto* cluster = cluster_of(facts, *a);
      const auto address = cluster ? gateway_address(*cluster) : std::string();
      if (std::find(facts.name.targets.begin(), facts.name.targets.end(), address) != facts.name.targets.end())
        led_to.push_back(a);
    }
  }
  const auto targets = targets_of(facts, led_to);
  if (!targets.empty() && (!facts.name.exists || targets != facts.name.targets)) plan.switch_name = targets;

  for (const auto* a : leaving) {
    if (a->spec.desired == Desired::Absent) {
      const bool acknowledged = a->status.stage == crds::AssignmentStage::Absent &&
                                a->status.observed_epoch == a->spec.epoch &&
                                a->status.observed_generation == a->metadata.generation;
      if (acknowledged) plan.forget.push_back(a->metadata.key());
      continue;
    }
    if (one_at_a_time || !all_chosen_serve || plan.switch_name) continue;  // the old copy serves until the name moved
    const auto drained = facts.name.switched.value_or(facts.now) + kDrain;
    if (facts.now < drained) {
      const base::Duration left = drained - facts.now;
      plan.again = plan.again ? std::min(*plan.again, left) : left;
      continue;
    }
    leave(*a);
  }
  return plan;
}

}  // namespace causeway::op::demo
