#include "onebox/machine/overlay.hpp"

#include <cerrno>
#include <sys/mount.h>

#include "base/encoding.hpp"
#include "base/file_descriptor.hpp"

namespace causeway::onebox {

base::Result<void> try_overlay(const std::filesystem::path& dir) {
  namespace fs = std::filesystem;
  const fs::path trial = dir / (".overlay-trial-" + base::random_hex(8));
  std::error_code error;
  for (const char* part : {"lower", "upper", "work", "merged"}) {
    fs::create_directories(trial / part, error);
    if (error)
      return base::Error{base::ErrorCode::kIo, "cannot make a folder in " + dir.string() + ": " + error.message()};
  }
  const std::string options = "lowerdir=" + (trial / "lower").string() + ",upperdir=" + (trial / "upper").string() +
                              ",workdir=" + (trial / "work").string();
  const fs::path merged = trial / "merged";
  base::Result<void> outcome;
  if (::mount("overlay", merged.c_str(), "overlay", 0, options.c_str()) != 0)
    outcome = base::errno_error(errno, "cannot mount an overlay in " + dir.string());
  else
    ::umount2(merged.c_str(), MNT_DETACH);
  fs::remove_all(trial, error);
  return outcome;
}

}  // namespace causeway::onebox
