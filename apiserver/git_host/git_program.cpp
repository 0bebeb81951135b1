#include "apiserver/git_host/git_program.hpp"

namespace causeway::api::git_host {

Result<base::RunOutput> run_git(const std::filesystem::path& directory, const std::vector<std::string>& arguments,
                                const GitOptions& options) {
  base::ProcessSpec spec;
  // The volume's files may be another user's; who may write to it decides, not who owns what.
  spec.argv = {
      "git", "-c", "safe.directory=*", "-c", "core.fsync=committed,reference", "-c", "core.filesRefLockTimeout=2000"};
  if (!directory.empty()) spec.argv.insert(spec.argv.end(), {"--git-dir", directory.string()});
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  spec.env = git::clean_environment();
  git::limit(spec, options.limits);
  base::RunOptions run;
  run.timeout = options.timeout;
  run.input = options.input;
  auto ran = base::run(spec, run);
  if (!ran) return Error{ErrorKind::kUnavailable, "git " + arguments.front() + ": " + ran.error().message};
  return std::move(*ran);
}

Result<base::RunOutput> run_git_checked(const std::filesystem::path& directory,
                                        const std::vector<std::string>& arguments, const GitOptions& options) {
  auto ran = run_git(directory, arguments, options);
  if (ran && !ran->status.success()) return git_failed(arguments.front(), *ran);
  return ran;
}

Error git_failed(const std::string& command, const base::RunOutput& output) {
  constexpr std::size_t kQuoted = 500;
  const auto& said = output.err;
  return {ErrorKind::kUnavailable, "git " + command + ": " + output.status.describe() + ": " +
                                       said.substr(said.size() > kQuoted ? said.size() - kQuoted : 0)};
}

}  // namespace causeway::api::git_host
