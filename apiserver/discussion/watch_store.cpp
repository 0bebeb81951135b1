#include "apiserver/discussion/watch_store.hpp"

namespace causeway::api::discussion {

using database::Transaction;

database::Result<WatchStore::Level> WatchStore::level(const Watched& what) const {
  return pool_->read([&](Transaction& tx) -> Level {
    const auto rows = tx.execute(
        "SELECT level, issue_id IS NOT DISTINCT FROM $3::bigint AS own FROM watches WHERE user_id = $1"
        " AND repository_id = $2 AND (issue_id IS NULL OR issue_id = $3::bigint) ORDER BY own DESC LIMIT 1",
        what.user, what.repository, what.issue);
    if (rows.empty()) return {"participating", false};
    return {rows.front().get<std::string>("level"), rows.front().get<bool>("own")};
  });
}

database::Result<void> WatchStore::set(const Watched& what, const std::string& level) const {
  return pool_->write([&](Transaction& tx) {
    tx.execute(
        "INSERT INTO watches (user_id, repository_id, issue_id, level) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT ON CONSTRAINT watches_key DO UPDATE SET level = excluded.level",
        what.user, what.repository, what.issue, level);
  });
}

database::Result<void> WatchStore::forget(const Watched& what) const {
  return pool_->write([&](Transaction& tx) {
    tx.execute(
        "DELETE FROM watches WHERE user_id = $1 AND repository_id = $2 AND issue_id IS NOT DISTINCT FROM $3::bigint",
        what.user, what.repository, what.issue);
  });
}

}  // namespace causeway::api::discussion
