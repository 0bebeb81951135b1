#pragma once
// Keeps the table of repositories at what the Repos in the cluster say. Every replica does: what is there already is
// not written again.

#include "apiserver/repository/repository_store.hpp"
#include "kube/runtime/manager.hpp"

namespace causeway::api::repository {

// Before the manager runs; `store` outlives it.
void follow_repositories(kube::Manager& manager, RepositoryStore& store);

}  // namespace causeway::api::repository
