#pragma once
// Changes of branches and tags. For .cpp files of this folder.
//
// By `git update-ref --stdin`: git's own transaction waits for locks that a push holds, compares old values under them,
// sees names that clash with packed ones ("a" and "a/b") and takes all or none, which libgit2's does in part.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/git_host/library.hpp"

namespace causeway::api::git_host {

struct RefUpdate {
  std::string name;                       // whole: "refs/heads/main"
  ObjectId value;                         // "": delete it
  std::optional<ObjectId> expected = {};  // what it has to be; "": not there; nullopt: anything
};

// kConflict: one is not as expected, or a name clashes. Nothing has changed then.
Result<void> update_refs(git_repository* repository, const std::filesystem::path& directory,
                         const std::vector<RefUpdate>& updates);

// Tells what follows the repository (the operator's repo role) as a push does: by the repository's own post-receive
// hook. An update's `expected` is what it was before. A hook that fails is logged: the change stands.
void run_post_receive(const std::filesystem::path& directory, const std::vector<RefUpdate>& updates);

// HEAD names `branch` from now on.
Result<void> point_head(const std::filesystem::path& directory, const std::string& branch);

}  // namespace causeway::api::git_host
