#pragma once
// Differences of trees, within limits. For .cpp files of this folder.

#include "apiserver/git_host/diff.hpp"
#include "apiserver/git_host/library.hpp"

namespace causeway::api::git_host {

// `before` null: an empty tree.
Result<Diff> difference(git_repository* repository, git_tree* before, git_tree* after, const DiffLimits& limits);

Result<Diff> difference_of_commit(git_repository* repository, const git_oid& commit, const DiffLimits& limits);

Result<Comparison> compare_commits(git_repository* repository, const git_oid& before, const git_oid& after,
                                   const DiffLimits& limits);

}  // namespace causeway::api::git_host
