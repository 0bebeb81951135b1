#pragma once
// /api/v1/repositories/{owner}/{name}/collaborators: who may work on a repository besides its owner.

#include <vector>

#include "apiserver/repository/deed.hpp"
#include "apiserver/repository/writer.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::repository {

// `writer`: null where there is no cluster; changes are refused then. `most`: of a repository.
std::vector<rest::Route> collaborator_routes(RepositoryStore& store, Writer* writer, std::int64_t most,
                                             OnRepositoryDeed done);

}  // namespace causeway::api::repository
