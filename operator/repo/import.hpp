#pragma once
// Copies of repositories that are elsewhere.

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::op::repo {

struct ImportOptions {
  bool allow_private_addresses = false;  // also allows http:// and file://, for tests and closed networks
  std::filesystem::path credentials;     // folder with `username` and `password`; empty: none
  std::filesystem::path scratch;         // ours alone
  base::Duration timeout = std::chrono::minutes(30);
  std::stop_token stop = {};
};

// Arguments for git that pin `url`'s host to the addresses it has now, so that what was checked is what is connected
// to. kInvalidArgument: not https, credentials inside, or an address that may not be asked.
base::Result<std::vector<std::string>> checked_remote(const std::string& url, const ImportOptions& options);

// git clone --mirror into `directory`, which must not exist; no remote stays configured.
base::Result<void> import_repository(const std::string& url, const std::filesystem::path& directory,
                                     const ImportOptions& options);
// Branches and tags of `directory` made equal to those of `url`.
base::Result<void> mirror_again(const std::string& url, const std::filesystem::path& directory,
                                const ImportOptions& options);

}  // namespace causeway::op::repo
