#pragma once
// Changes that become a commit. For .cpp files of this folder.

#include "apiserver/git_host/change.hpp"
#include "apiserver/git_host/ref_change.hpp"

namespace causeway::api::git_host {

// As git_host.hpp says. Objects first, then the branch, from the value that the commit was made upon.
Result<Committed> commit_changes(const Opened& repository, const CommitRequest& request);

Result<SignaturePtr> make_signature(const Signature& signature);
// Ending in one newline, as git ends messages.
std::string with_newline(std::string_view message);

}  // namespace causeway::api::git_host
