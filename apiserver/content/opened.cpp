#include "apiserver/content/opened.hpp"

#include "apiserver/git_host/text.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/session/signed_in.hpp"
#include "base/log.hpp"

namespace causeway::api::content {

using rest::Problem;

base::Result<Opened, Problem> Opener::open(const rest::Call& call, const repository::RepositoryPath& path,
                                           repository::Right needed) const {
  if (!host_) return rest::unavailable("content is served beside the disk, by the role git", std::chrono::seconds(60));
  auto found = repository::lookup(*store_, call, path, needed);
  if (!found) return found.error();
  const auto& repository = *found;
  if (needed > repository::Right::kRead && repository.archived)
    return Problem(rest::kForbidden, path.owner + "/" + path.name + " is archived: it can be read, not changed");
  const auto slash = repository.path.find('/');
  return Opened{{repository.path.substr(0, slash), repository.path.substr(slash + 1)},
                repository.default_branch,
                repository.id,
                repository.right};
}

base::Result<void, Problem> Opener::may(const Opened& repository, repository::BranchAction action,
                                        const std::string& branch) const {
  const auto rules = store_->protected_branches(repository.id);
  if (!rules) return persistence::problem_of(rules.error());
  const auto refusals = repository::branch_refusals(repository.right, repository.default_branch, *rules);
  if (const auto why = repository::objection(refusals, action, branch)) return Problem(rest::kForbidden, *why);
  return {};
}

git_host::Signature Opener::signature(const rest::Call& call) const {
  const auto& me = session::signed_in(call)->person;
  return {me.name, std::to_string(me.id) + "+" + me.name + "@users.noreply.causeway",
          std::chrono::floor<std::chrono::seconds>(clock_->wall()), 0};
}

Problem problem_of(const git_host::Error& error) {
  using git_host::ErrorKind;
  const std::string message = git_host::to_utf8(error.message);
  switch (error.kind) {
    case ErrorKind::kNoRepository:
    case ErrorKind::kNoRevision:
    case ErrorKind::kNoPath:
      return {rest::kNotFound, message};
    case ErrorKind::kConflict:
      return {rest::kConflict, message};
    case ErrorKind::kInvalid:
      return {rest::kInvalid, message};
    case ErrorKind::kTooLarge:
      return {rest::kTooLarge, message};
    case ErrorKind::kCorrupt:
      base::log::error("a repository is damaged", {{"error", message}});
      return {rest::kInternal, "the repository is damaged: ask for help with the request's id"};
    case ErrorKind::kUnavailable:
    case ErrorKind::kCancelled:
      break;
  }
  base::log::warn("a repository could not be used", {{"error", message}});
  return rest::unavailable("the repository cannot be used right now", std::chrono::seconds(2));
}

base::Result<std::string, Problem> position(const rest::Call& call, const std::string& cursor) {
  auto sealed = call.after(cursor);
  if (!sealed) return sealed.error();
  if (!*sealed) return std::string();
  auto bytes = base::base64_decode(std::string_view((*sealed)->at(0).as_string()));
  return bytes ? std::move(*bytes) : std::string();
}

}  // namespace causeway::api::content
