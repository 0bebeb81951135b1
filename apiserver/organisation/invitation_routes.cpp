#include "apiserver/organisation/organisation_routes.hpp"
#include "apiserver/organisation/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "base/log.hpp"

namespace causeway::api::organisation {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;

namespace {

struct InvitationView {
  std::string organisation, display_name, user, role, invited_by, created_at;
  bool operator==(const InvitationView&) const = default;
};
BOOST_DESCRIBE_STRUCT(InvitationView, (), (organisation, display_name, user, role, invited_by, created_at))
constexpr auto field_rows(const InvitationView*) {
  return std::array{
      kube::Row{.member = "organisation", .doc = "Its name.", .required = true},
      kube::Row{.member = "display_name", .doc = "As the organisation is called."},
      kube::Row{.member = "user", .doc = "Who is asked to join.", .required = true},
      kube::Row{.member = "role", .doc = "`owner`, `maintainer` or `member`.", .required = true},
      kube::Row{.member = "invited_by", .doc = "Who asked; absent: an account that is gone."},
      kube::Row{.member = "created_at", .doc = "When it was written.", .required = true, .format = "date-time"},
  };
}

struct InvitationList {
  std::vector<InvitationView> items;
};
BOOST_DESCRIBE_STRUCT(InvitationList, (), (items))
constexpr auto field_rows(const InvitationList*) {
  return std::array{kube::Row{.member = "items", .doc = "The oldest first.", .required = true}};
}

struct NewInvitation {
  std::string user, role = "member";
};
BOOST_DESCRIBE_STRUCT(NewInvitation, (), (user, role))
constexpr auto field_rows(const NewInvitation*) {
  return std::array{
      kube::Row{.member = "user", .doc = "The user's name.", .required = true, .min_length = 1, .max_length = 39},
      kube::Row{
          .member = "role", .doc = "`owner`, `maintainer` or `member`.", .defaulted = true, .pattern = kRolePattern},
  };
}

InvitationList list_of(const std::vector<Invitation>& invitations) {
  InvitationList list;
  for (const auto& i : invitations)
    list.items.push_back({i.organisation, i.display_name, i.user, std::string(to_string(i.role)), i.invited_by,
                          base::format_time(i.created_at)});
  return list;
}

class InvitationRoutes {
 public:
  explicit InvitationRoutes(const Organisations& all) : all_(all) {}

  Outcome<InvitationList> list(Call& call, const Path<OrganisationPath>& path) const {
    const auto found = lookup(all_.store, call, path->name, Role::kOwner);
    if (!found) return found.error();
    auto invitations = all_.invitations.of_organisation(found->id);
    if (!invitations) return problem_of(invitations.error());
    return Answer<InvitationList>{list_of(*invitations)};
  }

  Outcome<void> invite(Call& call, const Path<OrganisationPath>& path, const Body<NewInvitation>& body) const {
    const auto found = lookup(all_.store, call, path->name, Role::kOwner);
    if (!found) return found.error();
    const auto by = session::signed_in(call)->person.id;
    auto invited = all_.invitations.invite(found->id, body->user, parse_role(body->role), by);
    if (!invited) return problem_of(invited.error());
    switch (*invited) {
      case InvitationStore::Verdict::kNobody:
      case InvitationStore::Verdict::kNone:
        return Problem(rest::kInvalid, "nobody can be invited").at("#/user", "is no user");
      case InvitationStore::Verdict::kMember:
        return Problem(rest::kConflict, body->user + " belongs to " + found->name + " already");
      case InvitationStore::Verdict::kFull:
        return rest::limit_reached(all_.store.limits().invitations, "open invitations of an organisation",
                                   "take one back");
      case InvitationStore::Verdict::kOwnsTooMany:
      case InvitationStore::Verdict::kDone:
        break;
    }
    base::log::info("invited a user", {{"organisation", found->name}, {"user", body->user}, {"by", by}});
    write_down(all_, call, "member.invited", *found, {{"user", body->user}, {"role", body->role}});
    return Answer<void>{};
  }

  Outcome<void> withdraw(Call& call, const Path<MemberPath>& path) const {
    const auto found = lookup(all_.store, call, path->name, Role::kOwner);
    if (!found) return found.error();
    auto done = gone(all_.invitations.withdraw(found->id, path->user));
    if (done) write_down(all_, call, "member.uninvited", *found, {{"user", path->user}});
    return done;
  }

  Outcome<InvitationList> mine(Call& call) const {
    auto invitations = all_.invitations.of_user(session::signed_in(call)->person.id);
    if (!invitations) return problem_of(invitations.error());
    return Answer<InvitationList>{list_of(*invitations)};
  }

  Outcome<OrganisationView> accept(Call& call, const Path<OrganisationPath>& path) const {
    auto accepted = all_.invitations.accept(session::signed_in(call)->person.id, path->name);
    if (!accepted) return problem_of(accepted.error());
    if (accepted->verdict == InvitationStore::Verdict::kFull)
      return rest::limit_reached(all_.store.limits().members, "members of an organisation",
                                 "an owner has to remove somebody first");
    if (accepted->verdict == InvitationStore::Verdict::kOwnsTooMany)
      return rest::limit_reached(all_.store.limits().organisations, "organisations that a user owns",
                                 "let others own one, or ask for another role");
    if (accepted->verdict != InvitationStore::Verdict::kDone) return none();
    follow_on_hub(all_, accepted->organisation);
    const auto found = lookup(all_.store, call, path->name, Role::kNone);
    if (!found) return found.error();
    write_down(all_, call, "member.joined", *found, {{"role", to_string(accepted->role)}});
    return Answer<OrganisationView>{view_of(*found)};
  }

  Outcome<void> decline(Call& call, const Path<OrganisationPath>& path) const {
    return gone(all_.invitations.decline(session::signed_in(call)->person.id, path->name));
  }

 private:
  static Problem none() { return {rest::kNotFound, "there is no such invitation (any more)"}; }
  static Outcome<void> gone(const database::Result<InvitationStore::Verdict>& verdict) {
    if (!verdict) return problem_of(verdict.error());
    if (*verdict != InvitationStore::Verdict::kDone) return none();
    return Answer<void>{};
  }

  const Organisations& all_;
};

}  // namespace

std::vector<rest::Route> invitation_routes(const Organisations& organisations) {
  const InvitationRoutes all(organisations);
  const rest::Access reads{rest::Role::kUser, "account:read"}, writes{rest::Role::kUser, "account:write"};
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/organisations/{name}/invitations",
       .summary = "Who was asked to join an organisation",
       .tag = "organisations",
       .description = "For its owners.",
       .access = reads,
       .problems = {rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<OrganisationPath>& path) { return all.list(call, path); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/organisations/{name}/invitations",
       .summary = "Ask somebody to join an organisation",
       .tag = "organisations",
       .description = "For its owners. Somebody who was asked already is asked for this role.",
       .access = writes,
       .problems = {rest::kConflict, rest::kForbidden, rest::kLimitReached, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<OrganisationPath>& path, const Body<NewInvitation>& body) {
         return all.invite(call, path, body);
       })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/organisations/{name}/invitations/{user}",
       .summary = "Take an invitation back",
       .tag = "organisations",
       .access = writes,
       .problems = {rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<MemberPath>& path) { return all.withdraw(call, path); })});
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/me/invitations",
                    .summary = "Organisations that the user was asked to join",
                    .tag = "organisations",
                    .access = reads,
                    .problems = {rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return all.mine(call); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/me/invitations/{name}",
       .summary = "Join an organisation",
       .tag = "organisations",
       .access = writes,
       .problems = {rest::kConflict, rest::kForbidden, rest::kLimitReached, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<OrganisationPath>& path) { return all.accept(call, path); })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/me/invitations/{name}",
       .summary = "Decline to join an organisation",
       .tag = "organisations",
       .access = writes,
       .problems = {rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<OrganisationPath>& path) { return all.decline(call, path); })});
  return routes;
}

}  // namespace causeway::api::organisation
