#include "onebox/machine/firewall.hpp"

#include "base/files.hpp"
#include "base/process.hpp"
#include "onebox/machine/command.hpp"

namespace causeway::onebox {

namespace {

using Argv = std::vector<std::string>;

constexpr const char* kProgram = "iptables";

Argv iptables(const std::string& program, const FirewallChain& chain, Argv arguments) {
  Argv argv{program, "-w", "10", "-t", chain.table};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

Argv with(const std::string& first, Argv rest) {
  rest.insert(rest.begin(), first);
  return rest;
}

bool remove_chain(const std::string& program, const FirewallChain& chain) {
  if (!succeeds(iptables(program, chain, {"-S", chain.name}))) return false;
  while (succeeds(iptables(program, chain, with("-D", entering_rule(chain))))) {
  }
  succeeds(iptables(program, chain, {"-F", chain.name}));
  return succeeds(iptables(program, chain, {"-X", chain.name}));
}

// Asking the old kind about a table would make the table.
bool in_use(const std::string& program, const std::string& table) {
  if (!program.ends_with("-legacy")) return true;
  auto tables = base::read_file("/proc/net/ip_tables_names");
  return tables && ("\n" + *tables).find("\n" + table + "\n") != std::string::npos;
}

}  // namespace

bool firewall_intact(const std::vector<FirewallChain>& chains) {
  for (const auto& chain : chains) {
    if (!succeeds(iptables(kProgram, chain, with("-C", entering_rule(chain))))) return false;
    for (const auto& rule : chain.rules)
      if (!succeeds(iptables(kProgram, chain, with("-C", with(chain.name, rule))))) return false;
  }
  return true;
}

base::Result<void> apply_firewall(const std::vector<FirewallChain>& chains) {
  for (const auto& chain : chains) {
    if (!succeeds(iptables(kProgram, chain, {"-N", chain.name})))
      if (auto flushed = command(iptables(kProgram, chain, {"-F", chain.name})); !flushed) return flushed.error();
    for (const auto& rule : chain.rules) {
      if (auto added = command(iptables(kProgram, chain, with("-A", with(chain.name, rule)))); !added)
        return added.error();
    }
    if (!succeeds(iptables(kProgram, chain, with("-C", entering_rule(chain)))))
      if (auto entered = command(iptables(kProgram, chain, with("-I", entering_rule(chain)))); !entered)
        return entered.error();
  }
  return {};
}

std::vector<std::string> remove_firewall(const std::vector<FirewallChain>& chains) {
  std::vector<std::string> removed;
  for (const char* program : {"iptables", "iptables-nft", "iptables-legacy"}) {
    if (!base::find_program(program)) continue;
    for (const auto& chain : chains)
      if (in_use(program, chain.table) && remove_chain(program, chain))
        removed.push_back("firewall chain " + chain.table + "/" + chain.name);
  }
  return removed;
}

}  // namespace causeway::onebox
