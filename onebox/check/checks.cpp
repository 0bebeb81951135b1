#include "onebox/check/checks.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/process.hpp"
#include "onebox/machine/cgroups.hpp"
#include "onebox/machine/command.hpp"
#include "onebox/machine/overlay.hpp"
#include "onebox/plan/layout.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMega = 1 << 20;
constexpr std::int64_t kNeededMemory = 1500 * kMega, kNeededDisk = 3000 * kMega;

CheckResult good(std::string what, std::string found) {
  return {.what = std::move(what), .ok = true, .needed = true, .found = std::move(found), .why = "", .remedy = ""};
}
CheckResult bad(std::string what, std::string found, std::string why, std::string remedy) {
  return {.what = std::move(what),
          .ok = false,
          .needed = true,
          .found = std::move(found),
          .why = std::move(why),
          .remedy = std::move(remedy)};
}

CheckResult root() {
  if (::geteuid() == 0) return good("root", "yes");
  return bad("root", "running as user " + std::to_string(::geteuid()),
             "clusters are network, mount and PID namespaces, which only root may make",
             "run it with sudo, or as root");
}

CheckResult program(const std::string& name, const std::string& package, const std::string& why) {
  if (auto path = base::find_program(name)) return good(name, *path);
  const auto folder = name.find('/') != std::string::npos;
  return bad(name, folder ? "there is no such program" : "not on the PATH", why,
             "apt-get install " + package + " (Debian, Ubuntu)");
}

CheckResult namespaces() {
  const std::string why = "each cluster runs in namespaces of its own";
  const pid_t child = ::fork();
  if (child == 0) {
    const int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP;
    ::_exit(::unshare(flags) == 0 ? 0 : errno & 0x7f);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) < 0 || !WIFEXITED(status))
    return bad("namespaces", "could not be tried", why, "see why processes cannot be started here");
  if (WEXITSTATUS(status) == 0) return good("namespaces", "mount, pid, ipc, uts, net, cgroup");
  const bool denied = WEXITSTATUS(status) == EPERM;
  return bad("namespaces", std::strerror(WEXITSTATUS(status)), why,
             denied ? "in a container, start that one privileged; elsewhere, run as root"
                    : "use a kernel with CONFIG_NAMESPACES, _PID_NS, _NET_NS, _IPC_NS, _UTS_NS and CONFIG_CGROUPS");
}

CheckResult overlay(const fs::path& data) {
  auto tried = try_overlay(data);
  if (tried) return good("overlayfs", "works in " + data.string());
  auto result = bad("overlayfs", tried.error().message, "containers are layers on top of their images",
                    "choose a data folder on a disk (ext4, xfs, btrfs), not on an overlay or a network; without it, "
                    "images are copied for each container");
  result.needed = false;
  return result;
}

CheckResult link_kind(const std::string& what, std::vector<std::string> kind, const std::string& module) {
  const std::string name = "cwtry" + std::to_string(::getpid() % 1000000);
  std::vector<std::string> add{"ip", "link", "add", name, "type"};
  add.insert(add.end(), kind.begin(), kind.end());
  auto made = command(add);
  if (!made)
    return bad(what, made.error().message, "clusters are joined by a bridge and cables (veth) to it",
               "modprobe " + module + ", or a kernel that has it");
  succeeds({"ip", "link", "del", name});
  return good(what, "can be made");
}

CheckResult iptables() {
  auto listed = command({"iptables", "-w", "10", "-t", "nat", "-S", "POSTROUTING"});
  if (!listed)
    return bad("iptables", listed.error().message, "pods reach the outside by NAT, and Services are iptables rules",
               "apt-get install iptables; modprobe iptable_nat (or nf_tables); as root");
  return good("iptables", command({"iptables", "--version"}).value_or("?").substr(0, 40));
}

CheckResult cni(const std::string& folder) {
  std::string missing;
  for (const char* plugin : {"bridge", "host-local", "loopback", "portmap"})
    if (::access((fs::path(folder) / plugin).c_str(), X_OK) != 0)
      missing += std::string(missing.empty() ? "" : ", ") + plugin;
  if (missing.empty()) return good("CNI plugins", folder);
  return bad("CNI plugins", folder + " lacks " + missing, "pods get their network from them",
             "apt-get install containernetworking-plugins, or --cni-plugins FOLDER");
}

CheckResult controllers() {
  auto hierarchies = cgroup_hierarchies();
  const std::string why = "limits of pods, and the certainty that everything of a cluster is found and ended";
  if (!hierarchies)
    return bad("cgroups", hierarchies.error().message, why, "mount them (systemd does, or cgroupfs-mount)");
  std::string present;
  std::vector<std::string> all;
  for (const auto& h : *hierarchies) {
    all.insert(all.end(), h.controllers.begin(), h.controllers.end());
    std::istringstream v2(h.v2 ? base::read_file(h.mount / "cgroup.controllers").value_or("") : "");
    for (std::string name; v2 >> name;) all.push_back(name);
  }
  std::string missing;
  for (const char* name : {"cpu", "cpuset", "memory", "pids"})
    if (std::ranges::find(all, name) == all.end()) missing += std::string(missing.empty() ? "" : ", ") + name;
  for (const auto& name : all) present += (present.empty() ? "" : " ") + name;
  if (!missing.empty())
    return bad("cgroups", "no controller " + missing + " (there are " + present + ")", why,
               "boot with cgroup_enable=memory, or use a kernel with these controllers");
  // They may be there and read-only.
  const fs::path trial = (*hierarchies)[0].mount / ("causeway-trial-" + std::to_string(::getpid()));
  std::error_code error;
  fs::create_directory(trial, error);
  if (error)
    return bad("cgroups", (*hierarchies)[0].mount.string() + " cannot be written: " + error.message(), why,
               "in a container, start that one privileged");
  ::rmdir(trial.c_str());
  return good("cgroups", present);
}

CheckResult bridged_packets() {
  const fs::path setting = "/proc/sys/net/bridge/bridge-nf-call-iptables";
  if (!fs::exists(setting)) succeeds({"modprobe", "br_netfilter"});
  if (fs::exists(setting)) return good("br_netfilter", "there");
  return bad("br_netfilter", "not loaded, and it cannot be loaded",
             "a pod that reaches a Service whose pod is on the same node is answered only with it",
             "modprobe br_netfilter, or a kernel with CONFIG_BRIDGE_NETFILTER");
}

CheckResult memory() {
  auto text = base::read_file("/proc/meminfo").value_or("");
  auto at = text.find("MemAvailable:");
  const std::int64_t bytes = at == std::string::npos ? 0 : std::strtoll(text.c_str() + at + 13, nullptr, 10) * 1024;
  const std::string found = std::to_string(bytes / kMega) + " MB available";
  if (bytes >= kNeededMemory) return good("memory", found);
  auto result =
      bad("memory", found, "a cluster takes about 700 MB before any pod", "end other programs, or add memory");
  result.needed = bytes < kNeededMemory / 2;
  return result;
}

CheckResult disk(const fs::path& data) {
  struct statvfs info {};
  if (::statvfs(data.c_str(), &info) != 0)
    return bad("disk", "cannot look at " + data.string(), "clusters keep images and state there",
               "choose another --data");
  if ((info.f_flag & ST_RDONLY) != 0)
    return bad("disk", data.string() + " is read-only", "clusters keep images and state there",
               "choose another --data");
  return disk_space(data, static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize),
                    fs::exists(Layout{data}.instance()));
}

fs::path existing_parent(fs::path path) {
  std::error_code error;
  path = fs::absolute(path.empty() ? "." : path, error);
  while (!fs::is_directory(path, error) && path.has_parent_path() && path != path.parent_path())
    path = path.parent_path();
  return path;
}

}  // namespace

CheckResult disk_space(const fs::path& data, std::int64_t free_bytes, bool in_use) {
  const std::string found = std::to_string(free_bytes / kMega) + " MB free in " + data.string();
  if (free_bytes >= kNeededDisk) return good("disk", found);
  auto result = bad("disk", found, "images and state need about 3000 MB", "free some, or choose another --data");
  result.needed = !in_use;
  return result;
}

std::vector<CheckResult> check_machine(const CheckOptions& options) {
  const fs::path data = existing_parent(options.data);
  std::vector<CheckResult> results;
  results.push_back(root());
  results.push_back(program("ip", "iproute2", "networks of clusters are made with it"));
  results.push_back(program("containerd", "containerd", "it runs the containers of a cluster"));
  results.push_back(program("runc", "runc", "containerd starts containers with it"));
  results.push_back(program("conntrack", "conntrack", "kube-proxy forgets connections of pods that are gone with it"));
  results.push_back(program(options.registry_binary, "docker-registry", "the registry of this machine's clusters"));
  results.push_back(cni(options.cni_plugins));
  results.push_back(iptables());
  results.push_back(controllers());
  results.push_back(memory());
  results.push_back(disk(data));
  if (!results.front().ok) return results;  // the others need root to be tried
  results.push_back(namespaces());
  results.push_back(overlay(data));
  results.push_back(link_kind("bridge", {"bridge"}, "bridge"));
  results.push_back(link_kind("veth", {"veth"}, "veth"));
  results.push_back(bridged_packets());
  return results;
}

std::string format_checks(const std::vector<CheckResult>& results) {
  std::string text;
  for (const auto& r : results) {
    text += std::string(r.ok ? "ok    " : r.needed ? "LACKS " : "warn  ") + r.what + ": " + r.found + "\n";
    if (!r.ok) text += "        why: " + r.why + "\n        get it: " + r.remedy + "\n";
  }
  return text;
}

bool machine_suffices(const std::vector<CheckResult>& results) {
  return std::ranges::all_of(results, [](const CheckResult& r) { return r.ok || !r.needed; });
}

}  // namespace causeway::onebox
