#include "apiserver/activity/activity_store.hpp"

#include <limits>

#include "apiserver/activity/happening.hpp"
#include "apiserver/repository/visibility.hpp"

namespace causeway::api::activity {

using database::Transaction;

database::Result<std::vector<Entry>> ActivityStore::list(const char* condition, std::int64_t of,
                                                         const repository::Viewer& viewer, std::int64_t after,
                                                         std::size_t limit) {
  const std::string sql =
      "SELECT " + std::string(kEntryColumns) +
      " FROM activities e JOIN accounts actor ON actor.id = e.actor_id AND actor.disabled_at IS NULL"
      " LEFT JOIN repositories r ON r.id = e.repository_id"
      " LEFT JOIN accounts target ON target.id = e.account_id"
      " LEFT JOIN issues i ON i.repository_id = e.repository_id AND i.number = (e.detail ->> 'number')::bigint"
      " WHERE " +
      condition +
      " = $3 AND e.id < $4 AND target.disabled_at IS NULL"
      " AND (e.repository_id IS NULL OR " +
      repository::may_see("$1", "$2") + ") ORDER BY e.id DESC LIMIT $5";
  const auto before = after == 0 ? std::numeric_limits<std::int64_t>::max() : after;
  return pool_.read([&](Transaction& tx) {
    std::vector<Entry> found;
    for (const auto row : tx.execute(sql, viewer.user, viewer.administrator, of, before, limit))
      found.push_back(entry_of(row));
    return found;
  });
}

database::Result<std::vector<Entry>> ActivityStore::of_user(std::int64_t user, const repository::Viewer& viewer,
                                                            std::int64_t after, std::size_t limit) {
  return list("e.actor_id", user, viewer, after, limit);
}

database::Result<std::vector<Entry>> ActivityStore::of_repository(std::int64_t repository,
                                                                  const repository::Viewer& viewer, std::int64_t after,
                                                                  std::size_t limit) {
  return list("e.repository_id", repository, viewer, after, limit);
}

database::Result<void> ActivityStore::record(const Happening& what) {
  return pool_.write([&](Transaction& tx) { activity::record(tx, what); });
}

database::Result<std::size_t> ActivityStore::expire(base::WallTime until, std::size_t limit) {
  // They are numbered as they come: the oldest are the first.
  return pool_.write([&](Transaction& tx) {
    return tx
        .execute(
            "DELETE FROM activities WHERE id IN (SELECT id FROM activities ORDER BY id LIMIT $2) AND created_at < $1",
            until, limit)
        .affected();
  });
}

}  // namespace causeway::api::activity
