#pragma once
// The packet filter rules of an instance: chains of its own, entered by one marked rule each.

#include <string>
#include <vector>

#include "onebox/plan/addresses.hpp"
#include "onebox/plan/names.hpp"

namespace causeway::onebox {

struct FirewallChain {
  std::string table;   // "filter", "nat"
  std::string parent;  // "FORWARD", "POSTROUTING", "INPUT": entered from its first place
  std::string name;
  std::vector<std::vector<std::string>> rules;  // arguments after `-A NAME`
};

std::vector<FirewallChain> firewall_chains(const Names& names, const Subnet& subnet);
// `-A PARENT …` arguments of the rule that enters the chain.
std::vector<std::string> entering_rule(const FirewallChain& chain);

}  // namespace causeway::onebox
