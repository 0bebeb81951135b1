#pragma once
// Who has starred which repository (table `stars`). Thread-safe.

#include <cstdint>
#include <vector>

#include "apiserver/database/pool.hpp"
#include "apiserver/repository/repository_store.hpp"
#include "apiserver/social/person.hpp"

namespace causeway::api::social {

class StarStore {
 public:
  explicit StarStore(database::Pool& pool) : pool_(pool) {}

  // Both are as often as one likes.
  database::Result<void> star(std::int64_t user, const repository::Repository& repository);
  database::Result<void> unstar(std::int64_t user, const repository::Repository& repository);

  // The latest first, behind the row `after` (0: from the beginning), at most `limit`; without accounts that are
  // disabled.
  database::Result<std::vector<Listed>> stargazers(std::int64_t repository, std::int64_t after, std::size_t limit);

  struct Star {
    std::int64_t id = 0, repository = 0;
    base::WallTime since;
  };
  // As `stargazers`, of a user; those that `viewer` may see.
  database::Result<std::vector<Star>> starred(std::int64_t user, const repository::Viewer& viewer, std::int64_t after,
                                              std::size_t limit);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::social
