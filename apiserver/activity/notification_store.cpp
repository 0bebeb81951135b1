#include "apiserver/activity/notification_store.hpp"

#include <limits>

#include "apiserver/repository/visibility.hpp"

namespace causeway::api::activity {

using database::Transaction;

namespace {

// The receiver may have lost the right since.
std::string of_receiver() {
  return " LEFT JOIN repositories r ON r.id = e.repository_id WHERE e.user_id = $3 AND (e.repository_id IS NULL OR " +
         repository::may_see("$1", "$2") + ")";
}

}  // namespace

database::Result<std::vector<Entry>> NotificationStore::list(std::int64_t receiver, const repository::Viewer& viewer,
                                                             bool unread_only, std::int64_t after, std::size_t limit) {
  static const std::string kSelect = "SELECT " + std::string(kEntryColumns) +
                                     ", e.read_at FROM notifications e JOIN accounts target ON target.id = e.user_id"
                                     " LEFT JOIN accounts actor ON actor.id = e.actor_id"
                                     " LEFT JOIN issues i ON i.id = e.issue_id" +
                                     of_receiver() + " AND e.id < $4";
  static const std::string kEnd = " ORDER BY e.id DESC LIMIT $5";
  static const std::string kAll = kSelect + kEnd, kUnread = kSelect + " AND e.read_at IS NULL" + kEnd;
  const auto before = after == 0 ? std::numeric_limits<std::int64_t>::max() : after;
  return pool_.read([&](Transaction& tx) {
    std::vector<Entry> found;
    for (const auto row :
         tx.execute(unread_only ? kUnread : kAll, viewer.user, viewer.administrator, receiver, before, limit)) {
      found.push_back(entry_of(row));
      found.back().read_at = row.get<std::optional<base::WallTime>>("read_at");
    }
    return found;
  });
}

database::Result<std::int64_t> NotificationStore::unread(std::int64_t receiver, const repository::Viewer& viewer,
                                                         std::int64_t most) {
  static const std::string kSql = "SELECT count(*) FROM (SELECT FROM notifications e" + of_receiver() +
                                  " AND e.read_at IS NULL LIMIT $4) AS unread";
  return pool_.read([&](Transaction& tx) {
    return tx.execute(kSql, viewer.user, viewer.administrator, receiver, most).front().get<std::int64_t>(0);
  });
}

database::Result<bool> NotificationStore::mark(std::int64_t receiver, std::int64_t notification, bool read) {
  return pool_.write([&](Transaction& tx) {
    return tx.execute(
                 "UPDATE notifications SET read_at = CASE WHEN $3::boolean THEN coalesce(read_at, clock_timestamp())"
                 " END WHERE id = $2 AND user_id = $1",
                 receiver, notification, read)
               .affected() > 0;
  });
}

database::Result<void> NotificationStore::mark_all_read(std::int64_t receiver, std::optional<std::int64_t> up_to) {
  return pool_.write([&](Transaction& tx) {
    tx.execute(
        "UPDATE notifications SET read_at = clock_timestamp() WHERE user_id = $1 AND read_at IS NULL AND id <= $2",
        receiver, up_to.value_or(std::numeric_limits<std::int64_t>::max()));
  });
}

database::Result<std::size_t> NotificationStore::expire(base::WallTime until, std::size_t limit) {
  return pool_.write([&](Transaction& tx) {
    return tx
        .execute(
            "DELETE FROM notifications WHERE id IN (SELECT id FROM notifications ORDER BY id LIMIT $2)"
            " AND created_at < $1",
            until, limit)
        .affected();
  });
}

}  // namespace causeway::api::activity
