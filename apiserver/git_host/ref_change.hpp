#pragma once
// Branches and tags, made and removed. For .cpp files of this folder. Each tells the post-receive hook.

#include "apiserver/git_host/ref_update.hpp"
#include "apiserver/git_host/refs.hpp"

namespace causeway::api::git_host {

// As git_host.hpp says.
Result<Branch> create_branch(const Opened& repository, const std::string& name, const std::string& revision);
Result<void> delete_branch(const Opened& repository, const std::string& name, const ObjectId& expected);
Result<void> rename_branch(const Opened& repository, const std::string& from, const std::string& to);
Result<void> set_default_branch(const Opened& repository, const std::string& name);
Result<Tag> create_tag(const Opened& repository, const NewTag& tag);
Result<void> delete_tag(const Opened& repository, const std::string& name);

}  // namespace causeway::api::git_host
