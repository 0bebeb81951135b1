#pragma once
// Keeps the token for the hub valid: at half its life a new one is asked for and written back to the Secret it came
// from.

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "kube/client/client.hpp"
#include "operator/region/hub_link.hpp"

namespace causeway::op::region {

// Not thread-safe: one loop calls check() again and again.
class TokenRenewal {
 public:
  // The token is the hub's ServiceAccount `hub_ns`/region's; it lies in Secret `ns`/`secret` of this cluster.
  TokenRenewal(kube::Client& own, kube::Client& hub, const base::Clock& clock, std::shared_ptr<HubToken> token,
               std::string hub_ns, std::string ns, std::string secret);

  // Renews the token if it is time; returns how long to wait before the next check. A failure is logged.
  base::Duration check();

 private:
  kube::Result<std::string> new_token();

  kube::Client& own_;
  kube::Client& hub_;
  const base::Clock& clock_;
  std::shared_ptr<HubToken> token_;
  std::string hub_ns_, ns_, secret_;
};

}  // namespace causeway::op::region
