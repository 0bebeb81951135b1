#pragma once
// Which commit last changed each entry of a directory. For .cpp files of this folder.

#include <string>
#include <vector>

#include "apiserver/git_host/content.hpp"
#include "apiserver/git_host/log.hpp"

namespace causeway::api::git_host {

// Fills Entry::last of the directory's entries, for all of them in one walk: each is the first commit of
// `git log COMMIT -- ENTRY`. False: the budget was used up before all were found.
Result<bool> find_last_changes(git_repository* repository, const git_oid& commit, const std::string& directory,
                               std::vector<Entry>& entries, const Budget& budget);

}  // namespace causeway::api::git_host
