#pragma once
// One commit of a repository, without history, into a folder.

#include <filesystem>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "operator/build/spec.hpp"

namespace causeway::op::build {

struct FetchOptions {
  std::filesystem::path credentials;  // folder with the files `username` and `password`; need not be there
  std::filesystem::path token;        // where there are none: file with a token, which may not be there either, …
  std::string audience;               // … and what it is bound to
  std::filesystem::path ca;           // PEM file of who signs for the server; "" = the system's authorities
  std::filesystem::path scratch;      // ours alone, for the askpass script; outside `into`
  base::Duration timeout = std::chrono::minutes(10);
  std::stop_token stop;
};

// The tree of `commit` in `into` (made), without .git and without any trace of a credential. reason None: done.
BuildResult fetch_commit(const std::string& repository, const std::string& commit, const std::filesystem::path& into,
                         const FetchOptions& options);

// What git said on failure: RevisionNotFound for what is not there or not allowed, else GitUnavailable.
BuildReason classify_git_failure(std::string_view stderr_text);

}  // namespace causeway::op::build
