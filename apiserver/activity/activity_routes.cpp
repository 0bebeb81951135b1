#include "apiserver/activity/activity_routes.hpp"

#include "apiserver/account/account_lookup.hpp"
#include "apiserver/account/views.hpp"
#include "apiserver/activity/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/repository/lookup.hpp"
#include "apiserver/rest/page_by_id.hpp"

namespace causeway::api::activity {

using persistence::problem_of;
using rest::Call, rest::Method, rest::Outcome, rest::Page, rest::Path, rest::PageQuery, rest::Query;

namespace {

std::size_t one_more(const PageQuery& query) {
  return static_cast<std::size_t>(query.limit) + 1;
}

Outcome<Page<ActivityView>> page(Call& call, const PageQuery& query, database::Result<std::vector<Entry>> found) {
  if (!found) return problem_of(found.error());
  return rest::page_by_id(
      call, query, std::move(*found), [](const Entry& e) { return e.id; }, activity_view);
}

}  // namespace

std::vector<rest::Route> activity_routes(database::Pool& pool, repository::RepositoryStore& repositories,
                                         ActivityStore& activities) {
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/users/{name}/activity",
       .summary = "What a user did",
       .tag = "activity",
       .description = "As far as the caller may see where it was done; the latest first.",
       .problems = {rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([&pool, &activities](Call& call, const Path<account::UserPath>& path,
                                                 const Query<PageQuery>& query) -> Outcome<Page<ActivityView>> {
         auto user = account::lookup_account(pool, path->name);
         if (!user) return user.error();
         const auto after = rest::after_id(call, query.value);
         if (!after) return after.error();
         return page(call, query.value,
                     activities.of_user(user->id, repository::viewer_of(call), *after, one_more(query.value)));
       })});
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/repositories/{owner}/{name}/activity",
       .summary = "What was done in a repository",
       .tag = "activity",
       .description = "The latest first.",
       .problems = {rest::kNotFound, rest::kForbidden, rest::kUnavailable},
       .run = rest::answers([&repositories, &activities](Call& call, const Path<repository::RepositoryPath>& path,
                                                         const Query<PageQuery>& query) -> Outcome<Page<ActivityView>> {
         auto found = repository::lookup(repositories, call, path.value, repository::Right::kRead);
         if (!found) return found.error();
         const auto after = rest::after_id(call, query.value);
         if (!after) return after.error();
         return page(call, query.value,
                     activities.of_repository(found->id, repository::viewer_of(call), *after, one_more(query.value)));
       })});
  return routes;
}

}  // namespace causeway::api::activity
