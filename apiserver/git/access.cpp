#include "apiserver/git/access.hpp"

#include <algorithm>

#include "apiserver/session/authenticator.hpp"

namespace causeway::api::git {

base::Result<std::optional<Person>> Access::person(std::string_view authorization, const std::string& address) {
  const auto token = session::token_of(authorization);
  if (!token) return std::optional<Person>();
  auto found = tokens_.authenticate(*token, address);
  if (!found) return found.error().to_base();
  if (!*found) return std::optional<Person>();
  const auto has = [&](std::string_view scope) {
    return std::find((*found)->scopes.begin(), (*found)->scopes.end(), scope) != (*found)->scopes.end();
  };
  const auto& person = (*found)->person;
  return std::optional(
      Person{{person.id, person.administrator}, person.name, has("repository:read"), has("repository:write")});
}

base::Result<std::optional<repository::Repository>> Access::find(const std::string& path,
                                                                 const repository::Viewer& viewer) {
  auto found = repositories_.find(path, viewer);
  if (!found) return found.error().to_base();
  return std::move(*found);
}

base::Result<bool> Access::disabled(const std::string& owner) {
  auto found = pool_.read([&](database::Transaction& tx) {
    return !tx.execute("SELECT FROM accounts WHERE lower(name) = lower($1) AND disabled_at IS NOT NULL", owner).empty();
  });
  if (!found) return found.error().to_base();
  return *found;
}

base::Result<std::vector<repository::BranchRefusal>> Access::branch_refusals(const repository::Repository& repository,
                                                                             repository::Right right) {
  auto rules = repositories_.protected_branches(repository.id);
  if (!rules) return rules.error().to_base();
  return repository::branch_refusals(right, repository.default_branch, *rules);
}

}  // namespace causeway::api::git
