#pragma once
// Repositories as folders: made, copied, moved, removed. For .cpp files of this folder.

#include <filesystem>
#include <string>

#include "apiserver/git_host/git_host.hpp"

namespace causeway::api::git_host {

// <data>/<owner>/<name>.git, and what is not (yet, or any more) in its place in <data>/.tmp.
class Places {
 public:
  explicit Places(std::filesystem::path data) : data_(std::move(data)) {}

  // kInvalid: an owner or name that no repository can have (apiserver/git/route.hpp).
  Result<std::filesystem::path> of(const RepositoryName& repository) const;
  // A folder that is not there yet, on the same file system.
  Result<std::filesystem::path> temporary() const;
  const std::filesystem::path& data() const { return data_; }

 private:
  std::filesystem::path data_;
};

// Everything is made in .tmp and renamed into place whole, so that nobody sees half a repository; a name that is taken
// meanwhile is a conflict.
Result<void> create_repository(const Places& places, const RepositoryName& repository, const NewRepository& settings);
// Objects are hard links where the file system has them: they never change.
Result<void> duplicate_repository(const Places& places, const std::filesystem::path& source, const RepositoryName& copy,
                                  bool is_private);
Result<void> move_repository(const Places& places, const std::filesystem::path& source, const RepositoryName& to);
// Renamed aside first: it is gone at once, and whoever reads it just now reads on or fails cleanly.
Result<void> remove_repository(const Places& places, const std::filesystem::path& directory);

// Bytes that the folder takes on the disk. Files that go meanwhile are not counted.
std::uint64_t disk_usage(const std::filesystem::path& directory);

}  // namespace causeway::api::git_host
