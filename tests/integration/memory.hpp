#pragma once
// How much memory a server took at most, and the programs that it started.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <sys/types.h>
#include <thread>

namespace causeway::test {

// VmHWM of a process in bytes; 0: it is gone.
inline std::uint64_t peak_memory(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

// From now on VmHWM of this process is what it takes from now on.
inline void forget_peak_memory() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

// Watches the processes below one, which come and go.
class ChildrenWatch {
 public:
  explicit ChildrenWatch(pid_t parent) : parent_(parent), thread_([this](const std::stop_token& stop) { run(stop); }) {}
  // The most that any of them took, in bytes.
  std::uint64_t peak() const { return peak_; }

 private:
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      look(parent_);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // how often, not how long
    }
  }
  void look(pid_t parent) {
    std::error_code error;
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(parent) + "/task", error)) {
      std::ifstream children(task.path() / "children");
      for (pid_t child = 0; children >> child;) {
        peak_ = std::max<std::uint64_t>(peak_, peak_memory(child));
        look(child);
      }
    }
  }

  const pid_t parent_;
  std::atomic<std::uint64_t> peak_ = 0;
  std::jthread thread_;
};

}  // namespace causeway::test
