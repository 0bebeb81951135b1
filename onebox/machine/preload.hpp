#pragma once
// Folders that begin with what another one holds (onebox/preload.sh). On its disk that takes a moment and no space:
// their files are the same ones. On another they are copies.

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace causeway::onebox {

struct Preload {
  std::filesystem::path from, to;
  // Below them: what is written to in place, so that each has its own. Everything else is only added and removed.
  std::vector<std::string> own;
};

// Makes `to` with the content of `from`, at once and with owners and modes. Nothing happens where `to` is there already
// or `from` is not. An error leaves no `to`.
base::Result<void> preload(const Preload& folders);

// Of containerd (1.6, with overlayfs), and of docker-registry's storage.
Preload node_preload(const std::filesystem::path& given, const std::filesystem::path& containerd);
Preload registry_preload(const std::filesystem::path& given, const std::filesystem::path& registry);

}  // namespace causeway::onebox
