#pragma once
// The program git, for what it does better than libgit2. For .cpp files of this folder.

#include <filesystem>
#include <string>
#include <vector>

#include "apiserver/git/child_limits.hpp"
#include "apiserver/git/environment.hpp"
#include "apiserver/git_host/error.hpp"
#include "base/process.hpp"

namespace causeway::api::git_host {

struct GitOptions {
  std::string input = {};
  base::Duration timeout = std::chrono::minutes(2);
  git::ChildLimits limits = git::kSmallChild;
};

// `directory` empty: without a repository. An error only where git did not run to its end.
Result<base::RunOutput> run_git(const std::filesystem::path& directory, const std::vector<std::string>& arguments,
                                const GitOptions& options = {});
// And it succeeded.
Result<base::RunOutput> run_git_checked(const std::filesystem::path& directory,
                                        const std::vector<std::string>& arguments, const GitOptions& options = {});

// kUnavailable, quoting what it said.
Error git_failed(const std::string& command, const base::RunOutput& output);

}  // namespace causeway::api::git_host
