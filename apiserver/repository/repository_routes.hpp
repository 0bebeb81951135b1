#pragma once
// Repositories: lists with search and filters, and one of them, made, changed and removed (/api/v1/repositories).

#include <boost/json/object.hpp>
#include <functional>
#include <string_view>
#include <vector>

#include "apiserver/repository/repository_store.hpp"
#include "apiserver/repository/writer.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::repository {

// Something that was done to a repository through these routes: "repository.created", "….changed", "….removed".
struct RepositoryDeed {
  std::string_view action;
  const Repository& repository;
  const boost::json::object& change;  // what was asked for
};
using OnRepositoryDeed = std::function<void(const rest::Call&, const RepositoryDeed&)>;

// `writer`: null where there is no cluster; changes are 503 then. `done` hears of each change before it is answered.
std::vector<rest::Route> repository_routes(RepositoryStore& store, Writer* writer, OnRepositoryDeed done);

}  // namespace causeway::api::repository
