#include "apiserver/account/user_routes.hpp"

#include "apiserver/account/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/session/signed_in.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;

namespace {

struct Standing {
  bool disabled = false;
};
BOOST_DESCRIBE_STRUCT(Standing, (), (disabled))
constexpr auto field_rows(const Standing*) {
  return std::array{kube::Row{.member = "disabled",
                              .doc = "The user is signed out everywhere, cannot sign in, and tokens are of no use.",
                              .required = true}};
}

}  // namespace

std::vector<rest::Route> user_routes(Accounts& accounts) {
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kPut,
                    .path = "/api/v1/users/{name}/standing",
                    .summary = "Disable a user, or enable one again",
                    .tag = "administration",
                    .access = {rest::Role::kAdministrator, "administration"},
                    .problems = {rest::kConflict, rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers([&accounts](Call& call, const Path<UserPath>& path,
                                                     const Body<Standing>& body) -> Outcome<Standing> {
                      const auto* me = session::signed_in(call);
                      const auto known = accounts.store.by_login(path->name);
                      if (!known) return problem_of(known.error());
                      if (!*known) return Problem(rest::kNotFound, "there is no such user");
                      const auto user = (*known)->id;
                      if (user == me->person.id)
                        return Problem(rest::kConflict, "nobody disables the account they are signed in with");
                      auto set = accounts.store.set_disabled(path->name, body->disabled, accounts.clock.wall());
                      if (!set) return problem_of(set.error());
                      if (!*set) return Problem(rest::kNotFound, "there is no such user");
                      accounts.sessions.changed(user);
                      accounts.audit.write(call, {.action = body->disabled ? "account.disabled" : "account.enabled",
                                                  .target = audit::account_target(user),
                                                  .detail = {{"name", path->name}}});
                      base::log::info(body->disabled ? "disabled a user" : "enabled a user",
                                      {{"user", path->name}, {"by", me->person.id}});
                      return Answer<Standing>{body.value};
                    })});
  return routes;
}

}  // namespace causeway::api::account
