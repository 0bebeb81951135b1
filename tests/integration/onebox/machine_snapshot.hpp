#pragma once
// What is on the machine, line by line, but for what carries another onebox instance's id: others may come and go while
// a test runs.

#include <set>
#include <string>
#include <vector>

namespace causeway::onebox {

// Links, network namespaces, firewall rules, mounts, cgroups, folders that clusters mount over, and processes that
// belong to `data`.
std::set<std::string> machine_snapshot(const std::string& instance, const std::string& data);
// Lines of `after` that are not in `before`, each with a "+", and the other way round with a "-": but for
// folders, which all instances use, and which the last one that ends removes.
std::vector<std::string> difference(const std::set<std::string>& before, const std::set<std::string>& after);

}  // namespace causeway::onebox
