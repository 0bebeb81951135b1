#pragma once
// Repositories: lists with search and filters, and one of them, made, changed and removed (/api/v1/repositories).

#include <vector>

#include "apiserver/limits.hpp"
#include "apiserver/repository/deed.hpp"
#include "apiserver/repository/import_store.hpp"
#include "apiserver/repository/writer.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::repository {

// `writer`: null where there is no cluster; changes are 503 then.
std::vector<rest::Route> repository_routes(RepositoryStore& store, ImportStore imports, Writer* writer,
                                           const Limits& limits, OnRepositoryDeed done);

}  // namespace causeway::api::repository
