#pragma once
// Memory by cluster: resident pages of every process in its PID namespace, pods included.

#include <cstdint>
#include <map>
#include <sys/types.h>
#include <vector>

namespace causeway::onebox {

// Bytes by process 1's number on the machine, for each of `inits`. One walk through /proc for all. A page that n
// processes share counts as an n-th for each: the programs of all clusters are one file.
std::map<pid_t, std::int64_t> resident_memory(const std::vector<pid_t>& inits);

}  // namespace causeway::onebox
