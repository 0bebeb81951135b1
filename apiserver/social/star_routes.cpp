#include "apiserver/account/account_lookup.hpp"
#include "apiserver/account/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/repository/lookup.hpp"
#include "apiserver/repository/views.hpp"
#include "apiserver/rest/page_by_id.hpp"
#include "apiserver/session/signed_in.hpp"
#include "apiserver/social/social_routes.hpp"

namespace causeway::api::social {

using account::UserPath;
using persistence::problem_of;
using repository::RepositoryPath, repository::RepositoryStore;
using rest::Answer, rest::Call, rest::Method, rest::Outcome, rest::Page, rest::PageQuery, rest::Path, rest::Problem,
    rest::Query;

namespace {

struct StarredView {
  std::string since;
  repository::RepositoryView repository;
  bool operator==(const StarredView&) const = default;
  static std::string schema_name() { return "Starred"; }
};
BOOST_DESCRIBE_STRUCT(StarredView, (), (since, repository))
constexpr auto field_rows(const StarredView*) {
  return std::array{
      kube::Row{.member = "since", .doc = "When it was starred.", .required = true, .format = "date-time"},
      kube::Row{.member = "repository", .doc = "As it is now.", .required = true}};
}

class StarRoutes {
 public:
  StarRoutes(database::Pool& pool, RepositoryStore& repositories, StarStore& stars)
      : pool_(pool), repositories_(repositories), stars_(stars) {}

  Outcome<void> star(Call& call, const Path<RepositoryPath>& path, bool on) const {
    const auto& me = session::signed_in(call)->person;
    if (!me.initialised) return Problem(rest::kConflict, "choose a name first: POST /api/v1/me/initialisation");
    const auto repository = repository::lookup(repositories_, call, path.value, repository::Right::kRead);
    if (!repository) return repository.error();
    auto done = on ? stars_.star(me.id, *repository) : stars_.unstar(me.id, *repository);
    if (!done && done.error().violates("stars_repository_fkey"))
      return Problem(rest::kNotFound, "the repository is not there any more");
    if (!done) return problem_of(done.error());
    return Answer<void>{};
  }

  Outcome<Page<PersonView>> stargazers(Call& call, const Path<RepositoryPath>& path,
                                       const Query<PageQuery>& query) const {
    const auto repository = repository::lookup(repositories_, call, path.value, repository::Right::kRead);
    if (!repository) return repository.error();
    const auto after = rest::after_id(call, query.value);
    if (!after) return after.error();
    auto found = stars_.stargazers(repository->id, *after, static_cast<std::size_t>(query->limit) + 1);
    if (!found) return problem_of(found.error());
    return rest::page_by_id(
        call, query.value, std::move(*found), [](const Listed& l) { return l.id; }, view_of);
  }

  Outcome<Page<StarredView>> starred(Call& call, const Path<UserPath>& path, const Query<PageQuery>& query) const {
    const auto user = account::lookup_account(pool_, path->name);
    if (!user) return user.error();
    const auto after = rest::after_id(call, query.value);
    if (!after) return after.error();
    const auto viewer = repository::viewer_of(call);
    auto stars = stars_.starred(user->id, viewer, *after, static_cast<std::size_t>(query->limit) + 1);
    if (!stars) return problem_of(stars.error());
    auto page = rest::page_of(call, query.value, std::move(*stars),
                              [](const StarStore::Star& last) { return boost::json::array{last.id}; });
    std::vector<std::int64_t> ids;
    for (const auto& star : page.value.items) ids.push_back(star.repository);
    auto repositories = repositories_.some(ids, viewer);
    if (!repositories) return problem_of(repositories.error());
    Answer<Page<StarredView>> answer;
    answer.headers = std::move(page.headers);
    answer.value.next = std::move(page.value.next);
    // One may have gone between the two statements.
    auto star = page.value.items.begin();
    for (const auto& repository : *repositories) {
      while (star->repository != repository.id) ++star;
      answer.value.items.push_back({base::format_time(star->since), repository::view_of(repository)});
    }
    return answer;
  }

 private:
  database::Pool& pool_;
  RepositoryStore& repositories_;
  StarStore& stars_;
};

}  // namespace

std::vector<rest::Route> star_routes(database::Pool& pool, RepositoryStore& repositories, StarStore& store) {
  const StarRoutes stars(pool, repositories, store);
  const rest::Access writes{rest::Role::kUser, "account:write"};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kPut,
                    .path = "/api/v1/me/stars/{owner}/{name}",
                    .summary = "Star a repository",
                    .tag = "social",
                    .description = "Its owner is told.",
                    .access = writes,
                    .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers(
                        [=](Call& call, const Path<RepositoryPath>& path) { return stars.star(call, path, true); })});
  routes.push_back({.method = Method::kDelete,
                    .path = "/api/v1/me/stars/{owner}/{name}",
                    .summary = "Take a star back",
                    .tag = "social",
                    .access = writes,
                    .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers(
                        [=](Call& call, const Path<RepositoryPath>& path) { return stars.star(call, path, false); })});
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/repositories/{owner}/{name}/stargazers",
       .summary = "Who has starred a repository",
       .tag = "social",
       .description = "The latest first.",
       .problems = {rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Query<PageQuery>& query) {
         return stars.stargazers(call, path, query);
       })});
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/users/{name}/stars",
                    .summary = "Which repositories a user has starred",
                    .tag = "social",
                    .description = "Those that the caller may see, the latest first.",
                    .problems = {rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers([=](Call& call, const Path<UserPath>& path, const Query<PageQuery>& query) {
                      return stars.starred(call, path, query);
                    })});
  return routes;
}

}  // namespace causeway::api::social
