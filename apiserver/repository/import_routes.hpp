#pragma once
// /api/v1/repositories/{owner}/{name}/import: how the copy of a repository that is elsewhere goes.

#include <vector>

#include "apiserver/repository/deed.hpp"
#include "apiserver/repository/import_store.hpp"
#include "apiserver/repository/writer.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::repository {

// `writer`: null where there is no cluster; nothing is cancelled then.
std::vector<rest::Route> import_routes(RepositoryStore& store, ImportStore imports, Writer* writer,
                                       OnRepositoryDeed done);

}  // namespace causeway::api::repository
