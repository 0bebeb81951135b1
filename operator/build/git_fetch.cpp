#include "operator/build/git_fetch.hpp"

#include <iostream>

#include "base/process.hpp"
#include "operator/build/git_environment.hpp"
#include "operator/build/job.hpp"

namespace causeway::op::build {
namespace {

namespace fs = std::filesystem;

std::string last_lines(const std::string& text, std::size_t bytes = 1000) {
  auto begin = text.size() > bytes ? text.size() - bytes : 0;
  return text.substr(begin);
}

}  // namespace

BuildReason classify_git_failure(std::string_view text) {
  const auto says = [&](std::string_view words) { return text.find(words) != std::string_view::npos; };
  for (const auto words :
       {"not our ref", "couldn't find remote ref", "unadvertised object", "repository not found",
        "Repository not found", "returned error: 404", "error: 403", "Authentication failed", "could not read Username",
        "unable to read tree", "no such remote ref", "not a git repository", "bad object"}) {
    if (says(words)) return BuildReason::RevisionNotFound;
  }
  // "fatal: repository 'http://…/' not found"
  if (says("fatal: repository '") && says("' not found")) return BuildReason::RevisionNotFound;
  return BuildReason::GitUnavailable;
}

BuildResult fetch_commit(const std::string& repository, const std::string& commit, const fs::path& into,
                         const FetchOptions& options) {
  const auto failed = [](BuildReason reason, std::string message) {
    return BuildResult{{}, {}, reason, std::move(message)};
  };
  std::string askpass = "/bin/false";
  if (fs::exists(options.credentials / "password")) {
    auto script = write_askpass(options.scratch, options.credentials);
    if (!script) return failed(BuildReason::BuilderFailed, script.error().message);
    askpass = *script;
  } else if (!options.token.empty() && fs::exists(options.token)) {
    auto script = write_token_askpass(options.scratch, options.audience, options.token);
    if (!script) return failed(BuildReason::BuilderFailed, script.error().message);
    askpass = *script;
  }
  auto env = git_environment(askpass);
  if (!options.ca.empty()) env["GIT_SSL_CAINFO"] = options.ca.string();
  std::error_code error;
  fs::create_directories(into, error);
  if (error) return failed(BuildReason::BuilderFailed, into.string() + ": " + error.message());

  const auto git = [&](std::vector<std::string> arguments) {
    base::ProcessSpec spec;
    spec.argv = {"git",
                 "-c",
                 "protocol.version=2",
                 "-c",
                 "http.followRedirects=false",
                 "-c",
                 "core.hooksPath=/dev/null",
                 "-c",
                 "advice.detachedHead=false",
                 "-c",
                 "transfer.fsckObjects=true",
                 "-c",
                 "fetch.recurseSubmodules=false"};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    spec.cwd = into.string();
    spec.env = env;
    base::RunOptions run;
    run.timeout = options.timeout;
    run.stop = options.stop;
    run.on_err_line = [](std::string_view line) { std::cout << line << std::endl; };
    return base::run(spec, run);
  };

  const std::vector<std::vector<std::string>> steps{{"init", "--quiet", "--initial-branch=build"},
                                                    {"fetch", "--no-tags", "--depth=1", "--", repository, commit},
                                                    {"checkout", "--quiet", "--force", "--detach", commit}};
  for (const auto& step : steps) {
    auto ran = git(step);
    if (!ran) {
      if (ran.error().code == base::ErrorCode::kCancelled || ran.error().code == base::ErrorCode::kTimeout)
        return failed(BuildReason::GitUnavailable, "git " + step[0] + " did not end in time: " + ran.error().message);
      return failed(BuildReason::BuilderFailed, ran.error().message);
    }
    if (ran->status.success()) continue;
    auto reason = step[0] == "fetch" ? classify_git_failure(ran->err) : BuildReason::BuilderFailed;
    std::string what = "git " + step[0] + " from " + repository + " failed (" + ran->status.describe() + ")";
    if (ran->err.find("could not read Username") != std::string::npos ||
        ran->err.find("Authentication failed") != std::string::npos) {
      what = repository +
             " is private, and the git server does not take the build's token (--token-reviews of the git server; " +
             "elsewhere: Secret " + std::string(kGitSecret) + " in the namespace of builds)";
    } else if (reason == BuildReason::RevisionNotFound) {
      what = "commit " + commit + " cannot be had from " + repository;
    }
    return failed(reason, what + ":\n" + last_lines(ran->err));
  }
  fs::remove_all(into / ".git", error);
  if (error) return failed(BuildReason::BuilderFailed, "removing .git: " + error.message());
  return {};
}

}  // namespace causeway::op::build
