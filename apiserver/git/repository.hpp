#pragma once
// A bare repository as the operator's repo role left it on the disk both share.
//
// The role writes into the repository's own configuration: causeway.visibility (public|private),
// causeway.archived and causeway.lfs.
// A repository without causeway.visibility is not ours to show yet (it is being made): it counts as absent.

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace causeway::api::git {

struct Repository {
  std::filesystem::path directory;
  bool is_private = true;
  bool archived = false;  // read-only
  bool lfs = true;        // Git LFS is served
};

// Thread-safe.
class Repositories {
 public:
  explicit Repositories(std::filesystem::path data);

  // Parts are valid (route.hpp). nullopt: not there. An error: the disk or git failed.
  base::Result<std::optional<Repository>> find(const std::string& owner, const std::string& name) const;
  // The folder is there and can be listed.
  base::Result<void> check() const;

 private:
  struct Cached {
    std::string stamp;  // of the config file: inode, size, times
    Repository repository;
    bool shown = false;
  };
  std::filesystem::path data_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Cached> cache_;
};

}  // namespace causeway::api::git
