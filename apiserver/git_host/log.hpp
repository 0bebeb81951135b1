#pragma once
// History, page by page. For .cpp files of this folder.

#include "apiserver/git_host/budget.hpp"
#include "apiserver/git_host/library.hpp"

namespace causeway::api::git_host {

// A page's cursor is where the walk began and how many commits it has looked at: it stays right when the branch moves.
// The walk is repeated up to there, which costs about 10 µs a commit (more with a path) and does not count as budget.
Result<LogPage> list_commits(git_repository* repository, const git_oid& start, const LogQuery& query,
                             const Budget& budget);

}  // namespace causeway::api::git_host
