#include "operator/cluster/probe.hpp"

#include "kube/core/codec.hpp"
#include "operator/cluster/job.hpp"

namespace causeway::op::cluster {

namespace {

const std::vector<double> kRunBuckets{1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200};

}  // namespace

Probe::Probe(base::MetricsRegistry& metrics) : metrics_(metrics) {
  // Rates of what has not happened yet begin at zero.
  for (const auto operation : {crds::RunOperation::Plan, crds::RunOperation::Apply, crds::RunOperation::Destroy,
                               crds::RunOperation::Refresh}) {
    started(operation);
    for (const auto outcome : {terraform::RunOutcome::Succeeded, terraform::RunOutcome::AwaitingApproval,
                               terraform::RunOutcome::Failed, terraform::RunOutcome::Cancelled})
      duration(operation, outcome);
  }
  for (const bool good : {true, false}) bootstraps(good);
}

base::Counter& Probe::started(crds::RunOperation operation) {
  return metrics_.counter("causeway_terraform_runs_started_total", "Terraform runs started as Jobs",
                          {{"operation", std::string(operation_word(operation))}});
}

base::Histogram& Probe::duration(crds::RunOperation operation, terraform::RunOutcome outcome) {
  return metrics_.histogram("causeway_terraform_run_duration_seconds",
                            "Time from the start of a Terraform run to its result", kRunBuckets,
                            {{"operation", std::string(operation_word(operation))},
                             {"outcome", std::string(kube::codec::enum_name(outcome))}});
}

base::Counter& Probe::bootstraps(bool good) {
  return metrics_.counter("causeway_region_bootstraps_total", "Installations of regions by the hub",
                          {{"result", good ? "success" : "error"}});
}

void Probe::run_started(crds::RunOperation operation) {
  started(operation).add();
}

void Probe::saw(const std::string& cluster_uid, const Observation& seen) {
  const std::string newest = seen.last ? seen.last->run_id : "";
  {
    std::lock_guard lock(mutex_);
    const auto [known, first] = last_run_.emplace(cluster_uid, newest);
    if (first || known->second == newest) return;
    known->second = newest;
  }
  if (!seen.last) return;
  metrics_
      .counter("causeway_terraform_runs_ended_total", "Terraform runs that wrote a result",
               {{"operation", std::string(operation_word(seen.last->operation))},
                {"outcome", std::string(kube::codec::enum_name(seen.last->outcome))},
                {"reason", seen.last->reason}})
      .add();
  const auto from = base::parse_time(seen.last->started_at), to = base::parse_time(seen.last->finished_at);
  if (!from || !to) return;
  duration(seen.last->operation, seen.last->outcome).observe(std::chrono::duration<double>(*to - *from).count());
}

void Probe::forget(const std::string& cluster_uid) {
  std::lock_guard lock(mutex_);
  last_run_.erase(cluster_uid);
}

void Probe::bootstrapped(bool good) {
  bootstraps(good).add();
}

}  // namespace causeway::op::cluster
