#include "apiserver/activity/delivery_store.hpp"

#include "apiserver/repository/visibility.hpp"

namespace causeway::api::activity {

using database::Bytes;
using database::Transaction;

namespace {

base::WallTime after(base::WallTime now, base::Duration duration) {
  return now + std::chrono::duration_cast<base::WallTime::duration>(duration);
}

// $1 the notification, $2 the channel.
const std::string& subject_sql() {
  static const std::string kSql =
      "SELECT " + std::string(kEntryColumns) +
      ", c.url, c.secret, CASE WHEN c.kind = 'email' THEN u.email END AS email"
      " FROM notifications e JOIN notification_channels c ON c.id = $2 AND c.disabled_at IS NULL"
      " JOIN users u ON u.id = e.user_id AND u.notification"
      " AND (c.kind <> 'email' OR u.email_verified_at IS NOT NULL)"
      " JOIN accounts target ON target.id = e.user_id AND target.disabled_at IS NULL"
      " LEFT JOIN accounts actor ON actor.id = e.actor_id LEFT JOIN issues i ON i.id = e.issue_id"
      " LEFT JOIN repositories r ON r.id = e.repository_id"
      " WHERE e.id = $1 AND (e.repository_id IS NULL OR " +
      repository::may_see("u.id", "u.administrator") + ")";
  return kSql;
}

void finish(Transaction& tx, std::int64_t delivery, const std::string& error) {
  tx.execute("UPDATE notification_deliveries SET next_attempt_at = NULL, error = $2 WHERE id = $1", delivery, error);
}

}  // namespace

database::Result<std::optional<Delivery>> DeliveryStore::take(base::WallTime now, base::Duration lease) {
  return pool_.write([&](Transaction& tx) -> std::optional<Delivery> {
    for (;;) {
      const auto rows = tx.execute(
          "UPDATE notification_deliveries SET attempts = attempts + 1, next_attempt_at = $2 WHERE id ="
          " (SELECT id FROM notification_deliveries WHERE next_attempt_at <= $1 ORDER BY next_attempt_at LIMIT 1"
          "  FOR UPDATE SKIP LOCKED) RETURNING id, channel_id, notification_id, attempts",
          now, after(now, lease));
      if (rows.empty()) return std::nullopt;
      const auto row = rows.front();
      Delivery delivery;
      delivery.id = row.get<std::int64_t>("id");
      delivery.channel = row.get<std::int64_t>("channel_id");
      delivery.attempts = row.get<std::int32_t>("attempts");
      const auto subject = tx.execute(subject_sql(), row.get<std::int64_t>("notification_id"), delivery.channel);
      if (subject.empty()) {
        finish(tx, delivery.id, "it was not wanted any more, or not for the receiver to know");
        continue;
      }
      const auto text = [&](std::string_view column) {
        return subject.front().get<std::optional<std::string>>(column).value_or("");
      };
      delivery.url = text("url");
      delivery.email = text("email");
      if (delivery.email.empty()) delivery.secret = subject.front().get<Bytes>("secret").value;
      delivery.notification = entry_of(subject.front());
      return delivery;
    }
  });
}

database::Result<void> DeliveryStore::arrived(const Delivery& delivery, base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    tx.execute("UPDATE notification_deliveries SET next_attempt_at = NULL, delivered_at = $2, error = '' WHERE id = $1",
               delivery.id, now);
  });
}

database::Result<void> DeliveryStore::failed(const Delivery& delivery, const std::string& why,
                                             std::optional<base::WallTime> again, base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    // Whoever was slower than the lease decides nothing: another attempt is under way.
    const auto rows = tx.execute(
        "UPDATE notification_deliveries SET next_attempt_at = $2, error = $3 WHERE id = $1 AND attempts = $4",
        delivery.id, again, why, delivery.attempts);
    if (again || rows.affected() == 0) return;
    tx.execute(
        "UPDATE notification_channels SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL AND NOT EXISTS"
        " (SELECT FROM notification_deliveries WHERE channel_id = $1 AND delivered_at > $2::timestamptz - interval '1 "
        "day')",
        delivery.channel, now);
  });
}

database::Result<void> DeliveryStore::gone(const Delivery& delivery, base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    finish(tx, delivery.id, "the receiver answered 410: it is gone");
    tx.execute("UPDATE notification_channels SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL",
               delivery.channel, now);
  });
}

}  // namespace causeway::api::activity
