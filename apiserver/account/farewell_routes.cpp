#include "apiserver/account/farewell_routes.hpp"

#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/session/signed_in.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using persistence::problem_of;
using rest::Answer, rest::Call, rest::Method, rest::Outcome, rest::Problem, rest::Query;

namespace {

struct FarewellQuery {
  std::string confirm;
};
BOOST_DESCRIBE_STRUCT(FarewellQuery, (), (confirm))
constexpr auto field_rows(const FarewellQuery*) {
  return std::array{kube::Row{.member = "confirm",
                              .doc = "The account's name, as it is written: typed by whoever deletes it.",
                              .required = true,
                              .max_length = 39}};
}

std::optional<Problem> objection(AccountStore::Farewell verdict) {
  switch (verdict) {
    case AccountStore::Farewell::kOwnsRepositories:
      return Problem(rest::kConflict, "you own repositories: delete them first, each for itself");
    case AccountStore::Farewell::kOwnsOrganisation:
      return Problem(rest::kConflict, "an organisation has no owner but you: make somebody one, or delete it first");
    case AccountStore::Farewell::kLastAdministrator:
      return Problem(rest::kConflict, "nobody else administers the platform");
    case AccountStore::Farewell::kDone:
      break;
  }
  return std::nullopt;
}

Outcome<void> leave(Accounts& accounts, Call& call, const Query<FarewellQuery>& query) {
  const auto me = session::recently_in_person(call, accounts.clock.wall());
  if (!me) return me.error();
  const auto person = (*me)->person;
  if (query->confirm != person.name)
    return Problem(rest::kInvalid, "type the name of your account to delete it: " + person.name);
  const auto gone = accounts.store.erase(person.id);
  if (!gone) return problem_of(gone.error());
  if (auto refused = objection(*gone)) return std::move(*refused);
  accounts.sessions.changed(person.id);
  // By then nobody of this id is there to be named.
  accounts.audit.write(
      call,
      {.action = "account.removed", .target = audit::account_target(person.id), .detail = {{"name", person.name}}});
  base::log::info("a user left", {{"user", person.id}});
  if (accounts.tenants) {
    if (auto kept = accounts.tenants->keep(person.id); !kept)
      base::log::warn("a deleted account's namespace is still there",
                      {{"account", person.id}, {"error", kept.error().message}});
  }
  call.answer_headers().set("Set-Cookie", accounts.session_cookie.clear());
  return Answer<void>{};
}

}  // namespace

std::vector<rest::Route> farewell_routes(Accounts& accounts) {
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kDelete,
                    .path = "/api/v1/me",
                    .summary = "Delete the own account",
                    .tag = "accounts",
                    .description =
                        "In a browser, within 15 minutes of signing in. The account must not own a repository "
                        "any more, nor be the only owner of an organisation; what else is in its namespace "
                        "on the hub, demos among it, goes with it. Issues and comments stay, without a name. "
                        "Nobody can take the name afterwards.",
                    .access = {rest::Role::kUser, {}},
                    .problems = {rest::kConflict, rest::kForbidden, rest::kInvalid, rest::kUnavailable},
                    .rate = "login",
                    .run = rest::answers([&accounts](Call& call, const Query<FarewellQuery>& query) {
                      return leave(accounts, call, query);
                    })});
  return routes;
}

}  // namespace causeway::api::account
