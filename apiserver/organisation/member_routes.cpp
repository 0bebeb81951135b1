#include "apiserver/organisation/organisation_routes.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/field_value.hpp"
#include "base/log.hpp"

namespace causeway::api::organisation {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;

namespace {

struct MemberView {
  std::string user, display_name, role, since;
  bool operator==(const MemberView&) const = default;
};
BOOST_DESCRIBE_STRUCT(MemberView, (), (user, display_name, role, since))
constexpr auto field_rows(const MemberView*) {
  return std::array{
      kube::Row{.member = "user", .doc = "The user's name.", .required = true},
      kube::Row{.member = "display_name", .doc = "As the user is called."},
      kube::Row{.member = "role", .doc = "`owner`, `maintainer` or `member`.", .required = true},
      kube::Row{.member = "since", .doc = "When the user became a member.", .required = true, .format = "date-time"},
  };
}

struct MemberList {
  std::vector<MemberView> items;
};
BOOST_DESCRIBE_STRUCT(MemberList, (), (items))
constexpr auto field_rows(const MemberList*) {
  return std::array{kube::Row{.member = "items", .doc = "By name.", .required = true}};
}

struct NewRole {
  std::string role;
};
BOOST_DESCRIBE_STRUCT(NewRole, (), (role))
constexpr auto field_rows(const NewRole*) {
  return std::array{kube::Row{
      .member = "role", .doc = "`owner`, `maintainer` or `member`.", .required = true, .pattern = kRolePattern}};
}

class MemberRoutes {
 public:
  explicit MemberRoutes(const Organisations& all) : all_(all) {}

  Outcome<MemberList> list(Call& call, const Path<OrganisationPath>& path) const {
    const auto found = lookup(all_.store, call, path->name, Role::kMember);
    if (!found) return found.error();
    auto members = all_.store.members(found->id);
    if (!members) return problem_of(members.error());
    Answer<MemberList> answer;
    for (const auto& member : *members)
      answer.value.items.push_back(
          {member.name, member.display_name, std::string(to_string(member.role)), base::format_time(member.since)});
    return answer;
  }

  Outcome<void> set(Call& call, const Path<MemberPath>& path, const Body<NewRole>& body) const {
    const auto found = lookup(all_.store, call, path->name, Role::kOwner);
    if (!found) return found.error();
    const auto& me = session::signed_in(call)->person;
    auto set = all_.store.set_role(found->id, path->user, parse_role(body->role), me.administrator);
    if (!set) return problem_of(set.error());
    if (auto refused = refusal(set->verdict, *found, path->user)) return *refused;
    base::log::info("changed a member's role",
                    {{"organisation", found->name}, {"user", set->user}, {"role", body->role}, {"by", me.id}});
    write_down(all_, call, "member.changed", *found, {{"user", set->user}, {"role", body->role}});
    follow_on_hub(all_, found->id);
    return Answer<void>{};
  }

  Outcome<void> remove(Call& call, const Path<MemberPath>& path) const {
    const auto found = lookup(all_.store, call, path->name, Role::kMember);
    if (!found) return found.error();
    const auto& me = session::signed_in(call)->person;
    if (!me.administrator && !may_remove(found->role, rest::same_text(path->user, me.name)))
      return Problem(rest::kForbidden, "owners remove members; others may leave");
    auto removed = all_.store.remove(found->id, path->user);
    if (!removed) return problem_of(removed.error());
    if (auto refused = refusal(removed->verdict, *found, path->user)) return *refused;
    base::log::info("removed a member", {{"organisation", found->name}, {"user", removed->user}, {"by", me.id}});
    write_down(all_, call, "member.removed", *found, {{"user", removed->user}});
    follow_on_hub(all_, found->id);
    return Answer<void>{};
  }

 private:
  std::optional<Problem> refusal(OrganisationStore::Verdict verdict, const Organisation& organisation,
                                 const std::string& user) const {
    using Verdict = OrganisationStore::Verdict;
    switch (verdict) {
      case Verdict::kNobody:
        return Problem(rest::kNotFound, "there is no user " + user);
      case Verdict::kNoMember:
        return Problem(rest::kNotFound, user + " does not belong to " + organisation.name + "; invite them first");
      case Verdict::kLastOwner:
        return Problem(rest::kConflict,
                       "nobody would own " + organisation.name + ": make somebody else an owner first");
      case Verdict::kFull:
        return rest::limit_reached(all_.store.limits().members, "members of an organisation",
                                   "remove somebody who need not belong to it");
      case Verdict::kOwnsTooMany:
        return rest::limit_reached(all_.store.limits().organisations, "organisations that a user owns",
                                   user + " has them: choose another role");
      case Verdict::kDone:
        break;
    }
    return std::nullopt;
  }

  const Organisations& all_;
};

}  // namespace

std::vector<rest::Route> member_routes(const Organisations& organisations) {
  const MemberRoutes members(organisations);
  const rest::Access writes{rest::Role::kUser, "account:write"};
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/organisations/{name}/members",
       .summary = "Who belongs to an organisation",
       .tag = "organisations",
       .description = "For its members; to others it is not there.",
       .access = {rest::Role::kUser, "account:read"},
       .problems = {rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<OrganisationPath>& path) { return members.list(call, path); })});
  routes.push_back(
      {.method = Method::kPut,
       .path = "/api/v1/organisations/{name}/members/{user}",
       .summary = "Change a member's role",
       .tag = "organisations",
       .description = "For owners. Administrators of the platform also add people; others are invited.",
       .access = writes,
       .problems = {rest::kConflict, rest::kForbidden, rest::kLimitReached, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<MemberPath>& path, const Body<NewRole>& body) {
         return members.set(call, path, body);
       })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/organisations/{name}/members/{user}",
       .summary = "Remove a member, or leave",
       .tag = "organisations",
       .access = writes,
       .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<MemberPath>& path) { return members.remove(call, path); })});
  return routes;
}

}  // namespace causeway::api::organisation
