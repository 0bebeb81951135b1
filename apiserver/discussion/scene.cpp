#include "apiserver/discussion/scene.hpp"

#include "apiserver/persistence/problem.hpp"

namespace causeway::api::discussion {

using rest::Problem;

namespace {

constexpr std::size_t kMostBytes = 65536;  // of a text, as the tables have it

}  // namespace

Standing Scene::standing(std::int64_t author) const {
  return {.right = repository.right,
          .author = me != 0 && author == me,
          .archived = repository.archived,
          .locked = issue.locked};
}

bool Scene::sees_hidden(const Comment& comment) const {
  return repository.right >= repository::Right::kMaintain || (me != 0 && comment.author_id == me);
}

std::int64_t user_of(const rest::Call& call) {
  const auto* caller = session::signed_in(call);
  return caller ? caller->person.id : 0;
}

base::Result<Scene, Problem> scene_of(repository::RepositoryStore& repositories, IssueStore& issues,
                                      const rest::Call& call, const IssuePath& path) {
  auto repository = repository::lookup(repositories, call, path, repository::Right::kRead);
  if (!repository) return repository.error();
  auto issue = issues.find(repository->id, path.number);
  if (!issue) return persistence::problem_of(issue.error());
  if (!*issue)
    return Problem(rest::kNotFound,
                   "there is no issue or discussion " + std::to_string(path.number) + " in " + repository->path);
  return Scene{std::move(*repository), std::move(**issue), user_of(call)};
}

base::Result<void, Problem> permit(Deed deed, const Standing& standing) {
  if (auto why = objection(deed, standing); !why.empty()) return Problem(rest::kForbidden, std::move(why));
  return {};
}

base::Result<void, Problem> has_name(const rest::Call& call) {
  if (!session::signed_in(call)->person.initialised)
    return Problem(rest::kConflict, "choose a name first: POST /api/v1/me/initialisation");
  return {};
}

base::Result<void, Problem> takes_body(const std::string& body, bool needed) {
  if (body.size() > kMostBytes)
    return Problem(rest::kInvalid, "the text is too long").at("#/body", "has to be 64 KiB at most");
  if (needed && body.find_first_not_of(" \t\r\n") == std::string::npos)
    return Problem(rest::kInvalid, "the text is empty").at("#/body", "has to say something");
  return {};
}

}  // namespace causeway::api::discussion
