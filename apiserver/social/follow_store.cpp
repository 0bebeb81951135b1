#include "apiserver/social/follow_store.hpp"

#include <limits>

#include "apiserver/activity/happening.hpp"

namespace causeway::api::social {

using activity::Happening;
using database::Transaction;

namespace {

Happening followed(std::int64_t user, std::int64_t account) {
  return {.kind = "account.followed", .actor = user, .account = account};
}

std::string list_sql(std::string_view of, std::string_view shown) {
  return "SELECT " + std::string(kListedColumns) + " FROM follows e JOIN accounts a ON a.id = e." + std::string(shown) +
         " AND a.disabled_at IS NULL LEFT JOIN avatars p ON p.account_id = a.id WHERE e." + std::string(of) +
         " = $1 AND e.id < $2 ORDER BY e.id DESC LIMIT $3";
}

database::Result<std::vector<Listed>> list(database::Pool& pool, const std::string& sql, std::int64_t of,
                                           std::int64_t after, std::size_t limit) {
  const auto before = after == 0 ? std::numeric_limits<std::int64_t>::max() : after;
  return pool.read([&](Transaction& tx) {
    std::vector<Listed> found;
    for (const auto row : tx.execute(sql, of, before, limit)) found.push_back(listed_of(row));
    return found;
  });
}

}  // namespace

database::Result<void> FollowStore::follow(std::int64_t user, std::int64_t account) {
  return pool_.write([&](Transaction& tx) {
    const auto rows = tx.execute(
        "INSERT INTO follows (follower_id, account_id) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT follows_key DO "
        "NOTHING",
        user, account);
    if (rows.affected() == 0) return;
    activity::record(tx, followed(user, account));
    activity::notify(tx, followed(user, account), {account}, activity::Repeat::kOnce);
  });
}

database::Result<void> FollowStore::unfollow(std::int64_t user, std::int64_t account) {
  return pool_.write([&](Transaction& tx) {
    const auto rows = tx.execute("DELETE FROM follows WHERE follower_id = $1 AND account_id = $2", user, account);
    if (rows.affected() > 0) activity::take_back(tx, followed(user, account));
  });
}

database::Result<bool> FollowStore::follows(std::int64_t user, std::int64_t account) {
  return pool_.read([&](Transaction& tx) {
    return !tx.execute("SELECT FROM follows WHERE follower_id = $1 AND account_id = $2", user, account).empty();
  });
}

database::Result<std::vector<Listed>> FollowStore::followers(std::int64_t account, std::int64_t after,
                                                             std::size_t limit) {
  static const std::string kSql = list_sql("account_id", "follower_id");
  return list(pool_, kSql, account, after, limit);
}

database::Result<std::vector<Listed>> FollowStore::following(std::int64_t user, std::int64_t after, std::size_t limit) {
  static const std::string kSql = list_sql("follower_id", "account_id");
  return list(pool_, kSql, user, after, limit);
}

}  // namespace causeway::api::social
