#include "onebox/machine/memory.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

std::optional<ino_t> pid_namespace(const fs::path& process) {
  struct stat info {};
  if (::stat((process / "ns/pid").c_str(), &info) != 0) return {};
  return info.st_ino;
}

// Pages that several processes share count in parts (Pss); without smaps_rollup, fully (Rss).
std::int64_t resident_bytes(const fs::path& process) {
  if (auto text = base::read_file(process / "smaps_rollup")) {
    const auto at = text->find("\nPss:");
    if (at != std::string::npos) return std::strtoll(text->c_str() + at + 5, nullptr, 10) * 1024;
  }
  auto text = base::read_file(process / "statm");
  if (!text) return 0;
  const auto space = text->find(' ');
  if (space == std::string::npos) return 0;
  return std::strtoll(text->c_str() + space, nullptr, 10) * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

std::map<pid_t, std::int64_t> resident_memory(const std::vector<pid_t>& inits) {
  std::map<pid_t, std::int64_t> by_init;
  std::map<ino_t, pid_t> init_of;
  for (pid_t pid : inits)
    if (auto ns = pid_namespace("/proc/" + std::to_string(pid)); ns && pid > 0) init_of[*ns] = pid;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const char first = entry.path().filename().string()[0];
    if (first < '0' || first > '9') continue;
    auto ns = pid_namespace(entry.path());
    if (auto it = ns ? init_of.find(*ns) : init_of.end(); it != init_of.end())
      by_init[it->second] += resident_bytes(entry.path());
  }
  return by_init;
}

}  // namespace causeway::onebox
