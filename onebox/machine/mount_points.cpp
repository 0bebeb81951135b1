#include "onebox/machine/mount_points.hpp"

#include <algorithm>
#include <cctype>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/log.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

constexpr const char* kMark = "trusted.causeway.made";

bool mounted_anywhere(const std::string& path) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const auto name = entry.path().filename().string();
    if (!std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; })) continue;
    auto mounts = base::read_file(entry.path() / "mountinfo");
    if (mounts && mounts->find(" " + path + " ") != std::string::npos) return true;
  }
  return false;
}

}  // namespace

base::Result<void> ensure_mount_point(const fs::path& path) {
  std::error_code error;
  const bool made = fs::create_directories(path, error);  // not when another has made it meanwhile
  if (error) return base::Error{base::ErrorCode::kIo, "cannot make " + path.string() + ": " + error.message()};
  // Without attributes on its file system the folder simply stays.
  if (made && ::setxattr(path.c_str(), kMark, "1", 1, 0) != 0)
    base::log::debug("a folder made for mounts cannot be marked", {{"path", path.string()}});
  return {};
}

std::vector<std::string> remove_mount_points(const std::vector<std::string>& paths) {
  std::vector<std::string> removed;
  for (const auto& path : paths) {
    char value = 0;
    if (::getxattr(path.c_str(), kMark, &value, 1) < 0 || mounted_anywhere(path)) continue;
    if (::rmdir(path.c_str()) == 0) removed.push_back("folder " + path);
  }
  return removed;
}

}  // namespace causeway::onebox
