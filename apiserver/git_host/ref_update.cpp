#include "apiserver/git_host/ref_update.hpp"

#include <unistd.h>

#include "apiserver/git_host/git_program.hpp"
#include "apiserver/git_host/revision.hpp"
#include "base/log.hpp"

namespace causeway::api::git_host {
namespace {

const std::string kNothing(GIT_OID_HEXSZ, '0');

std::string or_nothing(const ObjectId& id) {
  return id.empty() ? kNothing : id;
}

// The commands of git-update-ref(1) with -z.
std::string commands(const std::vector<RefUpdate>& updates) {
  std::string text;
  for (const auto& update : updates) {
    const std::string old = update.expected ? or_nothing(*update.expected) : std::string();
    text += "update " + update.name + '\0' + or_nothing(update.value) + '\0' + old + '\0';
  }
  return text;
}

// What is not as it was expected to be.
std::optional<Error> mismatch(git_repository* repository, const std::vector<RefUpdate>& updates) {
  for (const auto& update : updates) {
    if (!update.expected) continue;
    const auto value = value_of_ref(repository, update.name);
    if (!value) return value.error();
    const ObjectId now = *value ? to_id(**value) : ObjectId();
    if (now == *update.expected) continue;
    if (update.expected->empty()) return Error{ErrorKind::kConflict, update.name + " exists already"};
    return Error{ErrorKind::kConflict,
                 update.name + (now.empty() ? " is not there" : " is at " + now) + ", not at " + *update.expected};
  }
  return std::nullopt;
}

}  // namespace

Result<void> update_refs(git_repository* repository, const std::filesystem::path& directory,
                         const std::vector<RefUpdate>& updates) {
  GitOptions options;
  options.input = commands(updates);
  auto ran = run_git(directory, {"update-ref", "-z", "--stdin"}, options);
  if (!ran) return ran.error();
  if (ran->status.success()) return {};
  if (auto wrong = mismatch(repository, updates)) return *wrong;
  // "'refs/heads/a' exists; cannot create 'refs/heads/a/b'" and "cannot process 'a' and 'a/b' at the same time".
  if (ran->err.find("; cannot create") != std::string::npos || ran->err.find("at the same time") != std::string::npos)
    return Error{ErrorKind::kConflict, "the name " + updates.front().name +
                                           " clashes with another one: of \"a\" and \"a/b\" only one can be there"};
  return git_failed("update-ref", *ran);
}

void run_post_receive(const std::filesystem::path& directory, const std::vector<RefUpdate>& updates) {
  const auto hook = directory / "hooks" / "post-receive";
  if (::access(hook.c_str(), X_OK) != 0) return;
  base::ProcessSpec spec;
  spec.argv = {hook.string()};
  spec.cwd = directory.string();
  spec.env = git::clean_environment();
  (*spec.env)["GIT_DIR"] = ".";
  git::limit(spec, git::kSmallChild);
  base::RunOptions options;
  options.timeout = std::chrono::seconds(30);
  for (const auto& update : updates)
    options.input +=
        or_nothing(update.expected.value_or("")) + " " + or_nothing(update.value) + " " + update.name + "\n";
  const auto ran = base::run(spec, options);
  if (ran && ran->status.success()) return;
  base::log::warn("a post-receive hook failed",
                  {{"repository", directory.string()},
                   {"error", ran ? ran->status.describe() + ": " + ran->err.substr(0, 500) : ran.error().message}});
}

Result<void> point_head(const std::filesystem::path& directory, const std::string& branch) {
  auto ran = run_git_checked(directory, {"symbolic-ref", "HEAD", "refs/heads/" + branch});
  if (!ran) return ran.error();
  return {};
}

}  // namespace causeway::api::git_host
