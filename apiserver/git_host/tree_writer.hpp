#pragma once
// A directory out of another one and a plan. For .cpp files of this folder.

#include <vector>

#include "apiserver/git_host/change_plan.hpp"
#include "apiserver/git_host/library.hpp"

namespace causeway::api::git_host {

// Writes the objects; what refers to nothing yet harms nobody. `base` null: from nothing. Only directories that the
// plan names are read and written.
//   kNoPath: what is to be removed or moved is not there. kConflict: a file is put where a directory is, or the other
//   way round. kInvalid: a name that only git may write.
Result<git_oid> write_tree(git_repository* repository, const git_tree* base, const PlanNode& plan,
                           const std::vector<Change>& changes);

}  // namespace causeway::api::git_host
