#include "apiserver/repository/lookup.hpp"

#include "apiserver/persistence/problem.hpp"
#include "apiserver/session/signed_in.hpp"

namespace causeway::api::repository {

Viewer viewer_of(const rest::Call& call) {
  const auto* me = session::signed_in(call);
  if (!me || !rest::has_scope(call.caller(), "repository:read")) return {};
  return {me->person.id, me->person.administrator};
}

base::Result<Repository, rest::Problem> lookup(RepositoryStore& store, const rest::Call& call,
                                               const RepositoryPath& path, Right needed) {
  const std::string name = path.owner + "/" + path.name;
  auto found = store.find(name, viewer_of(call));
  if (!found) return persistence::problem_of(found.error());
  if (!*found) return rest::Problem(rest::kNotFound, "there is no repository " + name);
  if ((*found)->right < needed)
    return rest::Problem(rest::kForbidden, "this takes the right to " + std::string(to_string(needed)) + " " + name);
  return std::move(**found);
}

}  // namespace causeway::api::repository
