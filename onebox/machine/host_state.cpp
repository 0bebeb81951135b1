#include "onebox/machine/host_state.hpp"

#include <filesystem>
#include <fstream>

#include "base/clock.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

const fs::path kNotes = "/run/causeway-onebox";
const fs::path kForwarding = "/proc/sys/net/ipv4/ip_forward";
const fs::path kBefore = kNotes / "ip_forward";  // its value before the first instance

bool set_forwarding(const std::string& value) {
  std::ofstream out(kForwarding);
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

base::Result<void> want_forwarding(const Names& names) {
  std::error_code error;
  fs::create_directories(kNotes, error);
  auto now = base::read_file(kForwarding);
  if (!now) return now.error();
  if (!fs::exists(kBefore, error))
    if (auto noted = base::write_file_atomic(kBefore, now->substr(0, 1)); !noted) return noted.error();
  if (auto noted = base::write_file_atomic(kNotes / ("instance-" + names.instance), ""); !noted) return noted.error();
  if (now->front() != '1' && !set_forwarding("1"))
    return base::Error{base::ErrorCode::kPermission,
                       "cannot turn on IP forwarding (/proc/sys/net/ipv4/ip_forward is read-only?)"};
  return {};
}

std::vector<std::string> leave_forwarding(const Names& names) {
  std::vector<std::string> removed;
  std::error_code error;
  fs::remove(kNotes / ("instance-" + names.instance), error);
  for (const auto& entry : fs::directory_iterator(kNotes, error))
    if (entry.path().filename().string().starts_with("instance-")) return removed;
  if (auto before = base::read_file(kBefore); before && *before == "0" && set_forwarding("0"))
    removed.push_back("IP forwarding, turned on by onebox");
  fs::remove_all(kNotes, error);
  return removed;
}

}  // namespace causeway::onebox
