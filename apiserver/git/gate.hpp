#pragma once
// Who asks the git server, and what they may do with a repository: for git's own protocol and for Git LFS alike.

#include <filesystem>
#include <optional>
#include <string>

#include "apiserver/git/access.hpp"
#include "apiserver/git/credentials.hpp"
#include "apiserver/git/platform_tokens.hpp"
#include "apiserver/git/refusal.hpp"
#include "apiserver/git/repository.hpp"
#include "apiserver/rest/rate_limit.hpp"
#include "base/clock.hpp"
#include "base/http.hpp"

namespace causeway::api::git {

// The platform's parts (builds, the operator) have tokens of their accounts, people have access tokens, and whom the
// credentials file names may do everything.
struct Caller {
  std::string name;  // "": nobody
  bool platform = false;
  std::optional<std::string> reads;  // of a part of the platform: the repository that it reads, owner/name; "": each
  std::optional<Person> person;

  repository::Viewer viewer() const;  // as the database is asked
};

// A caller in front of a repository that they may read.
struct Pass {
  std::string path;  // owner/name
  Repository repository;
  repository::Right right = repository::Right::kRead;
  std::optional<repository::Repository> record;  // of the database, where it was asked and knows it
};

// Thread-safe.
class Gate {
 public:
  // `credentials_file`: "" for none. `access`: people and their rights; null: only the platform may do more than read
  // what is public.
  Gate(const std::filesystem::path& data, const std::filesystem::path& credentials_file,
       const PlatformTokenOptions& tokens, Access* access, const base::Clock& clock);

  // `address`: the client's, behind proxies. From where many proofs were wrong none is looked at for a while (429).
  base::Result<Caller, Refusal> caller(const base::HttpRequest& request, const std::string& address);
  // To what may not be known of it looks as if it were not there. Nobody is asked for a user where one could help.
  base::Result<Pass, Refusal> enter(const Caller& caller, const std::string& owner, const std::string& name);
  // Whether they may push as well.
  base::Result<void, Refusal> may_write(const Caller& caller, const Pass& pass) const;

  // Of somebody who may write; the platform itself may do everything.
  base::Result<std::vector<repository::BranchRefusal>, Refusal> branch_refusals(const Caller& caller, const Pass& pass);

  // The data folder can be read.
  base::Result<void> check() const { return repositories_.check(); }

 private:
  Repositories repositories_;
  Credentials credentials_;
  PlatformTokens tokens_;
  rest::RateLimiter failures_;  // proofs that were wrong, by address
  Access* access_;
};

}  // namespace causeway::api::git
