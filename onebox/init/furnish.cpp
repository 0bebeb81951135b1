#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sys/mount.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "onebox/init/namespaces.hpp"
#include "onebox/machine/cgroups.hpp"
#include "onebox/machine/host_state.hpp"
#include "onebox/machine/mount_points.hpp"
#include "onebox/machine/netns.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

base::Result<void> mount_at(const char* source, const fs::path& target, const char* type, unsigned long flags,
                            const char* options = nullptr) {
  if (::mount(source, target.c_str(), type, flags, options) == 0) return {};
  return base::errno_error(errno, "cannot mount " + target.string());
}

base::Result<void> make_file(const fs::path& path, const std::string& content) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream out(path);
  out << content;
  out.flush();
  if (!out) return base::Error{base::ErrorCode::kIo, "cannot write " + path.string()};
  return {};
}

base::Result<void> do_mount(const MountSpec& spec) {
  if (auto made = ensure_mount_point(spec.target); !made) return made.error();
  auto mounted = spec.source.empty() ? mount_at("tmpfs", spec.target, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
                                     : mount_at(spec.source.c_str(), spec.target, nullptr, MS_BIND | MS_REC);
  if (mounted && spec.shared) mounted = mount_at(nullptr, spec.target, nullptr, MS_SHARED);
  return mounted;
}

base::Result<void> do_mounts(const std::vector<MountSpec>& mounts) {
  if (mounts.empty()) return {};
  // Another instance that leaves removes mount points that nobody uses: not between making one and using it.
  auto lock = lock_machine();
  if (!lock) return lock.error();
  for (const auto& mount : mounts)
    if (auto done = do_mount(mount); !done) return done.error();
  return {};
}

// /etc/resolv.conf is often a link into /run, which is a new one here.
base::Result<void> set_resolv_conf(const std::string& source) {
  auto text = base::read_file(source);
  if (!text) return text.error();
  std::error_code error;
  const fs::path target = fs::weakly_canonical("/etc/resolv.conf", error);
  if (!fs::exists(target, error)) return make_file(target, *text);
  return mount_at(source.c_str(), target, nullptr, MS_BIND);
}

base::Result<void> set_sysctls(const InitSpec& spec) {
  for (const auto& [name, value] : spec.sysctls) {
    const fs::path file = fs::path("/proc/sys") / name;
    std::error_code error;
    if (!fs::exists(file, error)) continue;  // a module that is not there: `check` has spoken about it
    if (auto written = make_file(file, value); !written) return written.error();
  }
  for (const auto& [name, value] : spec.shown_sysctls) {
    const fs::path file = fs::path("/proc/sys") / name, shown = fs::path("/run/onebox/sysctl") / name;
    std::error_code error;
    if (!fs::exists(file, error)) continue;
    if (auto made = make_file(shown, value + "\n"); !made) return made.error();
    if (auto mounted = mount_at(shown.c_str(), file, nullptr, MS_BIND); !mounted) return mounted.error();
  }
  return {};
}

}  // namespace

base::Result<void> furnish(const InitSpec& spec) {
  auto hierarchies = cgroup_hierarchies();
  if (!hierarchies) return hierarchies.error();
  // Nothing that is mounted here reaches the machine, nor the other way round.
  if (auto done = mount_at(nullptr, "/", nullptr, MS_REC | MS_PRIVATE); !done) return done.error();
  forget_netns_mounts();
  if (auto done = mount_at("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC); !done) return done.error();
  if (!spec.cgroup.empty()) {
    // What is mounted shows the machine's groups, above our root.
    if (::umount2("/sys/fs/cgroup", MNT_DETACH) != 0) return base::errno_error(errno, "cannot unmount /sys/fs/cgroup");
    if (auto done = mount_own_cgroups(*hierarchies); !done) return done.error();
  }
  if (auto done = do_mounts(spec.mounts); !done) return done.error();
  if (!spec.resolv_conf.empty())
    if (auto done = set_resolv_conf(spec.resolv_conf); !done) return done.error();
  if (!spec.hostname.empty() && ::sethostname(spec.hostname.c_str(), spec.hostname.size()) != 0)
    return base::errno_error(errno, "cannot set the host name");
  return set_sysctls(spec);
}

}  // namespace causeway::onebox
