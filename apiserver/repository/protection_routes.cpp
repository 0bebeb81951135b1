#include "apiserver/repository/protection_routes.hpp"

#include <algorithm>

#include "apiserver/persistence/problem.hpp"
#include "apiserver/repository/lookup.hpp"
#include "kube/core/codec.hpp"

namespace causeway::api::repository {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;

namespace {

constexpr kube::Row kPushRoleRow{.member = "push_role",
                                 .doc = "Who may push: the role `write`, `maintain` or `admin` at least, or `nobody`.",
                                 .defaulted = true,
                                 .pattern = "^(write|maintain|admin|nobody)$"};
constexpr kube::Row kForceRow{
    .member = "allow_force_push", .doc = "Whether who may push may rewrite its history.", .defaulted = true};
constexpr kube::Row kDeletionRow{
    .member = "allow_deletion", .doc = "Whether who may push may delete it.", .defaulted = true};

struct Protection {
  std::string push_role = "write";
  bool allow_force_push = false, allow_deletion = false;
};
BOOST_DESCRIBE_STRUCT(Protection, (), (push_role, allow_force_push, allow_deletion))
constexpr auto field_rows(const Protection*) {
  return std::array{kPushRoleRow, kForceRow, kDeletionRow};
}

struct ProtectedBranchView {
  std::string pattern, push_role;
  bool allow_force_push = false, allow_deletion = false;
  bool operator==(const ProtectedBranchView&) const = default;
  static std::string schema_name() { return "ProtectedBranch"; }
};
BOOST_DESCRIBE_STRUCT(ProtectedBranchView, (), (pattern, push_role, allow_force_push, allow_deletion))
constexpr auto field_rows(const ProtectedBranchView*) {
  return std::array{
      kube::Row{.member = "pattern", .doc = "A branch, or several: `release/*`.", .required = true},
      kube::Row{.member = "push_role", .doc = "`write`, `maintain`, `admin` or `nobody`.", .required = true},
      kube::Row{.member = "allow_force_push", .doc = kForceRow.doc, .always = true},
      kube::Row{.member = "allow_deletion", .doc = kDeletionRow.doc, .always = true}};
}

struct ProtectionList {
  std::vector<ProtectedBranchView> items;
};
BOOST_DESCRIBE_STRUCT(ProtectionList, (), (items))
constexpr auto field_rows(const ProtectionList*) {
  return std::array{kube::Row{.member = "items", .doc = "By pattern.", .required = true}};
}

struct ProtectionPath : RepositoryPath {
  std::string pattern;
};
BOOST_DESCRIBE_STRUCT(ProtectionPath, (RepositoryPath), (pattern))
constexpr auto field_rows(const ProtectionPath*) {
  return std::array{kOwnerRow, kNameRow,
                    kube::Row{.member = "pattern",
                              .doc = "Of the branches' names: `*` is anything, `/` too; `?` one character, `[ab]` "
                                     "one of these.",
                              .max_length = 255}};
}

class ProtectionRoutes {
 public:
  ProtectionRoutes(RepositoryStore& store, OnRepositoryDeed done) : store_(store), done_(std::move(done)) {}

  Outcome<ProtectionList> list(Call& call, const Path<RepositoryPath>& path) const {
    const auto found = lookup(store_, call, path.value, Right::kRead);
    if (!found) return found.error();
    const auto rules = store_.protected_branches(found->id);
    if (!rules) return problem_of(rules.error());
    Answer<ProtectionList> answer;
    for (const auto& rule : *rules)
      answer.value.items.push_back({rule.pattern, rule.push_role, rule.allow_force_push, rule.allow_deletion});
    return answer;
  }

  Outcome<void> set(Call& call, const Path<ProtectionPath>& path, const Body<Protection>& body) const {
    const ProtectedBranch rule{path->pattern, body->push_role, body->allow_force_push, body->allow_deletion};
    const auto found = mine(call, path, rule.push_role);
    if (!found) return found.error();
    if (const auto fault = pattern_fault(rule.pattern); !fault.empty())
      return Problem(rest::kInvalid, "the pattern " + rule.pattern + " " + fault);
    const auto room = store_.protect_branch(found->id, rule);
    if (!room) return problem_of(room.error());
    if (!*room)
      return Problem(rest::kConflict,
                     found->path + " has " + std::to_string(kMostProtections) + " rules; say more in one: release/*");
    auto change = kube::to_json(body.value).as_object();
    change["pattern"] = rule.pattern;
    done_(call, {"branch.protected", *found, change});
    return Answer<void>{};
  }

  Outcome<void> remove(Call& call, const Path<ProtectionPath>& path) const {
    const auto found = mine(call, path, "");
    if (!found) return found.error();
    const auto removed = store_.unprotect_branch(found->id, path->pattern);
    if (!removed) return problem_of(removed.error());
    if (!*removed) return Problem(rest::kNotFound, found->path + " has no rule for " + path->pattern);
    done_(call, {"branch.unprotected", *found, {{"pattern", path->pattern}}});
    return Answer<void>{};
  }

 private:
  // Who maintains a repository makes its rules, but none that asks for more than that: it would be theirs to take back.
  base::Result<Repository, Problem> mine(const Call& call, const Path<ProtectionPath>& path,
                                         const std::string& push_role) const {
    auto found = lookup(store_, call, path.value, Right::kMaintain);
    if (!found) return found.error();
    const auto rules = store_.protected_branches(found->id);
    if (!rules) return problem_of(rules.error());
    const auto same = std::find_if(rules->begin(), rules->end(),
                                   [&](const ProtectedBranch& rule) { return rule.pattern == path->pattern; });
    const auto is_for_admins = [](std::string_view role) { return role == "admin" || role == "nobody"; };
    if (found->right < Right::kAdmin &&
        (is_for_admins(push_role) || (same != rules->end() && is_for_admins(same->push_role))))
      return Problem(rest::kForbidden, "what maintainers may not push to is for the owner to say");
    return found;
  }

  RepositoryStore& store_;
  OnRepositoryDeed done_;
};

}  // namespace

std::vector<rest::Route> protection_routes(RepositoryStore& store, OnRepositoryDeed done) {
  const ProtectionRoutes protections(store, std::move(done));
  const rest::Access writes{rest::Role::kUser, "repository:write"};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/repositories/{owner}/{name}/protected-branches",
                    .summary = "What may be done with a repository's branches",
                    .tag = "repositories",
                    .description = "Of several rules for a branch all hold. Where none is for the default branch, who "
                                   "maintains the repository may rewrite or delete it.",
                    .problems = {rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers(
                        [=](Call& call, const Path<RepositoryPath>& path) { return protections.list(call, path); })});
  routes.push_back(
      {.method = Method::kPut,
       .path = "/api/v1/repositories/{owner}/{name}/protected-branches/{pattern...}",
       .summary = "Protect branches",
       .tag = "repositories",
       .description = "In force at once, for pushes and for changes on the site.",
       .access = writes,
       .problems = {rest::kConflict, rest::kForbidden, rest::kInvalid, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<ProtectionPath>& path, const Body<Protection>& body) {
         return protections.set(call, path, body);
       })});
  routes.push_back({.method = Method::kDelete,
                    .path = "/api/v1/repositories/{owner}/{name}/protected-branches/{pattern...}",
                    .summary = "Protect branches no longer",
                    .tag = "repositories",
                    .access = writes,
                    .problems = {rest::kForbidden, rest::kInvalid, rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers(
                        [=](Call& call, const Path<ProtectionPath>& path) { return protections.remove(call, path); })});
  return routes;
}

}  // namespace causeway::api::repository
