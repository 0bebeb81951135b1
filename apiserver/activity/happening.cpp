#include "apiserver/activity/happening.hpp"

#include <boost/json/value.hpp>

#include "apiserver/repository/visibility.hpp"

namespace causeway::api::activity {

namespace json = boost::json;
using database::Transaction;

namespace {

// What has no column. Titles are none of it: people change them, and take back what they should not have written.
json::value detail_of(const Happening& what) {
  json::object detail;
  if (what.number) detail["number"] = *what.number;
  if (what.comment) detail["comment"] = *what.comment;
  return detail;
}

}  // namespace

void record(Transaction& tx, const Happening& what) {
  tx.execute("INSERT INTO activities (actor_id, kind, repository_id, account_id, detail) VALUES ($1, $2, $3, $4, $5)",
             what.actor, what.kind, what.repository, what.account, detail_of(what));
}

void take_back(Transaction& tx, const Happening& what) {
  tx.execute(
      "DELETE FROM activities WHERE actor_id = $1 AND kind = $2 AND repository_id IS NOT DISTINCT FROM $3::bigint"
      " AND account_id IS NOT DISTINCT FROM $4::bigint AND detail = $5::jsonb",
      what.actor, what.kind, what.repository, what.account, detail_of(what));
}

void forget_comment(Transaction& tx, std::int64_t issue, std::int64_t comment) {
  tx.execute("DELETE FROM notifications WHERE issue_id = $1 AND (detail ->> 'comment')::bigint = $2", issue, comment);
}

void notify(Transaction& tx, const Happening& what, const std::vector<std::int64_t>& receivers, Repeat repeat) {
  if (receivers.empty()) return;
  static const std::string kSql =
      "WITH told AS (INSERT INTO notifications (user_id, kind, actor_id, repository_id, issue_id, detail)"
      " SELECT u.id, $2::text, $3::bigint, $4::bigint, $5::bigint, $6::jsonb FROM users u"
      " JOIN accounts a ON a.id = u.id WHERE u.id = ANY($1::bigint[]) AND u.id <> $3::bigint"
      " AND a.disabled_at IS NULL"
      " AND ($4::bigint IS NULL OR EXISTS (SELECT FROM repositories r WHERE r.id = $4::bigint AND " +
      repository::may_see("u.id", "u.administrator") +
      "))"
      " AND NOT ($7::boolean AND EXISTS (SELECT FROM notifications n WHERE n.user_id = u.id AND n.kind = $2::text"
      "  AND n.actor_id = $3::bigint AND n.repository_id IS NOT DISTINCT FROM $4::bigint))"
      " RETURNING id, user_id, kind)"
      " INSERT INTO notification_deliveries (notification_id, channel_id)"
      " SELECT told.id, c.id FROM told JOIN users u ON u.id = told.user_id AND u.notification"
      " JOIN notification_channels c ON c.user_id = told.user_id AND c.disabled_at IS NULL"
      " AND (c.kinds = '{}' OR told.kind = ANY(c.kinds))";
  tx.execute(kSql, receivers, what.kind, what.actor, what.repository, what.issue, detail_of(what),
             repeat == Repeat::kOnce);
}

}  // namespace causeway::api::activity
