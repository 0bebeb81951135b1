#include "onebox/machine/preload.hpp"

#include <sys/stat.h>

#include "onebox/machine/command.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

bool same_file_system(const fs::path& a, const fs::path& b) {
  struct stat of_a {};
  struct stat of_b {};
  return ::stat(a.c_str(), &of_a) == 0 && ::stat(b.c_str(), &of_b) == 0 && of_a.st_dev == of_b.st_dev;
}

}  // namespace

base::Result<void> preload(const Preload& folders) {
  std::error_code error;
  if (fs::exists(folders.to, error) || !fs::is_directory(folders.from, error)) return {};
  const bool one_disk = same_file_system(folders.from, folders.to.parent_path());
  const fs::path unfinished = folders.to.string() + ".new";
  fs::remove_all(unfinished, error);  // of one that was killed
  auto fill = [&]() -> base::Result<void> {
    auto made =
        command({"cp", "-a", one_disk ? "--link" : "--reflink=auto", folders.from.string(), unfinished.string()});
    if (!made) return made.error();
    for (const auto& path : folders.own) {
      fs::remove_all(unfinished / path, error);
      auto copied = command({"cp", "-a", (folders.from / path).string(), (unfinished / path).string()});
      if (!copied) return copied.error();
    }
    fs::rename(unfinished, folders.to, error);
    if (error) return base::Error{base::ErrorCode::kIo, "cannot make " + folders.to.string() + ": " + error.message()};
    return {};
  };
  auto filled = fill();
  if (!filled) fs::remove_all(unfinished, error);
  return filled;
}

Preload node_preload(const fs::path& given, const fs::path& containerd) {
  return {.from = given / "containerd",
          .to = containerd,
          .own = {"io.containerd.metadata.v1.bolt/meta.db", "io.containerd.snapshotter.v1.overlayfs/metadata.db"}};
}

Preload registry_preload(const fs::path& given, const fs::path& registry) {
  return {.from = given / "registry", .to = registry, .own = {"docker/registry/v2/repositories"}};
}

}  // namespace causeway::onebox
