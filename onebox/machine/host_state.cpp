#include "onebox/machine/host_state.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/clock.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

const fs::path kNotes = "/run/causeway-onebox";
const fs::path kBefore =
    kNotes / "kernel";  // a file for each setting that was changed: its value before the first instance

// Of the whole machine. With the kernel's 128 inotify instances containerd and kubelet of the third or fourth cluster
// find none left: containerd then runs without its CRI service, and the node never comes.
struct Setting {
  const char *name, *why;
  long at_least;
};
constexpr Setting kSettings[] = {
    {"net/ipv4/ip_forward", "IP forwarding", 1},
    {"fs/inotify/max_user_instances", "the number of inotify instances", 8192},
    {"fs/inotify/max_user_watches", "the number of inotify watches", 524288},
};

fs::path path_of(const Setting& setting) {
  return fs::path("/proc/sys") / setting.name;
}

std::string note_of(const Setting& setting) {
  return fs::path(setting.name).filename().string();
}

base::Result<long> value_in(const fs::path& file) {
  auto text = base::read_file(file);
  if (!text) return text.error();
  return std::strtol(text->c_str(), nullptr, 10);
}

bool set(const Setting& setting, long value) {
  std::ofstream out(path_of(setting));
  out << value;
  out.flush();
  return static_cast<bool>(out);
}

}  // namespace

base::Result<base::FileLock> lock_machine() {
  const auto deadline = base::system_clock().steady() + std::chrono::seconds(30);
  std::error_code ignored;
  fs::create_directories("/run/lock", ignored);
  while (true) {
    auto lock = base::FileLock::try_acquire("/run/lock/causeway-onebox.lock");
    if (lock || lock.error().code != base::ErrorCode::kUnavailable) return lock;
    if (base::system_clock().steady() > deadline)
      return base::Error{base::ErrorCode::kTimeout,
                         "another onebox has held /run/lock/causeway-onebox.lock for 30 s; is it stopped (SIGSTOP)?"};
    base::system_clock().sleep_for(std::chrono::milliseconds(20), {});
  }
}

base::Result<void> want_kernel_settings(const Names& names) {
  std::error_code error;
  fs::create_directories(kBefore, error);
  if (auto noted = base::write_file_atomic(kNotes / ("instance-" + names.instance), ""); !noted) return noted.error();
  for (const auto& setting : kSettings) {
    const auto now = value_in(path_of(setting));
    if (!now) return now.error();
    if (*now >= setting.at_least) continue;
    const auto note = kBefore / note_of(setting);
    if (!fs::exists(note, error))
      if (auto noted = base::write_file_atomic(note, std::to_string(*now)); !noted) return noted.error();
    if (!set(setting, setting.at_least))
      return base::Error{base::ErrorCode::kPermission, "cannot raise " + std::string(setting.why) + " to " +
                                                           std::to_string(setting.at_least) + " (" +
                                                           path_of(setting).string() + " is read-only?)"};
  }
  return {};
}

std::vector<std::string> leave_kernel_settings(const Names& names) {
  std::vector<std::string> removed;
  std::error_code error;
  fs::remove(kNotes / ("instance-" + names.instance), error);
  for (const auto& entry : fs::directory_iterator(kNotes, error))
    if (entry.path().filename().string().starts_with("instance-")) return removed;
  for (const auto& setting : kSettings) {
    const auto before = value_in(kBefore / note_of(setting));
    const auto now = value_in(path_of(setting));
    // What somebody else has changed since is theirs.
    if (before && now && *now == setting.at_least && set(setting, *before))
      removed.push_back(std::string(setting.why) + ", raised by onebox");
  }
  fs::remove_all(kNotes, error);
  return removed;
}

}  // namespace causeway::onebox
