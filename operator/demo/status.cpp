#include "operator/demo/status.hpp"

#include <algorithm>

#include "kube/core/codec.hpp"
#include "operator/build/text.hpp"

namespace causeway::op::demo {
namespace {

namespace c = crds::demo_conditions;
using crds::Assignment;
using crds::AssignmentStage;
using crds::DemoStage;

constexpr std::size_t kMaxMessage = 3000;  // of what the kind allows in status.message and a build's

// How far it is, in one value: everything that follows is made from it.
struct Verdict {
  DemoStage stage = DemoStage::Queued;
  std::string step, reason, message;
  bool ready = false;    // it is as it is wished: answering, asleep, or paused
  bool stalled = false;  // nothing changes unless somebody changes something
  bool absent = false;   // as of a Blocker
};

const crds::Cluster* cluster_of(const StatusFacts& facts, const Assignment& a) {
  const auto found = facts.clusters.find(a.metadata.namespace_);
  return found == facts.clusters.end() ? nullptr : found->second;
}

bool reachable(const StatusFacts& facts, const Assignment& a) {
  const auto* cluster = cluster_of(facts, a);
  return cluster && cluster->status.phase != crds::ClusterPhase::Unreachable;
}

bool is_chosen(const StatusFacts& facts, const Assignment& a) {
  return std::any_of(facts.placement.chosen.begin(), facts.placement.chosen.end(), [&](const auto* cluster) {
    return crds::cluster_namespace(cluster->metadata.uid) == a.metadata.namespace_;
  });
}

DemoStage stage_in_region(const Assignment& a) {
  switch (a.status.stage) {
    case AssignmentStage::Pending:
    case AssignmentStage::AppStarting:
      return DemoStage::AppStarting;
    case AssignmentStage::Running:
      return DemoStage::Running;
    case AssignmentStage::RunningAppStarting:
      return DemoStage::RunningAppStarting;
    case AssignmentStage::RuntimeError:
      return DemoStage::RuntimeError;
    case AssignmentStage::Unschedulable:
      return DemoStage::Unschedulable;
    case AssignmentStage::Sleeping:
      return DemoStage::Sleeping;
    case AssignmentStage::Paused:
      return DemoStage::Paused;
    case AssignmentStage::Absent:
      return DemoStage::Stopped;
  }
  return DemoStage::AppStarting;
}

// What the region says is of an older wish: nothing is known of this one yet.
bool up_to_date(const Assignment& a) {
  return a.status.observed_generation == a.metadata.generation && a.status.observed_epoch == a.spec.epoch;
}

// The version that is asked for, scaled to nothing until somebody asks for it.
bool sleeps_wanted(const Assignment& a) {
  return up_to_date(a) && a.status.stage == AssignmentStage::Sleeping && a.status.deployment == a.spec.deployment;
}

// Nothing of it runs, as asked: where it is to be, there is nothing to wait for.
Verdict paused_verdict() {
  return {DemoStage::Paused, "serve", "Paused", "paused; set spec.paused to false to start it", true, false};
}

// The version that is asked for does not come up while another one serves.
bool new_version_fails(const Assignment& a) {
  return up_to_date(a) && a.status.ready && a.status.stage == AssignmentStage::Running &&
         a.status.deployment != a.spec.deployment;
}

Verdict judge_running(const StatusFacts& facts, bool serving) {
  std::vector<const Assignment*> chosen;
  for (const auto* a : facts.assignments) {
    if (is_chosen(facts, *a) && a->spec.desired == crds::Desired::Running) chosen.push_back(a);
  }
  if (facts.demo->spec.paused) {
    const bool all = std::all_of(facts.assignments.begin(), facts.assignments.end(), [](const auto* a) {
      return a->spec.paused && up_to_date(*a) && a->status.stage == AssignmentStage::Paused;
    });
    if (all) return paused_verdict();
    return {serving ? DemoStage::RunningAppStarting : DemoStage::Paused,
            "rollout",
            "Pausing",
            "pods are being stopped",
            false,
            false};
  }
  if (!facts.write_problem.empty())
    return {
        serving ? DemoStage::Running : DemoStage::Queued, "assign", "WriteFailed", facts.write_problem, false, false};
  if (chosen.size() < facts.placement.chosen.size())
    return {serving ? DemoStage::RunningAppStarting : DemoStage::AppStarting,
            "assign",
            "Assigning",
            "the region is being asked",
            false,
            false};

  const bool offline = !facts.assignments.empty() && std::none_of(facts.assignments.begin(), facts.assignments.end(),
                                                                  [&](const auto* a) { return reachable(facts, *a); });
  if (offline) {
    const auto* cluster = cluster_of(facts, *facts.assignments.front());
    return {DemoStage::RegionOffline,
            "serve",
            "RegionOffline",
            "the region's cluster " + (cluster ? cluster->metadata.key().to_string() : std::string("?")) +
                " does not answer the hub; what runs there runs on",
            false,
            false};
  }
  for (const auto* a : chosen) {
    if (new_version_fails(*a))
      return {DemoStage::Running, "rollout", a->status.reason.empty() ? "NewVersionFails" : a->status.reason,
              a->status.message,  false,     true};
  }
  const bool all_serve =
      !chosen.empty() && std::all_of(chosen.begin(), chosen.end(), [](const auto* a) { return serves_wanted(*a); });
  if (all_serve && facts.name_leads_there) {
    const bool settled = facts.assignments.size() == chosen.size();
    return {DemoStage::Running,
            "serve",
            "Serving",
            settled ? std::string() : std::string("the copy in the former region is being removed"),
            true,
            false};
  }
  if (all_serve)
    return {serving ? DemoStage::RunningAppStarting : DemoStage::AppStarting,
            "rollout",
            "NameMoving",
            "the copy answers; the name is being pointed at it",
            false,
            false};
  const bool all_at_rest = !chosen.empty() && std::all_of(chosen.begin(), chosen.end(), [](const auto* a) {
    return serves_wanted(*a) || sleeps_wanted(*a);
  });
  if (all_at_rest)
    return {serving ? DemoStage::Running : DemoStage::Sleeping,
            "serve",
            serving ? "Serving" : "Sleeping",
            serving ? "asleep in some regions" : "asleep; the first request wakes it",
            true,
            false};
  for (const auto* a : chosen) {
    if (serves_wanted(*a) || sleeps_wanted(*a)) continue;
    if (!up_to_date(*a))
      return {serving ? DemoStage::RunningAppStarting : DemoStage::AppStarting,
              "rollout",
              "Assigned",
              "waiting for the region to take it up",
              false,
              false};
    auto stage = stage_in_region(*a);
    const bool failed = stage == DemoStage::RuntimeError;
    // The region keeps trying: an unschedulable pod starts when there is room.
    if (serving && (stage == DemoStage::AppStarting || stage == DemoStage::Queued))
      stage = DemoStage::RunningAppStarting;
    if (serving && (failed || stage == DemoStage::Unschedulable)) stage = DemoStage::Running;
    return {stage, "rollout", a->status.reason.empty() ? "Starting" : a->status.reason, a->status.message,
            false, failed};
  }
  return {DemoStage::Queued, "assign", "Assigning", "", false, false};
}

Verdict judge(const StatusFacts& facts, bool serving) {
  if (facts.demo->metadata.deleting())
    return {DemoStage::Deleting, "delete", "Deleting", facts.deletion_message, false, false};
  const auto shown = [&](DemoStage otherwise, DemoStage with_serving) { return serving ? with_serving : otherwise; };
  const bool paused = facts.demo->spec.paused;
  if (paused && facts.assignments.empty()) return paused_verdict();

  if (facts.resolve_blocker && !paused) {
    const auto& b = *facts.resolve_blocker;
    // A server that is away for a while takes nothing from a demo that is as it should be.
    if (!b.stalled && serving) {
      auto running = judge_running(facts, serving);
      if (running.ready) running.message = b.message;
      return running;
    }
    return {shown(b.stage, DemoStage::Running),
            "resolve",
            b.reason,
            (serving ? "the running version serves on: " : "") + b.message,
            false,
            b.stalled,
            b.absent};
  }
  if (facts.build && facts.build->action != BuildDecision::Action::kUse && !paused) {
    const auto& b = *facts.build;
    if (b.action == BuildDecision::Action::kFailed) {
      const bool no_file = b.reason == build::BuildReason::NoAppFile || b.reason == build::BuildReason::NoDockerfile;
      const bool no_revision = b.reason == build::BuildReason::RevisionNotFound;
      const auto stage = no_file ? DemoStage::NoAppFile : no_revision ? DemoStage::ConfigError : DemoStage::BuildError;
      return {shown(stage, DemoStage::Running),
              "build",
              std::string(kube::codec::enum_name(b.reason)),
              (serving ? "the new version was not built, the running one serves on: " : "") + b.message,
              false,
              true};
    }
    const bool running = facts.job && facts.job->phase == build::JobView::Phase::kRunning;
    const std::string reason =
        b.reason == build::BuildReason::None ? "Building" : std::string(kube::codec::enum_name(b.reason));
    return {shown(running ? DemoStage::Building : DemoStage::Queued, DemoStage::RunningBuilding),
            "build",
            reason,
            b.message,
            false,
            false};
  }
  if (facts.placement.blocker) {
    const auto& b = *facts.placement.blocker;
    return {shown(b.stage, DemoStage::Running),
            "place",
            b.reason,
            (serving ? "it serves on where it is: " : "") + b.message,
            false,
            b.stalled,
            b.absent};
  }
  return judge_running(facts, serving);
}

// What is absent may still come.
bool still_patient(const StatusFacts& facts) {
  const auto& demo = *facts.demo;
  const auto* stalled = kube::find_condition(demo.status.conditions, c::kStalled);
  if (stalled && stalled->status == "True" && stalled->observed_generation == demo.metadata.generation) return false;
  const auto* reconciling = kube::find_condition(demo.status.conditions, c::kReconciling);
  if (!reconciling || reconciling->status != "True") return true;
  const auto since = base::parse_time(reconciling->last_transition_time);
  return since && facts.now < *since + kAbsencePatience;
}

crds::BuildPhase phase_of(const StatusFacts& facts) {
  using Action = BuildDecision::Action;
  if (facts.build->action == Action::kUse) return crds::BuildPhase::Succeeded;
  if (facts.build->action == Action::kFailed) return crds::BuildPhase::Failed;
  if (facts.job && facts.job->phase == build::JobView::Phase::kRunning) return crds::BuildPhase::Running;
  if (facts.job && facts.job->phase == build::JobView::Phase::kFailed) return crds::BuildPhase::Failed;
  return crds::BuildPhase::Pending;
}

void fill_build(const StatusFacts& facts, crds::DemoStatus& status) {
  if (!facts.build || facts.build_id.empty()) return;
  const auto before = status.build;
  crds::DemoBuildStatus b;
  b.id = facts.build_id;
  b.phase = phase_of(facts);
  b.cache_hit = facts.build->cache_hit;
  b.message = b.phase == crds::BuildPhase::Succeeded ? std::string() : build::clip(facts.build->message, kMaxMessage);
  if (before && before->id == b.id) {  // the Job may be gone by now; what it told stays
    b.started_at = before->started_at;
    b.finished_at = before->finished_at;
    b.logs_ref = before->logs_ref;
    if (b.phase == crds::BuildPhase::Succeeded && before->phase == b.phase) b.cache_hit = before->cache_hit;
    if (!b.finished_at.empty() && b.phase == crds::BuildPhase::Succeeded) b.cache_hit = false;
  }
  if (facts.job) {
    b.started_at = facts.job->started_at;
    b.finished_at = facts.job->finished_at;
    if (b.phase == crds::BuildPhase::Succeeded) b.cache_hit = false;
  }
  if (facts.logs) b.logs_ref = facts.logs;
  status.build = std::move(b);
}

void fill_placements(const StatusFacts& facts, crds::DemoStatus& status) {
  status.placements.clear();
  status.urls.clear();
  for (const auto* a : facts.assignments) {
    if (status.placements.size() == crds::kMaxPlacements) break;
    const auto* cluster = cluster_of(facts, *a);
    if (!cluster) continue;
    crds::DemoPlacement p;
    p.cluster = cluster->metadata.name;
    p.cluster_namespace = cluster->metadata.namespace_;
    p.cluster_uid = cluster->metadata.uid;
    p.epoch = a->spec.epoch;
    p.ready = serves_wanted(*a);
    p.stage = cluster->status.phase == crds::ClusterPhase::Unreachable ? DemoStage::RegionOffline
              : a->spec.desired == crds::Desired::Absent               ? DemoStage::Stopped
              : up_to_date(*a)                                         ? stage_in_region(*a)
                                                                       : DemoStage::AppStarting;
    p.url = facts.url;
    p.deployment = a->status.deployment;
    p.message = a->status.message;
    status.placements.push_back(std::move(p));
  }
  std::sort(status.placements.begin(), status.placements.end(), [](const auto& a, const auto& b) {
    return std::tie(a.cluster_namespace, a.cluster) < std::tie(b.cluster_namespace, b.cluster);
  });
  status.rejections = facts.placement.rejections;
}

}  // namespace

crds::DemoStatus status_of(const StatusFacts& facts) {
  const auto& demo = *facts.demo;
  auto status = demo.status;
  const bool serving = std::any_of(facts.assignments.begin(), facts.assignments.end(), [&](const auto* a) {
    // A region that cannot be reached may serve, but nobody can say so.
    return a->status.ready && a->spec.desired == crds::Desired::Running && reachable(facts, *a);
  });
  auto verdict = judge(facts, serving);
  if (verdict.absent && verdict.stalled && still_patient(facts)) verdict.stalled = false;
  verdict.message = build::clip(verdict.message, kMaxMessage);
  status.observed_generation = demo.metadata.generation;
  status.stage = verdict.stage;
  status.step = verdict.step;
  status.message = verdict.message;
  if (verdict.ready && verdict.stage == DemoStage::Running && !facts.placement.shortfall.empty())
    status.message = build::clip(facts.placement.shortfall, kMaxMessage);
  status.url = facts.url;
  if (facts.wanted) {
    status.revision = facts.wanted->content.commit;
    status.image = facts.wanted->content.image;
    status.current_deployment = facts.wanted->name;
  }
  fill_build(facts, status);
  if (!demo.metadata.deleting()) fill_placements(facts, status);

  const auto set = [&](std::string_view type, std::string value, std::string reason, std::string message) {
    kube::set_condition(status.conditions,
                        {.type = std::string(type),
                         .status = std::move(value),
                         .observed_generation = demo.metadata.generation,
                         .last_transition_time = {},
                         .reason = reason.empty() ? "Unknown" : std::move(reason),
                         .message = std::move(message)},
                        facts.now);
  };
  set(c::kReady, verdict.ready ? "True" : "False", verdict.reason, status.message);
  set(c::kStalled, verdict.stalled ? "True" : "False", verdict.reason, verdict.stalled ? verdict.message : "");
  // kstatus: Reconciling and Stalled never together; with neither, Ready has to be true or a client waits for ever.
  const bool at_rest = verdict.ready || verdict.stalled;
  set(c::kReconciling, at_rest ? "False" : "True", verdict.reason, at_rest ? "" : verdict.message);
  set(c::kAvailable, serving ? "True" : "False", serving ? "Answering" : "NothingAnswers",
      serving ? "" : "no region reports that requests are answered");

  const bool built = facts.wanted && facts.wanted_is_newest;
  if (built) {
    set(c::kBuilt, "True", facts.wanted->content.build_id.empty() ? "Prebuilt" : "Built", facts.wanted->content.image);
  } else if (verdict.step == "build" || verdict.step == "resolve") {
    set(c::kBuilt, "False", verdict.reason, verdict.message);
  } else {
    set(c::kBuilt, "Unknown", "NotKnown", "");
  }
  if (facts.placement.blocker) {
    set(c::kScheduled, "False", facts.placement.blocker->reason, facts.placement.blocker->message);
  } else if (facts.placement.chosen.empty()) {
    set(c::kScheduled, "Unknown", "NotPlacedYet", "");
  } else {
    set(c::kScheduled, "True", facts.placement.shortfall.empty() ? "Placed" : "PartlyPlaced",
        facts.placement.shortfall);
  }
  return status;
}

}  // namespace causeway::op::demo
