#pragma once
// What users are told (table `notifications`), as far as they may still know of it. Thread-safe.

#include <cstdint>
#include <optional>
#include <vector>

#include "apiserver/activity/entry.hpp"
#include "apiserver/database/pool.hpp"
#include "apiserver/repository/repository_store.hpp"

namespace causeway::api::activity {

class NotificationStore {
 public:
  explicit NotificationStore(database::Pool& pool) : pool_(pool) {}

  // The latest first, behind the entry `after` (0: from the beginning), at most `limit`. `viewer`: the receiver, or a
  // visitor where the request may see no more than what is public.
  database::Result<std::vector<Entry>> list(std::int64_t receiver, const repository::Viewer& viewer, bool unread_only,
                                            std::int64_t after, std::size_t limit);
  // How many are unread, counted to `most`.
  database::Result<std::int64_t> unread(std::int64_t receiver, const repository::Viewer& viewer, std::int64_t most);

  // False: the receiver has no such notification.
  database::Result<bool> mark(std::int64_t receiver, std::int64_t notification, bool read);
  // Those up to this one, and no later ones, which nobody has seen yet. nullopt: all.
  database::Result<void> mark_all_read(std::int64_t receiver, std::optional<std::int64_t> up_to);

  // Removes those made before `until`, at most `limit`; returns how many.
  database::Result<std::size_t> expire(base::WallTime until, std::size_t limit = 10'000);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::activity
