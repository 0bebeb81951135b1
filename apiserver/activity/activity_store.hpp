#pragma once
// What people did, as far as who asks may know of it (table `activities`). Thread-safe.

#include <cstdint>
#include <optional>
#include <vector>

#include "apiserver/activity/entry.hpp"
#include "apiserver/activity/happening.hpp"
#include "apiserver/database/pool.hpp"
#include "apiserver/repository/repository_store.hpp"

namespace causeway::api::activity {

class ActivityStore {
 public:
  explicit ActivityStore(database::Pool& pool) : pool_(pool) {}

  // The latest first, behind the entry `after` (0: from the beginning), at most `limit`.
  database::Result<std::vector<Entry>> of_user(std::int64_t user, const repository::Viewer& viewer, std::int64_t after,
                                               std::size_t limit);
  database::Result<std::vector<Entry>> of_repository(std::int64_t repository, const repository::Viewer& viewer,
                                                     std::int64_t after, std::size_t limit);

  // By itself; happening.hpp does so within a transaction.
  database::Result<void> record(const Happening& what);

  // Removes those made before `until`, at most `limit`; returns how many.
  database::Result<std::size_t> expire(base::WallTime until, std::size_t limit = 10'000);

 private:
  database::Result<std::vector<Entry>> list(const char* condition, std::int64_t of, const repository::Viewer& viewer,
                                            std::int64_t after, std::size_t limit);
  database::Pool& pool_;
};

}  // namespace causeway::api::activity
