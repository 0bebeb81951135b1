#pragma once
// Does what plan.hpp says: reads the Secret and the configurations, makes authorities and leaves, injects caBundles.

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/http_server.hpp"
#include "base/metrics.hpp"
#include "kube/client/client.hpp"
#include "webhooks/certificates/plan.hpp"

namespace causeway::webhooks::certificates {

struct KeeperOptions {
  std::string ns = "causeway-system", secret = "causeway-webhooks-authority";  // there already, empty at first
  std::string validating = "causeway", mutating = "causeway";  // names of the configurations; "" = there is none
  std::vector<std::string> dns_names, ip_addresses;            // of the leaf
  Policy policy{};
  base::Duration interval = std::chrono::seconds(10);
  base::Duration hurried = std::chrono::milliseconds(250);  // while something is under way
};

class Keeper {
 public:
  Keeper(KeeperOptions options, kube::Client& client, const base::Clock& clock, base::MetricsRegistry& metrics);

  // Until there is a leaf to serve with, or `stop` (kCancelled). Failures of the API server are logged and outlived.
  base::Result<base::TlsServerOptions> first_leaf(const std::stop_token& stop);
  // Keeps everything as it should be until `stop`; each further leaf goes to `on_leaf`.
  base::Result<void> run(const std::stop_token& stop, const std::function<void(base::TlsServerOptions)>& on_leaf);
  // Whether API servers can be answered: they trust what is served. Thread-safe.
  base::Result<void> ready() const;

 private:
  struct Step {
    std::optional<base::TlsServerOptions> leaf;
    bool hurry = true;
  };
  // One look and what follows from it. An error: the API server, or the Secret is missing.
  base::Result<Step> step();
  base::Result<void> observe(Observation& seen, kube::Object& secret);
  base::Result<Configuration> configuration(const kube::ResourceType& type, const std::string& name);
  base::Result<void> change_authority(const Plan& plan, const Observation& seen, const kube::Object& secret);
  base::Result<void> inject(const Configuration& configuration, const std::string& bundle);
  base::Result<base::TlsServerOptions> issue(const base::KeyPair& authority);
  void set_state(std::string not_ready);

  const KeeperOptions options_;
  kube::Client& client_;
  const base::Clock& clock_;
  base::Gauge& leaf_end_;
  base::Gauge& authority_end_;

  // Of the one thread that calls first_leaf() and run().
  std::optional<Authorities> remembered_;
  std::optional<Leaf> leaf_;
  std::optional<base::WallTime> trusted_since_;

  mutable std::mutex mutex_;
  std::string not_ready_ = "no certificate yet";
};

}  // namespace causeway::webhooks::certificates
