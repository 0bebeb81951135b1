#pragma once
// Directories, page by page. For .cpp files of this folder.

#include "apiserver/git_host/tree_path.hpp"

namespace causeway::api::git_host {

// Everything but the last commits. In git's order: that of the bytes of the names, where a directory's ends with '/';
// recursive listings thus have the order of whole paths, and a page's cursor is where in that order it ended.
Result<TreePage> list_directory(git_repository* repository, const git_commit* commit, const std::string& path,
                                const TreeQuery& query);

}  // namespace causeway::api::git_host
