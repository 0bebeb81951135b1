#include "apiserver/organisation/organisation_routes.hpp"

#include "apiserver/organisation/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/page.hpp"
#include "base/log.hpp"

namespace causeway::api::organisation {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Page, rest::Path, rest::Problem,
    rest::Query;

namespace {

struct OrganisationQuery : rest::PageQuery {
  std::string q;
  bool mine = false;
};
BOOST_DESCRIBE_STRUCT(OrganisationQuery, (rest::PageQuery), (q, mine))
constexpr auto field_rows(const OrganisationQuery*) {
  return std::array{
      rest::kLimitRow,
      rest::kCursorRow,
      kube::Row{.member = "q", .doc = "A part of the name.", .max_length = 39},
      kube::Row{.member = "mine", .doc = "Only those that the caller belongs to."},
  };
}

struct NewOrganisation {
  std::string name, display_name;
};
BOOST_DESCRIBE_STRUCT(NewOrganisation, (), (name, display_name))
constexpr auto field_rows(const NewOrganisation*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Letters, digits and single `-`, at most 39. It becomes a part of the addresses of demos and "
                       "repositories, and stays.",
                .required = true,
                .min_length = 1,
                .max_length = 39,
                .pattern = "^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$"},
      kube::Row{.member = "display_name", .doc = "As it is called.", .max_length = 100},
  };
}

struct OrganisationChange {
  std::optional<std::string> display_name, introduction, website;
};
BOOST_DESCRIBE_STRUCT(OrganisationChange, (), (display_name, introduction, website))
constexpr auto field_rows(const OrganisationChange*) {
  return std::array{
      kube::Row{.member = "display_name", .doc = "As it is called.", .max_length = 100},
      kube::Row{.member = "introduction", .doc = "Markdown, at most 64 KiB.", .max_length = 65536},
      kube::Row{.member = "website",
                .doc = "An http or https address, or nothing.",
                .max_length = 2048,
                .pattern = "^(https?://[^\\s]+)?$"},
  };
}

struct Confirmation {
  std::string confirm;
};
BOOST_DESCRIBE_STRUCT(Confirmation, (), (confirm))
constexpr auto field_rows(const Confirmation*) {
  return std::array{kube::Row{.member = "confirm",
                              .doc = "The organisation's name, as it is written: typed by whoever deletes it.",
                              .required = true,
                              .max_length = 39}};
}

class OrganisationRoutes {
 public:
  explicit OrganisationRoutes(const Organisations& all) : all_(all) {}

  Outcome<Page<OrganisationView>> list(Call& call, const Query<OrganisationQuery>& query) const {
    auto sealed = call.after(query->cursor);
    if (!sealed) return sealed.error();
    const std::string behind = *sealed ? std::string((*sealed)->at(0).as_string()) : std::string();
    auto found =
        all_.store.list({query->q, query->mine, behind}, viewer_of(call), static_cast<std::size_t>(query->limit) + 1);
    if (!found) return problem_of(found.error());
    std::vector<OrganisationView> views;
    for (const auto& organisation : *found) views.push_back(view_of(organisation));
    return rest::page_of(call, query.value, std::move(views),
                         [](const OrganisationView& last) { return boost::json::array{last.name}; });
  }

  Outcome<OrganisationView> create(Call& call, const Body<NewOrganisation>& body) const {
    const auto& me = session::signed_in(call)->person;
    const auto taken = [] {
      return Problem(rest::kConflict, "the name is taken").at("#/name", "somebody has it; choose another");
    };
    if (!me.initialised) return Problem(rest::kConflict, "choose a name first: POST /api/v1/me/initialisation");
    if (all_.tenants) {
      const auto free = all_.tenants->is_free(namespace_of(body->name));
      if (!free) return rest::unavailable("the cluster does not answer right now", std::chrono::seconds(2));
      if (!*free) return taken();
    }
    auto made = all_.store.create(me.id, body->name, body->display_name);
    if (!made) return problem_of(made.error());
    using Verdict = OrganisationStore::Made::Verdict;
    switch (made->verdict) {
      case Verdict::kTaken:
        return taken();
      case Verdict::kReserved:
        return Problem(rest::kInvalid, "the name is reserved")
            .at("#/name", "is a word of the platform; choose another");
      case Verdict::kTooMany:
        return rest::limit_reached(all_.store.limits().organisations, "organisations that a user owns",
                                   "delete one, or let others own it");
      case Verdict::kDone:
        break;
    }
    base::log::info("made an organisation", {{"organisation", body->name}, {"by", me.id}});
    Organisation organisation;
    organisation.id = made->id;
    organisation.name = body->name;
    write_down(all_, call, "organisation.created", organisation);
    follow_on_hub(all_, made->id);
    auto answer = shown(call, body->name);
    if (answer) answer->headers.set("Location", "/api/v1/organisations/" + body->name);
    return answer;
  }

  Outcome<OrganisationView> show(Call& call, const Path<OrganisationPath>& path) const {
    return shown(call, path->name);
  }

  Outcome<OrganisationView> change(Call& call, const Path<OrganisationPath>& path,
                                   const Body<OrganisationChange>& body) const {
    const auto found = lookup(all_.store, call, path->name, Role::kOwner);
    if (!found) return found.error();
    auto changed = all_.store.change(found->id, {body->display_name, body->introduction, body->website});
    if (!changed && changed.error().violates("accounts_introduction_check"))
      return Problem(rest::kInvalid, "the introduction is too long").at("#/introduction", "has to be 64 KiB at most");
    if (!changed) return problem_of(changed.error());
    return shown(call, found->name);
  }

  Outcome<void> remove(Call& call, const Path<OrganisationPath>& path, const Query<Confirmation>& query) const {
    const auto found = lookup(all_.store, call, path->name, Role::kOwner);
    if (!found) return found.error();
    if (query->confirm != found->name)
      return Problem(rest::kInvalid, "type the name of the organisation to delete it: " + found->name);
    const auto gone = all_.store.erase(found->id);
    if (!gone) return problem_of(gone.error());
    if (!*gone) return Problem(rest::kConflict, found->name + " owns repositories: delete them first, each for itself");
    base::log::info("deleted an organisation",
                    {{"organisation", found->name}, {"by", session::signed_in(call)->person.id}});
    write_down(all_, call, "organisation.removed", *found);
    follow_on_hub(all_, found->id);
    return Answer<void>{};
  }

 private:
  Outcome<OrganisationView> shown(Call& call, const std::string& name) const {
    const auto found = lookup(all_.store, call, name, Role::kNone);
    if (!found) return found.error();
    return Answer<OrganisationView>{view_of(*found)};
  }

  const Organisations& all_;
};

}  // namespace

std::vector<rest::Route> organisation_routes(const Organisations& organisations) {
  const OrganisationRoutes all(organisations);
  const rest::Access writes{rest::Role::kUser, "account:write"};
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/organisations",
       .summary = "Organisations, by name",
       .tag = "organisations",
       .problems = {rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Query<OrganisationQuery>& query) { return all.list(call, query); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/organisations",
       .summary = "A new organisation, whose owner the caller is",
       .tag = "organisations",
       .access = writes,
       .success = 201,
       .problems = {rest::kConflict, rest::kNotFound, rest::kForbidden, rest::kLimitReached, rest::kUnavailable},
       .idempotency_key = true,
       .run = rest::answers([=](Call& call, const Body<NewOrganisation>& body) { return all.create(call, body); })});
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/organisations/{name}",
       .summary = "An organisation",
       .tag = "organisations",
       .problems = {rest::kNotFound, rest::kForbidden, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<OrganisationPath>& path) { return all.show(call, path); })});
  routes.push_back(
      {.method = Method::kPatch,
       .path = "/api/v1/organisations/{name}",
       .summary = "Change what an organisation says of itself",
       .tag = "organisations",
       .description = "For its owners. What is absent stays as it is; the name does.",
       .access = writes,
       .problems = {rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .max_body = 512u << 10,
       .run = rest::answers([=](Call& call, const Path<OrganisationPath>& path, const Body<OrganisationChange>& body) {
         return all.change(call, path, body);
       })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/organisations/{name}",
       .summary = "Delete an organisation",
       .tag = "organisations",
       .description =
           "For its owners. It must not own a repository any more; what else is in its namespace on the hub, "
           "demos among it, goes with it. Nobody can take its name afterwards.",
       .access = writes,
       .problems = {rest::kConflict, rest::kForbidden, rest::kInvalid, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<OrganisationPath>& path, const Query<Confirmation>& query) {
         return all.remove(call, path, query);
       })});
  return routes;
}

}  // namespace causeway::api::organisation
