#pragma once
// Applies and removes the chains of firewall_rules.hpp with the machine's iptables, of either kind.

#include <string>
#include <vector>

#include "base/result.hpp"
#include "onebox/plan/firewall_rules.hpp"

namespace causeway::onebox {

// Whether every rule is there.
bool firewall_intact(const std::vector<FirewallChain>& chains);
// Idempotent; what is there already is replaced.
base::Result<void> apply_firewall(const std::vector<FirewallChain>& chains);
// Returns the chains that were there. Other kinds of iptables on the machine are looked through as well: the
// alternative may have been switched meanwhile.
std::vector<std::string> remove_firewall(const std::vector<FirewallChain>& chains);

}  // namespace causeway::onebox
