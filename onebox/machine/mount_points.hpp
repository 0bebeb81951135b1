#pragma once
// Folders of the machine that clusters mount their own over (kubelet's are fixed: /var/lib/kubelet, /var/log/pods). One
// that was missing is made, marked with an extended attribute, and removed again when no mount namespace uses it.

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace causeway::onebox {

base::Result<void> ensure_mount_point(const std::filesystem::path& path);
// Those of `paths` that we made, that are empty, and that no process on the machine has anything mounted on. Call with
// the machine-wide lock. Returns what was removed.
std::vector<std::string> remove_mount_points(const std::vector<std::string>& paths);

}  // namespace causeway::onebox
