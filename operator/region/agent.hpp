#pragma once
// What keeps a region in the federation: its Lease on the hub, its report, and its token.

#include <memory>
#include <string>

#include "kube/runtime/manager.hpp"
#include "operator/region/hub_link.hpp"
#include "operator/region/token_renewal.hpp"

namespace causeway::op::region {

// Registers three leader-only loops with the manager: Lease `region` renewed every 10 s; ConfigMap `region-report`
// when it changes, and every 5 minutes; the token at half its life, written back to Secret `ns`/`secret`. The hub being
// away is normal: they try again.
class Agent {
 public:
  Agent(kube::Manager& manager, kube::Client& hub, HubAddress address, std::shared_ptr<HubToken> token, std::string ns,
        std::string secret);

 private:
  base::Result<void> renew_lease(std::stop_token stop);
  base::Result<void> send_reports(std::stop_token stop);
  base::Result<void> renew_token(std::stop_token stop);
  std::string report();

  kube::Manager& manager_;
  kube::Client& hub_;
  HubAddress address_;
  TokenRenewal renewal_;
  kube::Informer<kube::Object>& nodes_;
};

// Capacity of a region as its report tells it: sums over the nodes that are Ready.
kube::Object capacity_of(const std::vector<std::shared_ptr<const kube::Object>>& nodes, std::string_view field);

}  // namespace causeway::op::region
