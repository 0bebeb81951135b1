#pragma once
// The machine's cgroup hierarchies, whichever kind: v1 (one a controller, possibly several together), v2, or both.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace causeway::onebox {

struct CgroupHierarchy {
  std::filesystem::path mount;  // "/sys/fs/cgroup/cpu,cpuacct"
  bool v2 = false;
  std::string options;                   // to mount it again: "cpu,cpuacct", "none,name=systemd"; empty for v2
  std::vector<std::string> controllers;  // v1: "cpu", "cpuacct"; a name= is none
};
// From /proc/self/mountinfo; the first mount of each.
std::vector<CgroupHierarchy> parse_cgroup_mounts(std::string_view mountinfo);
base::Result<std::vector<CgroupHierarchy>> cgroup_hierarchies();

// Makes `group` ("/causeway-1a2b3c/hub") in every hierarchy and moves the calling process into it.
base::Result<void> enter_cgroup(const std::string& group);
// After unsharing the cgroup namespace: with v2, moves the calling process on into group/init, because a group with
// processes of its own cannot give controllers to others, and the namespace's root shall.
base::Result<void> leave_cgroup_root(const std::string& group);
// For process 1 of a cgroup namespace, after unmounting what it inherited: mounts every hierarchy at its place, rooted
// at the namespace's root.
base::Result<void> mount_own_cgroups(const std::vector<CgroupHierarchy>& hierarchies);

// Kills what is in `group` and below, and removes it, in every hierarchy. The lines say what was there.
base::Result<std::vector<std::string>> remove_cgroup(const std::string& group);
std::vector<pid_t> cgroup_processes(const std::string& group);

}  // namespace causeway::onebox
