#pragma once
// A bare repository on disk, as the git server expects it (apiserver/git/repository.hpp). Everything here runs git.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "crds/repo/repo.hpp"
#include "operator/repo/path.hpp"

namespace causeway::op::repo {

// What the repository itself remembers about whose it is (in its configuration).
struct Owner {
  std::string uid, object;  // Repo's UID and "namespace/name"
};

struct Look {
  std::optional<crds::RepoHead> head;  // of the default branch, if it has a commit
  std::int64_t branch_count = 0, size_bytes = 0;
  std::int64_t lfs_bytes = 0;  // as the LFS server wrote it down (apiserver/lfs/service.hpp)
};

class BareRepository {
 public:
  explicit BareRepository(std::filesystem::path directory, std::stop_token stop = {})
      : directory_(std::move(directory)), stop_(std::move(stop)) {}

  const std::filesystem::path& directory() const { return directory_; }
  bool exists() const;
  // git init --bare; the folder must not exist.
  base::Result<void> init(const std::string& default_branch) const;
  // nullopt: it says nothing (it is not one of ours, or was never finished).
  base::Result<std::optional<Owner>> owner() const;

  // Brings configuration, HEAD, description and hook to what the Repo asks. causeway.visibility, which makes the server
  // show it, is written last.
  base::Result<void> configure(const crds::Repo& repo) const;
  base::Result<Look> look(const std::string& default_branch) const;

  base::Result<std::string> git(std::vector<std::string> arguments) const;  // standard output

 private:
  base::Result<void> set_config(const std::string& key, const std::string& value) const;
  std::filesystem::path directory_;
  std::stop_token stop_;
};

// The post-receive hook of `key`'s repository: touches its file in the events folder.
std::string post_receive_hook(const kube::ObjectKey& key);

// Where the Repo of `uid` lies, if it was made; spec.path may have changed since.
std::optional<RepoPath> remembered_place(const Layout& layout, const std::string& uid);
base::Result<void> remember_place(const Layout& layout, const std::string& uid, const RepoPath& path);
// Renames the repository of `uid` to where `path` wants it, from where it was; ok when there is nothing to move.
// The new place must be free.
base::Result<void> move_repository(const Layout& layout, const std::string& uid, const RepoPath& path,
                                   std::stop_token stop);

// Moves `directory` to "<archive>/<slug>-<time>.git"; ok when it is not there.
base::Result<void> archive_repository(const Layout& layout, const std::filesystem::path& directory,
                                      const kube::ObjectKey& key, base::WallTime now);

}  // namespace causeway::op::repo
