#include "onebox/machine/netns.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sched.h>
#include <sstream>
#include <sys/mount.h>
#include <thread>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/files.hpp"
#include "onebox/machine/mount_points.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

const fs::path kFolder = "/run/netns";

// On a thread of its own, which alone changes its network and ends with it.
base::Result<void> bind_new_namespace(const fs::path& file) {
  base::Result<void> outcome;
  std::jthread([&] {
    if (::unshare(CLONE_NEWNET) != 0) {
      outcome = base::errno_error(errno, "cannot make a network namespace");
    } else if (::mount("/proc/thread-self/ns/net", file.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      outcome = base::errno_error(errno, "cannot name the network namespace " + file.string());
    }
  }).join();
  return outcome;
}

}  // namespace

std::string netns_file(const std::string& name) {
  return (kFolder / name).string();
}

bool netns_exists(const std::string& name) {
  std::error_code error;
  return fs::exists(kFolder / name, error);
}

base::Result<void> make_netns(const std::string& name) {
  if (auto made = ensure_mount_point(kFolder); !made) return made.error();
  const fs::path file = kFolder / name;
  base::FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
  if (!fd) return base::errno_error(errno, "cannot make " + file.string());
  auto bound = bind_new_namespace(file);
  if (!bound) ::unlink(file.c_str());
  return bound;
}

bool remove_netns(const std::string& name) {
  const fs::path file = kFolder / name;
  ::umount2(file.c_str(), MNT_DETACH);
  return ::unlink(file.c_str()) == 0;
}

std::vector<std::string> netns_names(const std::string& prefix) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(kFolder, error))
    if (auto name = entry.path().filename().string(); name.starts_with(prefix)) names.push_back(std::move(name));
  return names;
}

void forget_netns_mounts() {
  std::istringstream lines(base::read_file("/proc/self/mountinfo").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string skip, mount;
    fields >> skip >> skip >> skip >> skip >> mount;
    if (mount.starts_with(kFolder.string() + "/")) ::umount2(mount.c_str(), MNT_DETACH);
  }
}

}  // namespace causeway::onebox
