#include "apiserver/repository/collaborator_routes.hpp"

#include "apiserver/persistence/problem.hpp"
#include "apiserver/repository/hub.hpp"
#include "apiserver/repository/lookup.hpp"
#include "apiserver/rest/field_value.hpp"
#include "base/log.hpp"
#include "kube/core/codec.hpp"

namespace causeway::api::repository {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;

namespace {

struct CollaboratorEntry {
  std::string user, display_name, role;
  bool operator==(const CollaboratorEntry&) const = default;
};
BOOST_DESCRIBE_STRUCT(CollaboratorEntry, (), (user, display_name, role))
constexpr auto field_rows(const CollaboratorEntry*) {
  return std::array{
      kube::Row{.member = "user", .doc = "The user's name.", .required = true},
      kube::Row{.member = "display_name", .doc = "As the user is called."},
      kube::Row{.member = "role", .doc = "`read`, `write`, `maintain` or `admin`.", .required = true},
  };
}

struct CollaboratorList {
  std::vector<CollaboratorEntry> items;
};
BOOST_DESCRIBE_STRUCT(CollaboratorList, (), (items))
constexpr auto field_rows(const CollaboratorList*) {
  return std::array{kube::Row{.member = "items", .doc = "By name.", .required = true}};
}

struct CollaboratorRoleChange {
  std::string role;
};
BOOST_DESCRIBE_STRUCT(CollaboratorRoleChange, (), (role))
constexpr auto field_rows(const CollaboratorRoleChange*) {
  return std::array{kube::Row{.member = "role",
                              .doc = "`read`, `write`, `maintain` or `admin`.",
                              .required = true,
                              .pattern = "^(read|write|maintain|admin)$"}};
}

struct CollaboratorPath {
  std::string owner, name, user;
};
BOOST_DESCRIBE_STRUCT(CollaboratorPath, (), (owner, name, user))
constexpr auto field_rows(const CollaboratorPath*) {
  return std::array{kOwnerRow, kNameRow,
                    kube::Row{.member = "user", .doc = "The user's name, in any case.", .max_length = 39}};
}

class CollaboratorRoutes {
 public:
  CollaboratorRoutes(RepositoryStore& store, Writer* writer, std::int64_t most, OnRepositoryDeed done)
      : store_(store), writer_(writer), most_(most), done_(std::move(done)) {}

  Outcome<CollaboratorList> list(Call& call, const Path<RepositoryPath>& path) const {
    const auto found = lookup(store_, call, path.value, Right::kWrite);
    if (!found) return found.error();
    auto all = store_.collaborators(found->id);
    if (!all) return problem_of(all.error());
    Answer<CollaboratorList> answer;
    for (const auto& c : *all) answer.value.items.push_back({c.user, c.display_name, c.role});
    return answer;
  }

  Outcome<void> set(Call& call, const Path<CollaboratorPath>& path, const Body<CollaboratorRoleChange>& body) const {
    const auto found = lookup(store_, call, {path->owner, path->name}, Right::kAdmin);
    if (!found) return found.error();
    const auto user = store_.user_name(path->user);
    if (!user) return problem_of(user.error());
    if (!*user) return Problem(rest::kNotFound, "there is no user " + path->user);
    if (found->path.starts_with(**user + "/")) return Problem(rest::kConflict, **user + " owns " + found->path);
    return change(call, *found, **user, body->role);
  }

  Outcome<void> remove(Call& call, const Path<CollaboratorPath>& path) const {
    const auto found = lookup(store_, call, {path->owner, path->name}, Right::kAdmin);
    if (!found) return found.error();
    return change(call, *found, path->user, "");
  }

 private:
  // The list of the Repo, with this user in this role; "": without.
  Outcome<void> change(Call& call, const Repository& repository, const std::string& user,
                       const std::string& role) const {
    if (!writer_) return without_cluster();
    std::optional<std::string> there;  // as the Repo writes the name
    bool full = false;
    const auto by = asker_of(call, repository);
    const auto changed = writer_->change(by, key_of(repository), [&](const crds::RepoSpec& spec) {
      boost::json::array all;
      there.reset();
      for (const auto& c : spec.collaborators) {
        const bool same = rest::same_text(c.user, user);
        if (same) there = c.user;
        if (!same) all.push_back(kube::to_json(c));
      }
      // Nobody changes the list in between, so of two who add somebody the second counts the first one's.
      full = !role.empty() && !there && std::cmp_greater_equal(all.size(), most_);
      if (full) return boost::json::object{};
      if (!role.empty()) all.push_back(boost::json::object{{"user", user}, {"role", capital(role)}});
      return boost::json::object{{"collaborators", std::move(all)}};
    });
    if (!changed) return refused(changed.error());
    if (full)
      return rest::limit_reached(most_, "collaborators of a repository",
                                 "remove one, or let an organisation own it, which has members besides");
    if (auto followed = store_.follow(*changed); !followed) return problem_of(followed.error());
    if (role.empty() && !there) return Problem(rest::kNotFound, user + " has no role in " + repository.path);
    base::log::info("changed a collaborator",
                    {{"repository", repository.path}, {"user", user}, {"role", role}, {"by", by.user}});
    boost::json::object change{{"user", role.empty() ? *there : user}};
    if (!role.empty()) change["role"] = role;
    done_(call, {role.empty() ? "collaborator.removed" : "collaborator.changed", repository, change});
    return Answer<void>{};
  }

  RepositoryStore& store_;
  Writer* writer_;
  const std::int64_t most_;
  OnRepositoryDeed done_;
};

}  // namespace

std::vector<rest::Route> collaborator_routes(RepositoryStore& store, Writer* writer, std::int64_t most,
                                             OnRepositoryDeed done) {
  const CollaboratorRoutes collaborators(store, writer, most, std::move(done));
  const rest::Access writes{rest::Role::kUser, "repository:write"};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/repositories/{owner}/{name}/collaborators",
                    .summary = "Who may work on a repository besides its owner",
                    .tag = "repositories",
                    .description = "For those who may change its content.",
                    .access = {rest::Role::kUser, "repository:read"},
                    .problems = {rest::kForbidden, rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers(
                        [=](Call& call, const Path<RepositoryPath>& path) { return collaborators.list(call, path); })});
  routes.push_back(
      {.method = Method::kPut,
       .path = "/api/v1/repositories/{owner}/{name}/collaborators/{user}",
       .summary = "Give somebody a role in a repository",
       .tag = "repositories",
       .access = writes,
       .problems = {rest::kConflict, rest::kForbidden, rest::kLimitReached, rest::kNotFound, rest::kUnavailable},
       .run =
           rest::answers([=](Call& call, const Path<CollaboratorPath>& path, const Body<CollaboratorRoleChange>& body) {
             return collaborators.set(call, path, body);
           })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/repositories/{owner}/{name}/collaborators/{user}",
       .summary = "Take somebody's role in a repository",
       .tag = "repositories",
       .access = writes,
       .problems = {rest::kConflict, rest::kForbidden, rest::kInvalid, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers(
           [=](Call& call, const Path<CollaboratorPath>& path) { return collaborators.remove(call, path); })});
  return routes;
}

}  // namespace causeway::api::repository
