#pragma once
// Reads what there is of a Cluster from the API server: always the server's word, never a cache's, because a run must
// not be started twice.

#include "crds/assignment/assignment.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/informer.hpp"
#include "operator/cluster/inputs.hpp"
#include "operator/cluster/observation.hpp"
#include "operator/federation/bootstrap.hpp"
#include "operator/federation/liveness.hpp"
#include "operator/settings.hpp"

namespace causeway::op::cluster {

struct Seen {
  Observation observation;
  Inputs inputs;  // source.terraform only
  std::optional<federation::RegionAccess> access;
  std::vector<std::int64_t> runs;  // numbers of all Jobs, ascending
};

class Observer {
 public:
  // `assignments` may be null: then no demos are seen.
  Observer(kube::Client& client, const Settings& settings, const federation::LivenessTracker& liveness,
           kube::Informer<crds::Assignment>* assignments, const base::Clock& clock)
      : client_(client), settings_(settings), liveness_(liveness), assignments_(assignments), clock_(clock) {}

  kube::Result<Seen> observe(const crds::Cluster& cluster) const;

 private:
  kube::Result<void> terraform(const crds::Cluster& cluster, Seen& seen) const;
  kube::Result<void> jobs(const std::string& ns, Seen& seen) const;
  kube::Result<void> results(const std::string& ns, Seen& seen) const;
  kube::Result<void> pod(const std::string& ns, Seen& seen) const;
  kube::Result<void> outputs(const std::string& ns, Seen& seen) const;
  kube::Result<void> existing(const crds::Cluster& cluster, Seen& seen) const;
  kube::Result<void> demos(const crds::Cluster& cluster, Seen& seen) const;

  kube::Client& client_;
  const Settings& settings_;
  const federation::LivenessTracker& liveness_;
  kube::Informer<crds::Assignment>* assignments_;
  const base::Clock& clock_;
};

// The image of a provider's runs, and the providers there are images for.
std::string runner_image(const Settings& settings, const std::string& provider);
std::vector<std::string> providers_of(const Settings& settings);

// Annotation causeway.dev/bootstrapped: "<key>@<when>".
inline constexpr const char* kBootstrapped = "causeway.dev/bootstrapped";
inline constexpr const char* kGatewayAddress = "causeway.dev/gateway-address";
std::string bootstrapped_value(const std::string& key, base::WallTime when);

}  // namespace causeway::op::cluster
