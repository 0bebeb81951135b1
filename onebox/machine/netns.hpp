#pragma once
// Network namespaces by name, as `ip netns` knows them, but without the lasting mount that `ip netns add` leaves on
// /run/netns.

#include <string>
#include <vector>

#include "base/result.hpp"

namespace causeway::onebox {

base::Result<void> make_netns(const std::string& name);
bool netns_exists(const std::string& name);
// Takes the name away; the namespace ends with its last process.
bool remove_netns(const std::string& name);
std::vector<std::string> netns_names(const std::string& prefix);
std::string netns_file(const std::string& name);
// Namespaces' names of the machine, seen from a mount namespace of its own, would keep deleted clusters' alive.
void forget_netns_mounts();

}  // namespace causeway::onebox
