#pragma once
// The way from a process of the machine to process 1 of a cluster's own namespaces.

#include "base/result.hpp"
#include "onebox/plan/init_spec.hpp"

namespace causeway::onebox {

// `causeway-onebox init --spec FILE`: enters cgroup and network, makes PID, mount, IPC, host name and cgroup
// namespaces, forks their process 1, records it in the spec's process file, and returns its exit code 0 when that is on
// its way. In process 1 this does not return before everything has been stopped.
int init_main(const std::string& spec_file);

// In process 1: file systems of its own, host name, sysctls.
base::Result<void> furnish(const InitSpec& spec);

}  // namespace causeway::onebox
