#include "tests/bench/measure.hpp"

#include <chrono>
#include <fstream>
#include <malloc.h>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <thread>

namespace causeway::bench {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t status_bytes(std::string_view name) {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;)
    if (word == std::string(name) + ":") {
      std::uint64_t kilobytes = 0;
      file >> kilobytes;
      return kilobytes * 1024;
    }
  throw std::runtime_error("/proc/self/status has no " + std::string(name));
}

std::uint64_t live_heap() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void settle() {
  for (double before = cpu_seconds();;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const double now = cpu_seconds();
    if (now - before < 0.005) return;
    before = now;
  }
}

}  // namespace causeway::bench
