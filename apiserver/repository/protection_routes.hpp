#pragma once
// /api/v1/repositories/{owner}/{name}/protected-branches: what may be done with its branches, by whom.

#include <vector>

#include "apiserver/repository/deed.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::repository {

std::vector<rest::Route> protection_routes(RepositoryStore& store, OnRepositoryDeed done);

}  // namespace causeway::api::repository
