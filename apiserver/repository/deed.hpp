#pragma once
// What was done to a repository through the API, for whoever writes it down.

#include <boost/json/object.hpp>
#include <functional>
#include <string_view>

#include "apiserver/repository/repository_store.hpp"
#include "apiserver/rest/call.hpp"

namespace causeway::api::repository {

struct RepositoryDeed {
  std::string_view action;  // "repository.created", "collaborator.removed": all of them are in audit/README.md
  const Repository& repository;
  const boost::json::object& change;  // what was asked for
};
// Called once it is done, before it is answered.
using OnRepositoryDeed = std::function<void(const rest::Call&, const RepositoryDeed&)>;

}  // namespace causeway::api::repository
