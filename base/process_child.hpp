#pragma once
// What happens between fork and exec. For process.cpp only.

#include <cstdint>
#include <sys/types.h>

namespace causeway::base {

enum class ChildStage { kSetup, kDirectory, kExec };

// What the child reports through the pipe when it cannot become the program.
struct ChildFailure {
  ChildStage stage = ChildStage::kSetup;
  int error = 0;
};

// Everything prepared by the parent; nothing is owned.
struct ChildPlan {
  const char* program = nullptr;  // a path
  char* const* argv = nullptr;
  char* const* envp = nullptr;
  const char* cwd = nullptr;
  int stdio[3] = {-1, -1, -1};  // -1: inherit; otherwise above 2
  int report = -1;              // close-on-exec pipe for a ChildFailure
  bool own_group = true;
  int parent_death_signal = 0;
  pid_t parent = 0;
  std::uint64_t max_data_bytes = 0, max_cpu_seconds = 0;  // 0: as the parent
};

// In the forked child, all signals blocked: becomes the program or reports and exits. Only async-signal-safe calls.
[[noreturn]] void become(const ChildPlan& plan) noexcept;

}  // namespace causeway::base
