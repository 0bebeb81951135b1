#pragma once
// What a Demo's status says: a pure function of what was found and decided. Stages never lie: Running means that the
// region reported an answered request.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "crds/assignment/assignment.hpp"
#include "crds/cluster/cluster.hpp"
#include "crds/demo/demo.hpp"
#include "operator/demo/build_plan.hpp"
#include "operator/demo/model.hpp"
#include "operator/demo/place.hpp"
#include "operator/demo/rollout.hpp"

namespace causeway::op::demo {

struct StatusFacts {
  const crds::Demo* demo = nullptr;
  std::string url;
  std::optional<Blocker> resolve_blocker;  // of the newest wish; an older version may serve on
  std::optional<BuildDecision> build;      // nullopt: none is needed or known yet
  std::string build_id;
  std::optional<build::JobView> job;
  std::optional<crds::ObjectRef> logs;
  std::optional<DeploymentRecord> wanted;  // what the Assignments ask for
  bool wanted_is_newest = true;            // false: something newer is being resolved or built, or failed
  PlacementDecision placement;
  std::vector<const crds::Assignment*> assignments;
  std::map<std::string, const crds::Cluster*> clusters;  // by namespace on the hub
  bool name_leads_there = false;
  std::string write_problem;     // an effect failed, for people
  std::string deletion_message;  // while deleting
  base::WallTime now;
};

// How long an object that a Demo names may be absent before the Demo is Stalled: what is applied together (a Demo, its
// Repo and template, its Secret, its Cluster) is not seen together, and who waits gives up at the first Stalled.
inline constexpr base::Duration kAbsencePatience = std::chrono::minutes(1);

crds::DemoStatus status_of(const StatusFacts& facts);

}  // namespace causeway::op::demo
