#include "base/mounted_files.hpp"

#include <algorithm>

namespace causeway::base {

namespace fs = std::filesystem;

std::vector<fs::path> mounted_files(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const auto& path : paths) {
    std::error_code error;
    fs::directory_iterator folder(path, error);
    if (error) {
      files.push_back(path);
      continue;
    }
    std::vector<fs::path> inside;
    for (const auto& entry : folder)
      if (!entry.path().filename().string().starts_with('.')) inside.push_back(entry.path());
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

}  // namespace causeway::base
