#pragma once
// Metrics of the Cluster controller.

#include <map>
#include <mutex>
#include <string>

#include "base/metrics.hpp"
#include "operator/cluster/observation.hpp"

namespace causeway::op::cluster {

// Thread-safe.
class Probe {
 public:
  explicit Probe(base::MetricsRegistry& metrics);

  // causeway_terraform_runs_started_total{operation}
  void run_started(crds::RunOperation operation);
  // causeway_terraform_runs_ended_total{operation,outcome,reason} and
  // causeway_terraform_run_duration_seconds{operation,outcome}: once for each result, however often it is seen. The
  // result that was there when this process first saw the Cluster was counted by the process before it.
  void saw(const std::string& cluster_uid, const Observation& seen);
  void forget(const std::string& cluster_uid);
  // causeway_region_bootstraps_total{result}
  void bootstrapped(bool good);

 private:
  base::Counter& started(crds::RunOperation operation);
  base::Histogram& duration(crds::RunOperation operation, terraform::RunOutcome outcome);
  base::Counter& bootstraps(bool good);

  base::MetricsRegistry& metrics_;
  std::mutex mutex_;
  std::map<std::string, std::string> last_run_;  // by Cluster: the newest result seen, "" for none yet
};

}  // namespace causeway::op::cluster
