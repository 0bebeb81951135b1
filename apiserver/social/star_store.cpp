#include "apiserver/social/star_store.hpp"

#include <limits>

#include "apiserver/activity/happening.hpp"
#include "apiserver/repository/visibility.hpp"

namespace causeway::api::social {

using activity::Happening;
using database::Transaction;

namespace {

Happening starred_by(std::int64_t user, const repository::Repository& repository) {
  return {.kind = "repository.starred", .actor = user, .repository = repository.id};
}

std::int64_t before(std::int64_t after) {
  return after == 0 ? std::numeric_limits<std::int64_t>::max() : after;
}

}  // namespace

database::Result<void> StarStore::star(std::int64_t user, const repository::Repository& repository) {
  return pool_.write([&](Transaction& tx) {
    const auto rows = tx.execute(
        "INSERT INTO stars (repository_id, user_id) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT stars_key DO NOTHING",
        repository.id, user);
    if (rows.affected() == 0) return;
    activity::record(tx, starred_by(user, repository));
    const auto owner = tx.execute("SELECT owner_id FROM repositories WHERE id = $1", repository.id);
    activity::notify(tx, starred_by(user, repository), {owner.front().get<std::int64_t>(0)}, activity::Repeat::kOnce);
  });
}

database::Result<void> StarStore::unstar(std::int64_t user, const repository::Repository& repository) {
  return pool_.write([&](Transaction& tx) {
    const auto rows = tx.execute("DELETE FROM stars WHERE repository_id = $1 AND user_id = $2", repository.id, user);
    if (rows.affected() > 0) activity::take_back(tx, starred_by(user, repository));
  });
}

database::Result<std::vector<Listed>> StarStore::stargazers(std::int64_t repository, std::int64_t after,
                                                            std::size_t limit) {
  static const std::string kSql = "SELECT " + std::string(kListedColumns) +
                                  " FROM stars e JOIN accounts a ON a.id = e.user_id AND a.disabled_at IS NULL"
                                  " LEFT JOIN avatars p ON p.account_id = a.id WHERE e.repository_id = $1 AND e.id < "
                                  "$2 ORDER BY e.id DESC LIMIT $3";
  return pool_.read([&](Transaction& tx) {
    std::vector<Listed> found;
    for (const auto row : tx.execute(kSql, repository, before(after), limit)) found.push_back(listed_of(row));
    return found;
  });
}

database::Result<std::vector<StarStore::Star>> StarStore::starred(std::int64_t user, const repository::Viewer& viewer,
                                                                  std::int64_t after, std::size_t limit) {
  static const std::string kSql =
      "SELECT e.id, e.repository_id, e.created_at FROM stars e JOIN repositories r ON r.id = e.repository_id"
      " WHERE e.user_id = $3 AND e.id < $4 AND " +
      repository::may_see("$1", "$2") + " ORDER BY e.id DESC LIMIT $5";
  return pool_.read([&](Transaction& tx) {
    std::vector<Star> found;
    for (const auto row : tx.execute(kSql, viewer.user, viewer.administrator, user, before(after), limit))
      found.push_back(
          {row.get<std::int64_t>("id"), row.get<std::int64_t>("repository_id"), row.get<base::WallTime>("created_at")});
    return found;
  });
}

}  // namespace causeway::api::social
