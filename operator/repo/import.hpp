#pragma once
// Copies of repositories that are elsewhere.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/host_patterns.hpp"
#include "base/result.hpp"
#include "crds/repo/import_progress.hpp"
#include "operator/repo/import_scan.hpp"

namespace causeway::op::repo {

struct ImportOptions {
  bool allow_private_addresses = false;            // also allows http:// and file://, for tests and closed networks
  base::HostPatterns hosts;                        // that may be asked
  std::filesystem::path credentials;               // folder with `username` and `password`; empty: none
  std::filesystem::path scratch;                   // ours alone, and there
  base::Duration timeout = std::chrono::hours(2);  // one that says nothing for a minute is given up before
  std::uint64_t max_bytes = 0;                     // that it may take on the disk, about; 0: no limit
  ScanOptions scan = {};
  // Called about every second while git works. False: it is not wanted any more.
  std::function<bool(const crds::ImportProgress&)> watch = {};
  std::stop_token stop = {};
};

// Arguments for git that pin `url`'s host to the addresses it has now, so that what was checked is what is connected
// to. kInvalidArgument: not https, credentials inside, or a host or address that may not be asked.
base::Result<std::vector<std::string>> checked_remote(const std::string& url, const ImportOptions& options);

// git clone --mirror into `directory`, which must not exist; no remote stays configured. What was begun is there when
// it fails. kInvalidArgument: it will not do better the next time, as with malware; kCancelled: `watch` or `stop` said
// so; anything else may pass. The message is for people.
base::Result<void> import_repository(const std::string& url, const std::filesystem::path& directory,
                                     const ImportOptions& options);
// Branches and tags of `directory` made equal to those of `url`. Of what is refused as malware nothing is kept.
base::Result<void> mirror_again(const std::string& url, const std::filesystem::path& directory,
                                const ImportOptions& options);

}  // namespace causeway::op::repo
