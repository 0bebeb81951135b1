#include "operator/cluster/probe.hpp"

#include "kube/core/codec.hpp"
#include "operator/cluster/job.hpp"

namespace causeway::op::cluster {

void Probe::run_started(crds::RunOperation operation) {
  metrics_
      .counter("causeway_terraform_runs_started_total", "Terraform runs started as Jobs",
               {{"operation", std::string(operation_word(operation))}})
      .add();
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
}

void Probe::forget(const std::string& cluster_uid) {
  std::lock_guard lock(mutex_);
  last_run_.erase(cluster_uid);
}

void Probe::bootstrapped(bool good) {
  metrics_
      .counter("causeway_region_bootstraps_total", "Installations of regions by the hub",
               {{"result", good ? "success" : "error"}})
      .add();
}

}  // namespace causeway::op::cluster
