#pragma once
// What onebox needs of a machine, one small question each.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace causeway::onebox {

struct CheckOptions {
  std::string data;  // where disk space counts; empty: the current folder
  std::string registry_binary = "/usr/bin/docker-registry";
  std::string cni_plugins = "/usr/lib/cni";
};

struct CheckResult {
  std::string what;  // "iptables"
  bool ok = true;
  bool needed = true;  // false: works without, worse
  std::string found;   // ok: what is there; else what is wrong
  std::string why;     // what it is needed for
  std::string remedy;  // how to get it
};

// Whether `free_bytes` of disk suffice in `data`. A folder that has its images and state goes on with less.
CheckResult disk_space(const std::filesystem::path& data, std::int64_t free_bytes, bool in_use);

std::vector<CheckResult> check_machine(const CheckOptions& options);
// A line each; those that fail with reason and remedy.
std::string format_checks(const std::vector<CheckResult>& results);
bool machine_suffices(const std::vector<CheckResult>& results);

}  // namespace causeway::onebox
