#pragma once
// From what people call a commit to the commit. For .cpp files of this folder.

#include <optional>
#include <string>

#include "apiserver/git_host/library.hpp"
#include "apiserver/git_host/refs.hpp"

namespace causeway::api::git_host {

// As git_host.hpp says it.
Result<git_oid> resolve_revision(git_repository* repository, const std::string& revision);

// nullopt: the revision means HEAD, or the branch that HEAD names, and that has no commit yet.
Result<std::optional<git_oid>> resolve_or_unborn(git_repository* repository, const std::string& revision);

Result<Head> read_head(git_repository* repository);

// The commit that a ref leads to, by its whole name; nullopt: there is no such ref. kNoRevision: it leads to something
// else.
Result<std::optional<git_oid>> commit_of_ref(git_repository* repository, const std::string& name);

// What the ref itself holds; nullopt: there is no such ref.
Result<std::optional<git_oid>> value_of_ref(git_repository* repository, const std::string& name);

}  // namespace causeway::api::git_host
