#include "onebox/plan/firewall_rules.hpp"

namespace causeway::onebox {

std::vector<FirewallChain> firewall_chains(const Names& names, const Subnet& subnet) {
  const std::string bridge = names.bridge();
  FirewallChain forward{"filter", "FORWARD", names.chain("FORWARD"), {}};
  // Cluster to cluster; passes here only where br_netfilter shows bridged packets to iptables.
  forward.rules.push_back({"-i", bridge, "-o", bridge, "-j", "ACCEPT"});
  // Out, but not to another instance; in, only answers: nobody reaches a cluster through this machine.
  forward.rules.push_back({"-i", bridge, "!", "-o", "cw+", "-j", "ACCEPT"});
  forward.rules.push_back({"-o", bridge, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT"});
  forward.rules.push_back({"-o", bridge, "-j", "DROP"});

  FirewallChain input{"filter", "INPUT", names.chain("INPUT"), {}};
  input.rules.push_back({"-i", bridge, "-p", "udp", "--dport", "53", "-j", "ACCEPT"});
  input.rules.push_back({"-i", bridge, "-p", "tcp", "--dport", "53", "-j", "ACCEPT"});
  input.rules.push_back({"-i", bridge, "-p", "tcp", "--dport", "443", "-j", "ACCEPT"});

  FirewallChain nat{"nat", "POSTROUTING", names.chain("NAT"), {}};
  nat.rules.push_back({"-s", subnet.to_string(), "!", "-o", bridge, "-j", "MASQUERADE"});
  return {forward, input, nat};
}

std::vector<std::string> entering_rule(const FirewallChain& chain) {
  return {chain.parent, "-m", "comment", "--comment", "causeway onebox", "-j", chain.name};
}

}  // namespace causeway::onebox
