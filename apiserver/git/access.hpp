#pragma once
// People as the git server knows them: by their access tokens, and by what they may do with a repository.

#include <optional>
#include <string>

#include "apiserver/database/pool.hpp"
#include "apiserver/repository/repository_store.hpp"
#include "apiserver/session/access_tokens.hpp"

namespace causeway::api::git {

struct Person {
  repository::Viewer viewer;
  std::string name;
  bool reads = false, writes = false;  // what the token was made for
};

// Thread-safe; reads the database.
class Access {
 public:
  Access(database::Pool& pool, const base::Clock& clock) : pool_(pool), tokens_(pool, clock), repositories_(pool) {}

  // Whom an Authorization header proves; nullopt: nobody.
  base::Result<std::optional<Person>> person(std::string_view authorization, const std::string& address);
  // The repository at this path, with the viewer's right; nullopt: the database does not know it (its owner has no
  // account), or must not tell.
  base::Result<std::optional<repository::Repository>> find(const std::string& path, const repository::Viewer& viewer);
  // Whether an administrator has disabled the account of this name; false where there is none.
  base::Result<bool> disabled(const std::string& owner);
  // What somebody with this right may not do with its branches.
  base::Result<std::vector<repository::BranchRefusal>> branch_refusals(const repository::Repository& repository,
                                                                       repository::Right right);

 private:
  database::Pool& pool_;
  session::AccessTokens tokens_;
  repository::RepositoryStore repositories_;
};

}  // namespace causeway::api::git
