#include "apiserver/repository/import_store.hpp"

#include "apiserver/repository/import_state.hpp"

namespace causeway::api::repository {

using database::Transaction;

database::Result<std::optional<Import>> ImportStore::find(std::int64_t repository) const {
  return pool_->read([&](Transaction& tx) -> std::optional<Import> {
    const auto rows = tx.execute(
        "SELECT i.source_url, i.state, i.phase, i.error, coalesce(a.name, '') AS requested_by, i.done, i.total, "
        "i.bytes,"
        " i.created_at, i.finished_at FROM imports i LEFT JOIN accounts a ON a.id = i.requested_by"
        " WHERE i.repository_id = $1 ORDER BY i.id DESC LIMIT 1",
        repository);
    if (rows.empty()) return std::nullopt;
    const auto row = rows.front();
    return Import{row.get<std::string>("source_url"),    row.get<std::string>("state"),
                  row.get<std::string>("phase"),         row.get<std::string>("error"),
                  row.get<std::string>("requested_by"),  row.get<std::int64_t>("done"),
                  row.get<std::int64_t>("total"),        row.get<std::int64_t>("bytes"),
                  row.get<base::WallTime>("created_at"), row.get<std::optional<base::WallTime>>("finished_at")};
  });
}

database::Result<std::int64_t> ImportStore::under_way(std::int64_t user, const std::string& account) const {
  return pool_->read([&](Transaction& tx) {
    return tx
        .execute(
            "SELECT count(*) FROM imports i JOIN repositories r ON r.id = i.repository_id WHERE i.finished_at IS NULL"
            " AND (i.requested_by = $1 OR r.owner_id = (SELECT id FROM accounts WHERE lower(name) = lower($2)))",
            user, account)
        .front()
        .get<std::int64_t>(0);
  });
}

database::Result<void> ImportStore::asked(std::int64_t repository, std::int64_t user) const {
  return pool_->write([&](Transaction& tx) {
    tx.execute("UPDATE imports SET requested_by = $2 WHERE repository_id = $1 AND finished_at IS NULL", repository,
               user);
  });
}

void follow_import(Transaction& tx, std::int64_t repository, const crds::Repo& repo) {
  const std::string url = repo.spec.import_ ? repo.spec.import_->url : std::string();
  tx.execute(
      "UPDATE imports SET state = 'cancelled', error = '', phase = '', finished_at = clock_timestamp()"
      " WHERE repository_id = $1 AND finished_at IS NULL AND source_url <> $2",
      repository, url);
  if (url.empty()) return;
  const auto now = import_state_of(repo);
  const bool running = now.state == "running";
  const auto phase = running ? to_string(now.progress.phase) : std::string_view();
  const auto known = tx.execute(
      "SELECT id FROM imports WHERE repository_id = $1 AND source_url = $2 AND state <> 'cancelled' ORDER BY id DESC"
      " LIMIT 1",
      repository, url);
  std::int64_t id = 0;
  if (!known.empty()) {
    id = known.front().get<std::int64_t>(0);
  } else {
    // Addresses that only a closed network allows (file:) are not followed.
    const auto made = tx.execute(
        "INSERT INTO imports (repository_id, source_url) SELECT $1, $2"
        " WHERE $2::text ~ '^https?://[^/@[:space:]]+(/[^[:space:]]*)?$' AND char_length($2::text) <= 2048 RETURNING "
        "id",
        repository, url);
    if (made.empty()) return;
    id = made.front().get<std::int64_t>(0);
  }
  tx.execute(
      "UPDATE imports SET state = $2, error = $3, phase = $4, done = $5, total = $6, bytes = $7,"
      " finished_at = CASE WHEN $2 IN ('succeeded', 'failed') THEN coalesce(finished_at, clock_timestamp()) END"
      " WHERE id = $1 AND (state, error, phase, done, total, bytes) IS DISTINCT FROM"
      " ($2::text, $3::text, $4::text, $5::bigint, $6::bigint, $7::bigint)",
      id, now.state, now.error, phase, now.progress.done, now.progress.total, now.progress.bytes);
}

}  // namespace causeway::api::repository
