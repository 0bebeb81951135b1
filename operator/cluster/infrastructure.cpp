#include <algorithm>

#include "kube/core/quantity.hpp"
#include "operator/cluster/plan.hpp"

namespace causeway::op::cluster {

using crds::RunOperation;
using terraform::ErrorClass;
using terraform::RunOutcome;
using terraform::RunResult;
using namespace std::chrono_literals;

namespace {

constexpr base::Duration kLookAgain = 10s;  // at something that is missing
constexpr base::Duration kLongLook = 1min;  // at whether what stalled it has changed (credentials are not watched)
constexpr base::Duration kStateLostRetry = 5min;  // a restored state is noticed by itself
constexpr base::Duration kQuotaRetry = 15min;     // accounts get room again without anybody touching the Cluster

std::string joined(const std::vector<std::string>& items) {
  std::string all;
  for (const auto& item : items) all += (all.empty() ? "" : ", ") + item;
  return all;
}

base::WallTime time_of(const std::string& text) {
  auto parsed = base::parse_time(text);
  return parsed ? *parsed : base::WallTime{};
}

// The result of the latest run, if it wrote one.
const RunResult* result_of_run(const Observation& seen) {
  if (!seen.last) return nullptr;
  if (seen.run && terraform::run_name(seen.run->number) != seen.last->run_id) {
    // Jobs are removed in time; a result newer than every Job is the latest run's.
    const auto number = terraform::run_number(seen.last->run_id);
    if (!number || *number < seen.run->number) return nullptr;
  }
  return &*seen.last;
}

bool in_progress(const Observation& seen) {
  return seen.run && !seen.run->ended && !result_of_run(seen);
}

std::int64_t next_number(const Observation& seen) {
  std::int64_t highest = seen.run ? seen.run->number : 0;
  for (const auto* result : {&seen.last, &seen.applied}) {
    if (*result) highest = std::max(highest, terraform::run_number((*result)->run_id).value_or(0));
  }
  return highest + 1;
}

std::string_view verb(RunOperation operation) {
  switch (operation) {
    case RunOperation::Plan:
      return "planning";
    case RunOperation::Apply:
      return "applying";
    case RunOperation::Destroy:
      return "destroying";
    case RunOperation::Refresh:
      return "looking for drift";
  }
  return "running";
}

// Wanted is a run of `operation`: now, later, or not at all because the last one stands in the way.
void want(Infrastructure& infra, const Observation& seen, RunOperation operation) {
  auto start = [&](std::int64_t attempt) {
    infra.health = Health::kBusy;
    infra.reason = operation == RunOperation::Destroy ? "Destroying" : "RunStarting";
    infra.message = "starting run " + terraform::run_name(next_number(seen));
    infra.start = StartRun{operation, next_number(seen), attempt};
  };
  auto retry = [&](std::int64_t attempt, base::WallTime ended, std::string reason, std::string message) {
    const auto due = ended + retry_delay(attempt);
    if (seen.now >= due || seen.now < ended - 1min) return start(attempt);  // due, or the clock was set back
    infra.health = Health::kWaiting;
    infra.reason = std::move(reason);
    infra.message = std::move(message);
    infra.again = due - seen.now;
  };

  if (seen.run && !seen.run->ended) {
    // Its result is there; the Job follows in a moment.
    infra.health = Health::kBusy;
    infra.reason = "RunEnding";
    infra.message = "run " + terraform::run_name(seen.run->number) + " is ending";
    infra.again = 5s;
    return;
  }
  const RunResult* last = result_of_run(seen);
  if (seen.run && !last) {
    // It died. What it was doing is applied again first, by whichever run comes next.
    const auto attempt = seen.run->operation == operation ? seen.run->attempt + 1 : 0;
    if (attempt <= 1) return start(attempt);
    return retry(attempt, seen.run->ended_at, "RunDied",
                 "the pod of run " + terraform::run_name(seen.run->number) + " ended without a result" +
                     (seen.run->last_words.empty() ? "" : " (" + seen.run->last_words + ")") + "; it is tried again");
  }
  if (!last || last->operation != operation || last->outcome == RunOutcome::Succeeded) return start(0);
  const bool same = last->retry_key == seen.retry_key;
  if (!same) return start(0);

  const auto ended = time_of(last->finished_at);
  if (last->outcome == RunOutcome::AwaitingApproval) {
    infra.health = Health::kApproval;
    infra.reason = "AwaitingApproval";
    infra.message = last->message;
    infra.again = kLongLook;
    return;
  }
  if (last->outcome == RunOutcome::Cancelled) {
    if (last->attempt == 0) return start(1);
    return retry(last->attempt + 1, ended, last->reason, last->message);
  }
  if (!terraform::is_terminal(last->error_class)) return retry(last->attempt + 1, ended, last->reason, last->message);

  const base::Duration patience = last->error_class == ErrorClass::StateLost ? kStateLostRetry
                                  : last->error_class == ErrorClass::Quota   ? kQuotaRetry
                                                                             : base::Duration::max();
  if (patience != base::Duration::max() && seen.now >= ended + patience) return start(last->attempt + 1);
  infra.health = Health::kStalled;
  infra.reason = last->reason;
  infra.message = last->message;
  infra.again = kLongLook;
}

constexpr base::Duration kOrdinaryStart = 15s;  // of a pod: not worth a word

void describe_running(Infrastructure& infra, const ObservedRun& run, base::WallTime now) {
  infra.health = Health::kBusy;
  infra.reason = run.operation == RunOperation::Destroy ? "Destroying" : "RunInProgress";
  infra.message = "run " + terraform::run_name(run.number) + " is " + std::string(verb(run.operation));
  if (run.waiting.empty()) return;
  infra.again = kLookAgain;
  if (now - run.created >= kOrdinaryStart) infra.message += ", but its pod is not running yet: " + run.waiting;
}

std::optional<base::Duration> drift_interval(const crds::Cluster& cluster) {
  auto interval = kube::parse_duration(cluster.spec.terraform.drift_interval);
  if (!interval || *interval <= base::Duration(0)) return std::nullopt;
  return *interval;
}

std::string unknown_provider(const crds::Cluster& cluster, const Observation& seen) {
  return "there is no provider \"" + cluster.spec.source.terraform->provider +
         "\" on this platform; there are: " + (seen.providers.empty() ? "none" : joined(seen.providers));
}

}  // namespace

base::Duration retry_delay(std::int64_t failures) {
  const auto doublings = std::clamp<std::int64_t>(failures - 1, 0, 16);
  return std::min<base::Duration>(5s * (std::int64_t{1} << doublings), 10min);
}

Infrastructure decide_infrastructure(const crds::Cluster& cluster, const Observation& seen) {
  Infrastructure infra;
  if (!cluster.spec.source.terraform) {
    infra.provisioned = true;
    infra.reason = "NotManaged";
    infra.message = "the cluster exists already; Terraform has no part in it";
    return infra;
  }
  infra.provisioned = seen.applied.has_value() && seen.access;

  if (in_progress(seen)) {
    describe_running(infra, *seen.run, seen.now);
    return infra;
  }
  if (!seen.provider_known || seen.invalid_inputs) {
    infra.health = Health::kStalled;
    infra.reason = seen.provider_known ? "InvalidConfiguration" : "UnknownProvider";
    infra.message = seen.provider_known ? *seen.invalid_inputs : unknown_provider(cluster, seen);
    infra.again = kLongLook;
    return infra;
  }
  if (!seen.missing_inputs.empty()) {
    infra.health = Health::kWaiting;
    infra.reason = "InputsMissing";
    infra.message = joined(seen.missing_inputs) + (seen.missing_inputs.size() == 1 ? " does" : " do") +
                    " not exist; it goes on by itself once there";
    infra.again = kLookAgain;
    return infra;
  }
  if (seen.run_namespace == NamespaceState::kTerminating) {
    infra.health = Health::kWaiting;
    infra.reason = "RunNamespaceTerminating";
    infra.message = "the run namespace is being deleted, and with it the Terraform state; it is made anew";
    infra.again = kLookAgain;
    return infra;
  }

  if (!seen.applied || seen.applied->inputs_hash != seen.inputs_hash || seen.marker) {
    want(infra, seen, RunOperation::Apply);
    return infra;
  }
  if (!seen.access) {
    // Applied, and the outputs are gone: applying without changes writes them again.
    want(infra, seen, RunOperation::Apply);
    return infra;
  }
  infra.reason = "Applied";
  infra.message = "Terraform has nothing left to do";
  const RunResult* last = result_of_run(seen);
  const bool drifted = last && last->operation == RunOperation::Refresh && !last->drifted.empty();
  if (drifted && cluster.spec.terraform.drift_policy == crds::DriftPolicy::Correct) {
    want(infra, seen, RunOperation::Apply);
    return infra;
  }
  if (auto interval = drift_interval(cluster)) {
    base::WallTime latest = seen.run ? seen.run->created : base::WallTime{};
    for (const auto* result : {&seen.last, &seen.applied}) {
      if (*result) latest = std::max(latest, time_of((*result)->finished_at));
    }
    const auto due = latest + *interval;
    if (seen.now >= due && !(seen.run && !seen.run->ended)) {
      infra.start = StartRun{RunOperation::Refresh, next_number(seen), 0};
    } else {
      infra.again = std::max<base::Duration>(due - seen.now, 1s);
    }
  }
  return infra;
}

Infrastructure decide_destruction(const crds::Cluster& cluster, const Observation& seen) {
  Infrastructure infra;
  infra.reason = "Destroyed";
  infra.destroyed = true;
  if (!cluster.spec.source.terraform) return infra;
  infra.provisioned = seen.applied.has_value();

  // Said before the run namespace went, and the reason it may.
  const auto* condition =
      kube::find_condition(cluster.status.conditions, crds::cluster_conditions::kInfrastructureReady);
  if (condition && condition->reason == "Destroyed") return infra;
  if (in_progress(seen)) {
    infra.destroyed = false;
    describe_running(infra, *seen.run, seen.now);
    return infra;
  }
  if (cluster.spec.deletion_policy == crds::DeletionPolicy::Retain) {
    infra.reason = "Retained";
    infra.message = "deletionPolicy is Retain: what Terraform made stays, and so does its state";
    return infra;
  }
  if (seen.run_namespace != NamespaceState::kActive) {
    const bool ran = cluster.status.last_run.has_value() || cluster.status.state.has_value();
    if (!ran) return infra;
    infra.destroyed = false;
    infra.health = Health::kStalled;
    infra.reason = "StateLost";
    infra.message =
        "the run namespace is gone, and with it the Terraform state and the means to destroy what it made; restore it "
        "from a backup, or set spec.deletionPolicy to Retain and remove the resources tagged " +
        std::string(terraform::names::kUidTag) + "=" + cluster.metadata.uid + " by hand";
    infra.again = kLongLook;
    return infra;
  }
  const RunResult* last = result_of_run(seen);
  if (last && last->operation == RunOperation::Destroy && last->outcome == RunOutcome::Succeeded) return infra;
  if (!seen.run && !seen.last && !seen.marker && !seen.bundle) return infra;  // nothing was ever run

  infra.destroyed = false;
  if (!seen.provider_known) {
    infra.health = Health::kStalled;
    infra.reason = "UnknownProvider";
    infra.message = unknown_provider(cluster, seen) + "; without it nothing can be destroyed";
    infra.again = kLongLook;
    return infra;
  }
  want(infra, seen, RunOperation::Destroy);
  return infra;
}

}  // namespace causeway::op::cluster
