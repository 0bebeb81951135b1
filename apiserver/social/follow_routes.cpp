#include "apiserver/account/account_lookup.hpp"
#include "apiserver/account/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/page_by_id.hpp"
#include "apiserver/session/signed_in.hpp"
#include "apiserver/social/social_routes.hpp"

namespace causeway::api::social {

using account::UserPath;
using persistence::problem_of;
using rest::Answer, rest::Call, rest::Method, rest::Outcome, rest::Page, rest::PageQuery, rest::Path, rest::Problem,
    rest::Query;

namespace {

class FollowRoutes {
 public:
  FollowRoutes(database::Pool& pool, FollowStore& follows) : pool_(pool), follows_(follows) {}

  Outcome<void> follow(Call& call, const Path<UserPath>& path) const {
    const auto& me = session::signed_in(call)->person;
    if (!me.initialised) return Problem(rest::kConflict, "choose a name first: POST /api/v1/me/initialisation");
    const auto whom = account::lookup_account(pool_, path->name);
    if (!whom) return whom.error();
    auto done = follows_.follow(me.id, whom->id);
    if (!done && done.error().violates("follows_self_check"))
      return Problem(rest::kConflict, "nobody follows themselves");
    if (!done) return problem_of(done.error());
    return Answer<void>{};
  }

  Outcome<void> unfollow(Call& call, const Path<UserPath>& path) const {
    const auto whom = account::lookup_account(pool_, path->name);
    if (!whom) return whom.error();
    auto done = follows_.unfollow(session::signed_in(call)->person.id, whom->id);
    if (!done) return problem_of(done.error());
    return Answer<void>{};
  }

  Outcome<void> does_follow(Call& call, const Path<UserPath>& path) const {
    const auto whom = account::lookup_account(pool_, path->name);
    if (!whom) return whom.error();
    auto follows = follows_.follows(session::signed_in(call)->person.id, whom->id);
    if (!follows) return problem_of(follows.error());
    if (!*follows) return Problem(rest::kNotFound, "you do not follow " + whom->name);
    return Answer<void>{};
  }

  Outcome<Page<PersonView>> list(Call& call, const Path<UserPath>& path, const Query<PageQuery>& query,
                                 bool followers) const {
    const auto whom = account::lookup_account(pool_, path->name);
    if (!whom) return whom.error();
    const auto after = rest::after_id(call, query.value);
    if (!after) return after.error();
    const auto limit = static_cast<std::size_t>(query->limit) + 1;
    auto found = followers ? follows_.followers(whom->id, *after, limit) : follows_.following(whom->id, *after, limit);
    if (!found) return problem_of(found.error());
    return rest::page_by_id(
        call, query.value, std::move(*found), [](const Listed& l) { return l.id; }, view_of);
  }

 private:
  database::Pool& pool_;
  FollowStore& follows_;
};

}  // namespace

std::vector<rest::Route> follow_routes(database::Pool& pool, FollowStore& store) {
  const FollowRoutes follows(pool, store);
  const rest::Access reads{rest::Role::kUser, "account:read"}, writes{rest::Role::kUser, "account:write"};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/users/{name}/followers",
                    .summary = "Who follows an account",
                    .tag = "social",
                    .description = "The latest first.",
                    .problems = {rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers([=](Call& call, const Path<UserPath>& path, const Query<PageQuery>& query) {
                      return follows.list(call, path, query, true);
                    })});
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/users/{name}/following",
                    .summary = "Whom a user follows",
                    .tag = "social",
                    .description = "The latest first.",
                    .problems = {rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers([=](Call& call, const Path<UserPath>& path, const Query<PageQuery>& query) {
                      return follows.list(call, path, query, false);
                    })});
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/me/following/{name}",
       .summary = "Whether the caller follows an account",
       .tag = "social",
       .description = "204, or 404.",
       .access = reads,
       .problems = {rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<UserPath>& path) { return follows.does_follow(call, path); })});
  routes.push_back(
      {.method = Method::kPut,
       .path = "/api/v1/me/following/{name}",
       .summary = "Follow an account",
       .tag = "social",
       .description = "It is told.",
       .access = writes,
       .problems = {rest::kConflict, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<UserPath>& path) { return follows.follow(call, path); })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/me/following/{name}",
       .summary = "Follow an account no longer",
       .tag = "social",
       .access = writes,
       .problems = {rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<UserPath>& path) { return follows.unfollow(call, path); })});
  return routes;
}

}  // namespace causeway::api::social
