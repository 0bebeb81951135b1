#pragma once
// Repositories: lists with search and filters, and one of them (/api/v1/repositories).

#include <vector>

#include "apiserver/repository/repository_store.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::repository {

std::vector<rest::Route> repository_routes(RepositoryStore& store);

}  // namespace causeway::api::repository
