#pragma once
// The token a region calls the hub with: made here, renewed by the region, bound to a Secret of the hub.

#include <string>
#include <string_view>

#include "crds/cluster/cluster.hpp"
#include "kube/client/client.hpp"
#include "operator/region/hub_link.hpp"
#include "operator/settings.hpp"

namespace causeway::op::federation {

// Writes Secret `hub` of the region, unless what is there is still good: a region renews its own token. With a new
// token what another cluster reported in the region's name is forgotten.
kube::Result<void> hand_credential(kube::Client& hub, kube::Client& region, const crds::Cluster& cluster,
                                   const Settings& settings);

// UID of the Secret a service account's token is bound to, unverified; "" when it is bound to none, or no such token.
std::string bound_secret_uid(std::string_view jwt);

// Whether the hub still takes what the region has: for the same hub, not expired, not revoked. `secret_uid`: of the
// Secret region-credential there is now; a token bound to an earlier one was revoked with it.
bool usable(const region::HubAddress& there, const region::HubAddress& wanted, std::string_view secret_uid,
            base::WallTime now);

}  // namespace causeway::op::federation
