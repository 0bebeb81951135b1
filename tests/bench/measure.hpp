#pragma once
// What this process has used, in the same words as tests/bench/peers/measure.

#include <cstdint>
#include <string_view>

namespace causeway::bench {

double cpu_seconds();                               // user and system time of all threads since the process began
std::uint64_t status_bytes(std::string_view name);  // a line of /proc/self/status: "VmHWM", "VmRSS"
std::uint64_t live_heap();                          // bytes that malloc has handed out and not got back
void settle();                                      // until the process has used next to no CPU for half a second

}  // namespace causeway::bench
