#pragma once
// Leader election on a real Lease: does what LeaderElection says, with a client of its own, so that no other traffic of
// the program can starve a renewal. (kueue#6256)

#include <functional>

#include "base/metrics.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/leader_election.hpp"

namespace causeway::kube {

class LeaseElector {
 public:
  LeaseElector(const ClientConfig& config, LeaseOptions options, const base::Clock& clock,
               base::MetricsRegistry& metrics);

  // Until `stop` (ok; the lease is released if it was held) or until leadership is lost (an error that says why).
  // `on_leading` is called once, from this thread: it must not block, renewals wait for it.
  base::Result<void> run(std::stop_token stop, const std::function<void()>& on_leading);

 private:
  LeaderElection::Event get();
  LeaderElection::Event write(std::string_view method, const LeaseRecord& record);
  void release();

  const LeaseOptions options_;
  const base::Clock& clock_;
  Client client_;
  LeaderElection election_;
  Object lease_;  // as last seen or written
  base::Gauge& status_;
};

}  // namespace causeway::kube
