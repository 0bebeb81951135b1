#pragma once
// Branches and tags, listed. For .cpp files of this folder.

#include "apiserver/git_host/library.hpp"
#include "apiserver/git_host/refs.hpp"

namespace causeway::api::git_host {

Result<RefPage<Branch>> list_branches(git_repository* repository, const RefQuery& query);
Result<RefPage<Tag>> list_tags(git_repository* repository, const RefQuery& query);
Result<std::size_t> count_branches(git_repository* repository);
// nullopt: there is no such tag.
Result<std::optional<Tag>> find_tag(git_repository* repository, const std::string& name);

}  // namespace causeway::api::git_host
