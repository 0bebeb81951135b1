#include "operator/cluster/plan.hpp"

#include <algorithm>

#include "operator/federation/names.hpp"

namespace causeway::op::cluster {

using crds::ClusterPhase;
using crds::RunOperation;
using federation::Liveness;
using namespace std::chrono_literals;

namespace {

constexpr base::Duration kLookAgain = 10s;
constexpr base::Duration kBootstrapPace = 1s;     // while the region comes up
constexpr base::Duration kFirstContact = 2min;    // after that a region never seen is installed again
constexpr base::Duration kBootstrapAgain = 5min;  // a region gone: its token may have expired, or been revoked

std::optional<base::Duration> sooner(std::optional<base::Duration> a, std::optional<base::Duration> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// A few names, and how many more.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string all;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) all += (i ? ", " : "") + names[i];
  if (names.size() > kShown) all += " and " + std::to_string(names.size() - kShown) + " more";
  return all;
}

ClusterPhase phase_of_first_run(const crds::Cluster& cluster, const Infrastructure& infra, const Observation& seen) {
  switch (infra.health) {
    case Health::kApproval:
      return ClusterPhase::AwaitingApproval;
    case Health::kStalled:
      return ClusterPhase::Failed;
    case Health::kWaiting:
      return ClusterPhase::Pending;
    case Health::kGood:
    case Health::kBusy:
      break;
  }
  if (!seen.run || infra.start) return infra.start ? ClusterPhase::Planning : ClusterPhase::Pending;
  // The run itself says whether it plans or applies.
  const auto& run = cluster.status.last_run;
  const bool applying =
      run && run->id == terraform::run_name(seen.run->number) && run->operation == RunOperation::Apply;
  return applying ? ClusterPhase::Provisioning : ClusterPhase::Planning;
}

bool updating(const Infrastructure& infra, const Observation& seen) {
  if (infra.start) return infra.start->operation == RunOperation::Apply;
  if (infra.health != Health::kBusy || !seen.run) return false;
  // What was changed during a drift check is applied after it.
  return seen.run->operation == RunOperation::Apply || (seen.applied && seen.applied->inputs_hash != seen.inputs_hash);
}

void decide_existing(Decision& decision, const crds::Cluster& cluster, const Observation& seen) {
  decision.infrastructure = decide_infrastructure(cluster, seen);
  const auto& infra = decision.infrastructure;
  decision.start = infra.start;
  decision.again = infra.again;
  if (!infra.provisioned) {
    decision.phase = phase_of_first_run(cluster, infra, seen);
    decision.health = infra.health == Health::kGood ? Health::kBusy : infra.health;
    decision.reason = infra.reason;
    decision.message = infra.message;
    return;
  }
  decision.region = decide_region(cluster, seen);
  const auto& region = decision.region;
  decision.bootstrap = region.bootstrap;
  decision.again = sooner(decision.again, region.again);
  decision.phase = region.phase;
  decision.health = region.health;
  decision.reason = region.reason;
  decision.message = region.message;
  if (region.health == Health::kStalled) return;

  // The region works on while its infrastructure is changed, or cannot be.
  if (infra.health == Health::kApproval) {
    decision.phase = ClusterPhase::AwaitingApproval;
  } else if (updating(infra, seen) && region.phase == ClusterPhase::Ready) {
    decision.phase = ClusterPhase::Updating;
  } else if (infra.health == Health::kGood || infra.health == Health::kBusy) {
    return;
  }
  decision.health = infra.health;
  decision.reason = infra.reason;
  decision.message = infra.message;
}

void decide_deletion(Decision& decision, const crds::Cluster& cluster, const Observation& seen) {
  decision.phase = ClusterPhase::Deleting;
  decision.health = Health::kStalled;
  decision.deletion = Deletion::kRefused;
  if (!seen.demos.empty()) {
    decision.reason = "DemosRunning";
    decision.message = "not deleted while demos run there: " + some_of(seen.demos) +
                       "; delete them, or place them elsewhere, and the deletion goes on";
    decision.again = kLookAgain;
    return;
  }
  // Protection is of what exists: a Cluster that never got as far as an apply goes without being confirmed.
  const bool made = !cluster.spec.source.terraform || seen.marker || seen.bundle || seen.applied;
  const auto confirmed = cluster.metadata.annotations.find(kConfirmDestroy);
  if (made && crds::is_protected(cluster) &&
      (confirmed == cluster.metadata.annotations.end() || confirmed->second != cluster.metadata.name)) {
    decision.reason = "Protected";
    decision.message = "the Cluster is protected; annotate it " + std::string(kConfirmDestroy) + "=" +
                       cluster.metadata.name + " to have it destroyed, or set spec.protected to false";
    return;
  }
  // A region that is there reports that it has removed them; one that is not never will.
  if (seen.demos_leaving > 0 && seen.agent.liveness == Liveness::kAlive) {
    decision.deletion = Deletion::kGoing;
    decision.health = Health::kBusy;
    decision.reason = "DemosLeaving";
    decision.message = std::to_string(seen.demos_leaving) + " demos are leaving the region";
    decision.again = kLookAgain;
    return;
  }
  decision.infrastructure = decide_destruction(cluster, seen);
  const auto& infra = decision.infrastructure;
  decision.start = infra.start;
  decision.again = infra.again;
  decision.reason = infra.reason;
  decision.message = infra.message;
  decision.deletion = infra.destroyed ? Deletion::kTearDown : Deletion::kGoing;
  decision.tear_down = infra.destroyed;
  decision.health = infra.destroyed ? Health::kBusy : infra.health;
  if (infra.destroyed && decision.message.empty()) decision.message = "removing what the hub made for it";
}

}  // namespace

Region decide_region(const crds::Cluster& cluster, const Observation& seen) {
  (void)cluster;
  Region region;
  if (!seen.access) {
    region.health = Health::kWaiting;
    region.reason = "AccessMissing";
    region.message = seen.access_missing;
    region.again = kLookAgain;
    return region;
  }
  // Somebody else calls in the region's name. Silent again (its credential was revoked, which revokes the region's as
  // well), the region is given a new one like any that is gone; what it then reports lifts the refusal.
  if (seen.agent.refused && seen.agent.liveness != Liveness::kGone) {
    region.health = Health::kStalled;
    region.phase = ClusterPhase::Failed;
    region.reason = federation::kDuplicateRegistration;
    region.message = seen.agent.message;
    return region;
  }

  const bool installed = !seen.bootstrapped.empty() && seen.bootstrapped == seen.bootstrap_wanted;
  const auto since = seen.now - seen.bootstrapped_at;
  const bool given_up = (seen.agent.liveness == Liveness::kNeverSeen && since >= kFirstContact) ||
                        (seen.agent.liveness == Liveness::kGone && since >= kBootstrapAgain);
  region.bootstrap = !installed || given_up;
  if (region.bootstrap) region.again = kBootstrapPace;

  switch (seen.agent.liveness) {
    case Liveness::kNeverSeen:
      region.phase = installed ? ClusterPhase::Joining : ClusterPhase::Bootstrapping;
      region.reason = installed ? "Joining" : "Bootstrapping";
      region.message =
          installed ? "installed; waiting for the region's operator to connect to the hub" : "installing the region";
      if (installed && !given_up) region.again = std::max<base::Duration>(kFirstContact - since, 1s);
      break;
    case Liveness::kAlive:
      region.health = Health::kGood;
      region.phase = ClusterPhase::Ready;
      region.reason = "Ready";
      region.message = "the region is connected and runs demos";
      break;
    case Liveness::kUnknown:
    case Liveness::kGone:
      region.health = Health::kWaiting;
      region.phase = ClusterPhase::Unreachable;
      region.reason = "RegionUnreachable";
      region.message = "the region does not renew its lease: " + seen.agent.message;
      if (!given_up && installed) region.again = std::max<base::Duration>(kBootstrapAgain - since, 1s);
      break;
  }
  if (region.bootstrap && seen.bootstrap_refused) {
    region.health = Health::kStalled;
    region.phase = ClusterPhase::Failed;
    region.reason = federation::kDuplicateRegistration;
    region.message = seen.bootstrap_message;
    region.again = kLookAgain;  // the other Cluster may be deleted
    return region;
  }
  if (region.bootstrap && !seen.bootstrap_message.empty()) {
    // What is running keeps its word; what is not says why.
    if (region.health != Health::kGood) {
      region.message += ": " + seen.bootstrap_message;
      if (seen.bootstrap_failed) {
        region.health = Health::kWaiting;
        region.reason = "BootstrapFailed";
      }
    }
  }
  return region;
}

bool worth_a_visit(const crds::Cluster& before, const crds::Cluster& after) {
  auto still = [](crds::Cluster cluster) {
    cluster.metadata.resource_version.clear();
    if (auto& run = cluster.status.last_run) {
      run->done = run->total = 0;
      run->current.clear();
      run->diagnostics.clear();
    }
    return cluster;
  };
  return still(before) != still(after);
}

Decision decide(const crds::Cluster& cluster, const Observation& seen) {
  Decision decision;
  if (cluster.metadata.deleting()) {
    decide_deletion(decision, cluster, seen);
    return decision;
  }
  decide_existing(decision, cluster, seen);
  if (!cluster.spec.suspend) return decision;

  // Seen and told, nothing done.
  decision.suspended = true;
  decision.start.reset();
  decision.infrastructure.start.reset();
  decision.bootstrap = decision.region.bootstrap = false;
  decision.again.reset();
  if (decision.health != Health::kGood) {
    decision.reason = "Suspended";
    decision.message = "spec.suspend is set: nothing is changed until it is taken back";
  }
  return decision;
}

}  // namespace causeway::op::cluster
