#pragma once
// Does what was decided. Every function can be killed between any two of its calls and be called again.

#include <optional>
#include <stop_token>
#include <string>

#include "kube/client/client.hpp"
#include "operator/cluster/observe.hpp"
#include "operator/cluster/plan.hpp"

namespace causeway::op::cluster {

inline constexpr const char* kFieldManager = "causeway-hub";

class Actor {
 public:
  Actor(kube::Client& client, const Settings& settings, const base::Clock& clock)
      : client_(client), settings_(settings), clock_(clock) {}

  // Run namespace, credentials, input, Job. ok also when another operator was faster.
  kube::Result<void> start_run(const crds::Cluster& cluster, const StartRun& run, const Seen& seen) const;

  // Installs the region, and remembers on the Cluster that it has. False: not done yet, call again.
  struct Bootstrap {
    bool done = false;
    std::string message;
  };
  kube::Result<Bootstrap> bootstrap(const crds::Cluster& cluster, const Seen& seen, std::stop_token stop) const;

  // Takes the platform out of a cluster that stays: one that Terraform did not make, or that is retained. What could
  // not be removed there, for people; "" when there is nothing to say. Before tear_down().
  kube::Result<std::string> leave_region(const crds::Cluster& cluster, const Seen& seen, std::stop_token stop) const;

  // Removes what the hub made for the Cluster; the finalizer last. False: something is still on its way out.
  kube::Result<bool> tear_down(const crds::Cluster& cluster) const;

 private:
  kube::Result<void> apply(const kube::ResourceType& type, const kube::Object& object) const;
  kube::Result<void> write_input(const crds::Cluster& cluster, const StartRun& run, const Seen& seen) const;
  kube::Result<kube::json::value> runner_overlay(const std::string& provider) const;
  void forget_old_runs(const crds::Cluster& cluster, const Seen& seen) const;

  kube::Client& client_;
  const Settings& settings_;
  const base::Clock& clock_;
};

}  // namespace causeway::op::cluster
