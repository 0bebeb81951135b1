// How much the caller wants to be told: of a repository, and of an issue or a discussion.

#include "apiserver/discussion/discussion_routes.hpp"
#include "apiserver/discussion/scene.hpp"
#include "apiserver/discussion/watch_store.hpp"
#include "apiserver/persistence/problem.hpp"

namespace causeway::api::discussion {

using persistence::problem_of;
using repository::RepositoryPath, repository::RepositoryStore;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;

namespace {

struct WatchView {
  std::string level;
  bool own = false;
  static std::string schema_name() { return "Watch"; }
};
BOOST_DESCRIBE_STRUCT(WatchView, (), (level, own))
constexpr auto field_rows(const WatchView*) {
  return std::array{
      kube::Row{.member = "level",
                .doc = "`all`, `participating` (what the caller wrote in, is mentioned in or takes care of) or `none`.",
                .required = true},
      kube::Row{.member = "own",
                .doc = "Whether it was said of this; otherwise it is the repository's, or what holds anyway.",
                .always = true}};
}

struct WatchLevel {
  std::string level;
};
BOOST_DESCRIBE_STRUCT(WatchLevel, (), (level))
constexpr auto field_rows(const WatchLevel*) {
  return std::array{kube::Row{.member = "level",
                              .doc = "`all`, `participating` or `none`.",
                              .required = true,
                              .pattern = "^(all|participating|none)$"}};
}

class WatchRoutes {
 public:
  WatchRoutes(database::Pool& pool, RepositoryStore& repositories, IssueStore& issues)
      : watches_(pool), repositories_(repositories), issues_(issues) {}

  base::Result<Watched, Problem> what(const Call& call, const RepositoryPath& path) const {
    const auto found = repository::lookup(repositories_, call, path, repository::Right::kRead);
    if (!found) return found.error();
    return Watched{user_of(call), found->id};
  }
  base::Result<Watched, Problem> what(const Call& call, const IssuePath& path) const {
    const auto scene = scene_of(repositories_, issues_, call, path);
    if (!scene) return scene.error();
    return Watched{user_of(call), scene->repository.id, scene->issue.id};
  }

  template <class At>
  Outcome<WatchView> show(Call& call, const Path<At>& path) const {
    const auto watched = what(call, path.value);
    if (!watched) return watched.error();
    auto level = watches_.level(*watched);
    if (!level) return problem_of(level.error());
    return Answer<WatchView>{{std::move(level->level), level->own}};
  }
  template <class At>
  Outcome<void> set(Call& call, const Path<At>& path, const Body<WatchLevel>& body) const {
    const auto watched = what(call, path.value);
    if (!watched) return watched.error();
    auto done = watches_.set(*watched, body->level);
    if (!done && done.error().kind == database::ErrorKind::kForeignKey)
      return Problem(rest::kNotFound, "it is not there any more");
    if (!done) return problem_of(done.error());
    return Answer<void>{};
  }
  template <class At>
  Outcome<void> forget(Call& call, const Path<At>& path) const {
    const auto watched = what(call, path.value);
    if (!watched) return watched.error();
    auto done = watches_.forget(*watched);
    if (!done) return problem_of(done.error());
    return Answer<void>{};
  }

 private:
  const WatchStore watches_;
  RepositoryStore& repositories_;
  IssueStore& issues_;
};

struct Words {
  std::string_view shown, set, forgotten;
};

template <class At>
void add(std::vector<rest::Route>& routes, const WatchRoutes& watches, const std::string& path, const Words& words) {
  const rest::Access reads{rest::Role::kUser, "account:read"}, writes{rest::Role::kUser, "account:write"};
  const std::vector<rest::ProblemKind> problems{rest::kForbidden, rest::kNotFound, rest::kUnavailable};
  routes.push_back({.method = Method::kGet,
                    .path = path,
                    .summary = words.shown,
                    .tag = "notifications",
                    .access = reads,
                    .problems = problems,
                    .run = rest::answers([=](Call& call, const Path<At>& at) { return watches.show(call, at); })});
  routes.push_back({.method = Method::kPut,
                    .path = path,
                    .summary = words.set,
                    .tag = "notifications",
                    .description = "`none` mutes it, mentions included.",
                    .access = writes,
                    .problems = problems,
                    .run = rest::answers([=](Call& call, const Path<At>& at, const Body<WatchLevel>& body) {
                      return watches.set(call, at, body);
                    })});
  routes.push_back({.method = Method::kDelete,
                    .path = path,
                    .summary = words.forgotten,
                    .tag = "notifications",
                    .access = writes,
                    .problems = problems,
                    .run = rest::answers([=](Call& call, const Path<At>& at) { return watches.forget(call, at); })});
}

}  // namespace

std::vector<rest::Route> watch_routes(database::Pool& pool, RepositoryStore& repositories, IssueStore& issues) {
  const WatchRoutes watches(pool, repositories, issues);
  std::vector<rest::Route> routes;
  add<RepositoryPath>(routes, watches, "/api/v1/repositories/{owner}/{name}/watch",
                      {"How much the caller is told of a repository", "Be told more or less of a repository",
                       "Be told of a repository as anybody"});
  add<IssuePath>(
      routes, watches, "/api/v1/repositories/{owner}/{name}/issues/{number}/watch",
      {"How much the caller is told of an issue or a discussion", "Be told more or less of an issue or a discussion",
       "Be told of it as of the others of the repository"});
  return routes;
}

}  // namespace causeway::api::discussion
