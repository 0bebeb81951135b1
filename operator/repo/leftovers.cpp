#include "operator/repo/leftovers.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <sys/stat.h>

namespace causeway::op::repo {
namespace {

namespace fs = std::filesystem;

// nullopt: it is gone, or cannot be looked at.
std::optional<base::WallTime> written(const fs::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return std::nullopt;
  return base::WallTime(std::chrono::seconds(info.st_mtim.tv_sec));
}

// When something was written last, in all of a folder.
std::optional<base::WallTime> last_written(const fs::path& path) {
  auto last = written(path);
  std::error_code error;
  if (!last || !fs::is_directory(fs::symlink_status(path, error))) return last;
  for (fs::recursive_directory_iterator file(path, error), end; !error && file != end; file.increment(error)) {
    if (const auto at = written(file->path())) last = std::max(*last, *at);
  }
  return error ? std::nullopt : last;
}

std::size_t remove_in(const fs::path& folder, const std::string& prefix, base::WallTime now) {
  std::size_t removed = 0;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(prefix)) continue;
    const auto last = last_written(entry->path());
    if (!last || now - *last < kAbandoned) continue;
    std::error_code failed;
    fs::remove_all(entry->path(), failed);
    if (!failed) ++removed;
  }
  return removed;
}

}  // namespace

std::size_t remove_leftovers(const fs::path& repository, base::WallTime now) {
  return remove_in(repository / "objects", "tmp_objdir-", now) +
         remove_in(repository / "objects" / "pack", "tmp_", now);
}

}  // namespace causeway::op::repo
