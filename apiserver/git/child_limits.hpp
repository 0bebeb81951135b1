#pragma once
// What a git process may take. A pack of a few MiB can hold objects of gigabytes, and git unpacks many of them in
// memory: deltas, directories and commits always, files below core.bigFileThreshold.

#include <cstdint>

#include "base/process.hpp"

namespace causeway::api::git {

struct ChildLimits {
  // Of each process, bytes: a delta of the largest file allowed, what it is a delta of, and git's own tables.
  std::uint64_t memory = 768u << 20;
  std::uint64_t cpu_seconds = 900;  // of each process; to unpack a pack of 2 GiB takes a minute or two
};
// For what reads a setting or changes a ref.
inline constexpr ChildLimits kSmallChild{128u << 20, 60};

// With which the largest file that may be pushed is unpacked, whether it comes whole or as a delta.
constexpr std::uint64_t memory_for(std::uint64_t largest_file) {
  return 2 * largest_file + (256u << 20);
}

inline void limit(base::ProcessSpec& spec, const ChildLimits& limits) {
  spec.max_data_bytes = limits.memory;
  spec.max_cpu_seconds = limits.cpu_seconds;
}

}  // namespace causeway::api::git
