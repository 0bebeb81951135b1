#include "onebox/machine/cgroups.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <sys/mount.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/file_descriptor.hpp"
#include "base/files.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

// Options of a v1 superblock that are not its controllers.
bool is_controller(const std::string& option) {
  static const std::set<std::string> others{"rw", "ro", "xattr", "noprefix", "clone_children", "cpuset_v2_mode"};
  return !others.contains(option) && option.find('=') == std::string::npos;
}

base::Result<void> put(const fs::path& file, const std::string& text) {
  std::ofstream out(file);
  out << text;
  out.flush();
  if (!out) return base::errno_error(errno == 0 ? EIO : errno, "cannot write '" + text + "' to " + file.string());
  return {};
}

// A v1 cpuset takes no process before it has processors and memory.
base::Result<void> inherit_cpuset(const fs::path& group) {
  for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
    auto value = base::read_file(group.parent_path() / file);
    if (!value) return value.error();
    if (auto written = put(group / file, *value); !written) return written.error();
  }
  return {};
}

base::Result<fs::path> make_group(const CgroupHierarchy& hierarchy, const std::string& group) {
  fs::path path = hierarchy.mount;
  for (const auto& part : fs::path(group).relative_path()) {
    path /= part;
    std::error_code error;
    const bool made = fs::create_directory(path, error);
    if (error)
      return base::Error{base::ErrorCode::kPermission,
                         "cannot make the cgroup " + path.string() + ": " + error.message()};
    if (made && std::ranges::find(hierarchy.controllers, "cpuset") != hierarchy.controllers.end())
      if (auto inherited = inherit_cpuset(path); !inherited) return inherited.error();
  }
  return path;
}

// Controllers reach a v2 group only through every group above it. Those that are refused (no such controller for
// groups, or real-time processes about) stay away; kubelet says which it misses.
void enable_controllers(const fs::path& group) {
  auto available = base::read_file(group / "cgroup.controllers").value_or("");
  std::istringstream names(available);
  for (std::string name; names >> name;) (void)put(group / "cgroup.subtree_control", "+" + name);
}

void for_each_group(const fs::path& group, const std::function<void(const fs::path&)>& deepest_first) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(group, error))
    if (entry.is_directory(error)) for_each_group(entry.path(), deepest_first);
  deepest_first(group);
}

// What v1 has frozen (a container that was being started, or paused) does not die of any signal.
void thaw(const std::string& group, const std::vector<CgroupHierarchy>& all) {
  for (const auto& hierarchy : all) {
    if (hierarchy.v2 || std::ranges::find(hierarchy.controllers, "freezer") == hierarchy.controllers.end()) continue;
    for_each_group(hierarchy.mount / fs::path(group).relative_path(),
                   [](const fs::path& g) { (void)put(g / "freezer.state", "THAWED"); });
  }
}

std::vector<pid_t> processes_of(const fs::path& group) {
  std::vector<pid_t> pids;
  std::istringstream text(base::read_file(group / "cgroup.procs").value_or(""));
  for (pid_t pid = 0; text >> pid;) pids.push_back(pid);
  return pids;
}

}  // namespace

std::vector<CgroupHierarchy> parse_cgroup_mounts(std::string_view mountinfo) {
  std::vector<CgroupHierarchy> all;
  std::istringstream lines{std::string(mountinfo)};
  for (std::string line; std::getline(lines, line);) {
    // 36 35 98:0 /root /mount/point options optional... - type source super-options
    std::istringstream fields(line);
    std::string skip, root, mount, type, source, super;
    fields >> skip >> skip >> skip >> root >> mount;
    while (fields >> skip && skip != "-") {
    }
    fields >> type >> source >> super;
    if (!fields || (type != "cgroup" && type != "cgroup2")) continue;
    CgroupHierarchy hierarchy{.mount = mount, .v2 = type == "cgroup2", .options = "", .controllers = {}};
    if (!hierarchy.v2) {
      std::istringstream options(super);
      for (std::string option; std::getline(options, option, ',');) {
        if (option.starts_with("name=")) hierarchy.options += (hierarchy.options.empty() ? "none," : ",") + option;
        if (!is_controller(option)) continue;
        hierarchy.controllers.push_back(option);
        hierarchy.options += (hierarchy.options.empty() ? "" : ",") + option;
      }
    }
    const bool known = std::ranges::any_of(all, [&](const CgroupHierarchy& other) {
      return other.v2 == hierarchy.v2 && other.options == hierarchy.options;
    });
    if (!known) all.push_back(std::move(hierarchy));
  }
  return all;
}

base::Result<std::vector<CgroupHierarchy>> cgroup_hierarchies() {
  auto text = base::read_file("/proc/self/mountinfo");
  if (!text) return text.error();
  auto all = parse_cgroup_mounts(*text);
  if (all.empty())
    return base::Error{base::ErrorCode::kUnavailable,
                       "no cgroup hierarchy is mounted below /sys/fs/cgroup; `mount -t cgroup2 none /sys/fs/cgroup`"};
  return all;
}

base::Result<void> enter_cgroup(const std::string& group) {
  auto all = cgroup_hierarchies();
  if (!all) return all.error();
  for (const auto& hierarchy : *all) {
    if (hierarchy.v2) {
      fs::path above = hierarchy.mount;
      for (const auto& part : fs::path(group).relative_path()) {
        enable_controllers(above);
        above /= part;
        std::error_code ignored;
        fs::create_directory(above, ignored);
      }
    }
    auto path = make_group(hierarchy, group);
    if (!path) return path.error();
    if (auto moved = put(*path / "cgroup.procs", std::to_string(::getpid())); !moved) return moved.error();
  }
  return {};
}

base::Result<void> leave_cgroup_root(const std::string& group) {
  auto all = cgroup_hierarchies();
  if (!all) return all.error();
  for (const auto& hierarchy : *all) {
    if (!hierarchy.v2) continue;
    auto path = make_group(hierarchy, group + "/init");
    if (!path) return path.error();
    if (auto moved = put(*path / "cgroup.procs", std::to_string(::getpid())); !moved) return moved.error();
  }
  return {};
}

base::Result<void> mount_own_cgroups(const std::vector<CgroupHierarchy>& hierarchies) {
  const bool only_v2 = hierarchies.size() == 1 && hierarchies[0].v2;
  if (!only_v2 && ::mount("cgroups", "/sys/fs/cgroup", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755") != 0)
    return base::errno_error(errno, "cannot mount /sys/fs/cgroup");
  for (const auto& hierarchy : hierarchies) {
    std::error_code error;
    fs::create_directories(hierarchy.mount, error);
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    const char* type = hierarchy.v2 ? "cgroup2" : "cgroup";
    if (::mount(type, hierarchy.mount.c_str(), type, flags, hierarchy.v2 ? nullptr : hierarchy.options.c_str()) != 0)
      return base::errno_error(errno, "cannot mount the cgroups " + hierarchy.mount.string());
    if (hierarchy.controllers.size() > 1)  // "cpu" beside "cpu,cpuacct", as programs expect
      for (const auto& controller : hierarchy.controllers)
        fs::create_directory_symlink(hierarchy.mount.filename(), hierarchy.mount.parent_path() / controller, error);
    if (hierarchy.v2) enable_controllers(hierarchy.mount);
  }
  return {};
}

std::vector<pid_t> cgroup_processes(const std::string& group) {
  std::set<pid_t> pids;
  auto all = cgroup_hierarchies();
  for (const auto& hierarchy : all ? *all : std::vector<CgroupHierarchy>{}) {
    const fs::path path = hierarchy.mount / fs::path(group).relative_path();
    std::error_code error;
    if (!fs::exists(path, error)) continue;
    for_each_group(path, [&](const fs::path& g) {
      for (pid_t pid : processes_of(g)) pids.insert(pid);
    });
  }
  return {pids.begin(), pids.end()};
}

base::Result<std::vector<std::string>> remove_cgroup(const std::string& group) {
  std::vector<std::string> removed;
  auto all = cgroup_hierarchies();
  if (!all) return all.error();
  for (int round = 0;; ++round) {
    auto pids = cgroup_processes(group);
    if (pids.empty()) break;
    if (round == 100) return base::Error{base::ErrorCode::kTimeout, "processes of " + group + " do not end"};
    if (round == 0) removed.push_back(std::to_string(pids.size()) + " processes of cgroup " + group);
    for (pid_t pid : pids)
      if (pid > 0) ::kill(pid, SIGKILL);
    thaw(group, *all);
    base::system_clock().sleep_for(std::chrono::milliseconds(50), {});
  }
  bool any = false;
  for (const auto& hierarchy : *all) {
    const fs::path path = hierarchy.mount / fs::path(group).relative_path();
    // Just emptied groups may still be busy for a moment.
    for (int round = 0; round < 100; ++round) {
      std::error_code error;
      if (!fs::exists(path, error)) break;
      any = true;
      for_each_group(path, [](const fs::path& g) { ::rmdir(g.c_str()); });
      if (!fs::exists(path, error)) break;
      base::system_clock().sleep_for(std::chrono::milliseconds(20), {});
    }
  }
  if (any) removed.push_back("cgroup " + group);
  return removed;
}

}  // namespace causeway::onebox
