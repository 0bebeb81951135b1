#include "apiserver/database/expire.hpp"

namespace causeway::api::database {

Result<std::size_t> remove_expired(Pool& pool, std::string_view table, base::WallTime until, std::size_t limit) {
  const std::string name(table);
  const std::string sql = "DELETE FROM " + name + " WHERE id IN (SELECT id FROM " + name +
                          " WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)";
  return pool.write(
      [&](Transaction& tx) { return tx.execute(sql, until, static_cast<std::int64_t>(limit)).affected(); });
}

}  // namespace causeway::api::database
