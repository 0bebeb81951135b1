#pragma once
// What integration tests of the operator put into an API server, and what they look for among processes.

#include <string_view>
#include <sys/types.h>
#include <vector>

#include "kube/client/client.hpp"

namespace causeway::test {

// Applies crds/<folder>/crd.yaml of the tree and waits until it is served.
bool install_crd(kube::Client& client, std::string_view folder);

// Children of `pid`, and theirs.
std::vector<pid_t> descendants(pid_t pid);

}  // namespace causeway::test
