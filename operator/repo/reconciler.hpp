#pragma once
#include <filesystem>

#include "kube/runtime/manager.hpp"
#include "operator/repo/import_scan.hpp"
#include "operator/settings.hpp"

namespace causeway::op::repo {

struct RepoOptions {
  std::filesystem::path data = "/var/lib/git";
  // Imports from addresses inside, and not only by https: for tests and closed networks.
  bool allow_private_imports = false;
  std::uint64_t max_import_bytes = 0;  // that an imported repository may take; 0: no limit
  ScanOptions scan;                    // of what imports bring
  base::Duration check_interval = std::chrono::seconds(30);
};

// The Repo controller, beside the disk with the repositories.
void add_to(kube::Manager& manager, const Settings& settings, const RepoOptions& options);

}  // namespace causeway::op::repo
