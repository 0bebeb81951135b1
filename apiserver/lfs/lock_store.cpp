#include "apiserver/lfs/lock_store.hpp"

namespace causeway::api::lfs {

using database::Row;
using database::Transaction;

namespace {

constexpr std::string_view kColumns =
    "SELECT l.id, l.owner_id, l.path, l.created_at, a.name FROM lfs_locks l JOIN accounts a ON a.id = l.owner_id ";

Lock lock_of(const Row& row) {
  return {row.get<std::int64_t>("id"), row.get<std::int64_t>("owner_id"), row.get<std::string>("path"),
          row.get<std::string>("name"), row.get<base::WallTime>("created_at")};
}

}  // namespace

database::Result<LockStore::Taken> LockStore::take(std::int64_t repository, std::int64_t user, const std::string& path,
                                                   const std::string& ref) {
  static const std::string sql = std::string(kColumns) + "WHERE l.repository_id = $1 AND l.path = $2";
  return pool_.write([&](Transaction& tx) {
    const bool fresh = tx.execute(
                             "INSERT INTO lfs_locks (repository_id, owner_id, path, ref) VALUES ($1, $2, $3, $4)"
                             " ON CONFLICT (repository_id, path) DO NOTHING",
                             repository, user, path, ref)
                           .affected() == 1;
    const auto rows = tx.execute(sql, repository, path);
    // Whoever had it has given it back since: the client asks again.
    if (rows.empty()) throw database::Failure({.kind = database::ErrorKind::kConflict, .message = "the lock has gone"});
    return Taken{lock_of(rows.front()), fresh};
  });
}

database::Result<std::vector<Lock>> LockStore::list(std::int64_t repository, const LockFilter& filter) {
  static const std::string sql = std::string(kColumns) +
                                 "WHERE l.repository_id = $1 AND l.id > $2 AND ($3 = '' OR l.path = $3)"
                                 " AND ($4 = 0::bigint OR l.id = $4) ORDER BY l.id LIMIT $5";
  return pool_.read([&](Transaction& tx) {
    std::vector<Lock> locks;
    for (const auto row : tx.execute(sql, repository, filter.after, filter.path, filter.id, filter.limit))
      locks.push_back(lock_of(row));
    return locks;
  });
}

database::Result<LockStore::Released> LockStore::release(std::int64_t repository, std::int64_t id, std::int64_t user,
                                                         bool any) {
  static const std::string sql = std::string(kColumns) + "WHERE l.repository_id = $1 AND l.id = $2 FOR UPDATE OF l";
  return pool_.write([&](Transaction& tx) {
    const auto rows = tx.execute(sql, repository, id);
    if (rows.empty()) return Released{};
    Released released{lock_of(rows.front()), false};
    if (released.lock->owner != user && !any) return released;
    tx.execute("DELETE FROM lfs_locks WHERE id = $1", id);
    released.done = true;
    return released;
  });
}

}  // namespace causeway::api::lfs
