#pragma once
// Imports of repositories (table `imports`): who asked, from where, how far it is and how it ended. Thread-safe.

#include <cstdint>
#include <optional>
#include <string>

#include "apiserver/database/pool.hpp"
#include "crds/repo/repo.hpp"

namespace causeway::api::repository {

inline constexpr std::int64_t kMostImports = 3;  // under way, of a user or an account

struct Import {
  std::string url, state, phase, error;
  std::string requested_by;  // a name; "": not through the API, or an account that is gone
  std::int64_t done = 0, total = 0, bytes = 0;
  base::WallTime created_at;
  std::optional<base::WallTime> finished_at;
};

class ImportStore {
 public:
  explicit ImportStore(database::Pool& pool) : pool_(&pool) {}

  // The latest one; nullopt: there was none.
  database::Result<std::optional<Import>> find(std::int64_t repository) const;
  // That the user asked for, or into repositories of the account.
  database::Result<std::int64_t> under_way(std::int64_t user, const std::string& account) const;
  // Who asked for the one under way.
  database::Result<void> asked(std::int64_t repository, std::int64_t user) const;

 private:
  database::Pool* pool_;
};

// The row of a repository's import becomes what the Repo says. Throws database::Failure.
void follow_import(database::Transaction& tx, std::int64_t repository, const crds::Repo& repo);

}  // namespace causeway::api::repository
