#include "apiserver/database/events.hpp"

#include <algorithm>

namespace causeway::api::database {
namespace {

// Advisory locks of this file; the first part is "evnt".
constexpr std::int64_t kNumberingLock = 0x65766e7400000001;
constexpr std::int64_t kExpiryLock = 0x65766e7400000002;
constexpr int kNumberedAtOnce = 1000;

// Gives positions to committed events that have none yet. The lock is held until the commit, so positions become
// visible in their order: whoever sees one sees all smaller ones. Returns whether there may be more.
bool give_positions(Transaction& tx) {
  tx.execute("SELECT pg_advisory_xact_lock($1)", kNumberingLock);
  const auto given = tx.execute(
      "UPDATE events SET position = numbered.position FROM ("
      "  SELECT id, nextval('event_positions') AS position FROM ("
      "    SELECT id FROM events WHERE position IS NULL ORDER BY id LIMIT $1) AS pending"
      ") AS numbered WHERE events.id = numbered.id",
      kNumberedAtOnce);
  return given.affected() == kNumberedAtOnce;
}

Result<void> number_all(Pool& pool) {
  for (;;) {
    const auto pending = pool.read(
        [](Transaction& tx) { return !tx.execute("SELECT 1 FROM events WHERE position IS NULL LIMIT 1").empty(); });
    if (!pending) return pending.error();
    if (!*pending) return {};
    // What commits after this is for the next call.
    const auto more = pool.write(give_positions);
    if (!more) return more.error();
    if (!*more) return {};
  }
}

}  // namespace

void Events::publish(Transaction& tx, std::string_view topic, const boost::json::value& payload) const {
  tx.execute("INSERT INTO events (topic, payload) VALUES ($1, $2)", topic, payload);
  if (listener_ != nullptr) {
    tx.after_commit([listener = listener_] { listener->wake(std::string(kChannel)); });
  }
}

Result<EventBatch> Events::after(EventCursor cursor, std::size_t limit, const std::vector<std::string>& topics) const {
  if (auto numbered = number_all(pool_); !numbered) return numbered.error();
  return pool_.snapshot([&](Transaction& tx) {
    EventBatch batch;
    const auto removed =
        tx.execute("SELECT removed_to, (SELECT max(position) FROM events) AS newest FROM event_horizon").front();
    const auto removed_to = removed.get<EventCursor>("removed_to");
    batch.missed = cursor < removed_to;
    const auto rows = topics.empty() ? tx.execute(
                                           "SELECT position, created_at, topic, payload FROM events WHERE position > $1"
                                           " ORDER BY position LIMIT $2",
                                           cursor, limit)
                                     : tx.execute(
                                           "SELECT position, created_at, topic, payload FROM events WHERE position > $1"
                                           " AND topic = ANY($3) ORDER BY position LIMIT $2",
                                           cursor, limit, topics);
    for (const Row row : rows) {
      batch.events.push_back({row.get<EventCursor>("position"), row.get<base::WallTime>("created_at"),
                              row.get<std::string>("topic"), row.get<boost::json::value>("payload")});
    }
    batch.more = rows.size() == limit;
    batch.cursor = std::max(cursor, removed_to);
    if (!batch.events.empty()) batch.cursor = batch.events.back().position;
    // Behind the last event of other topics there is nothing either.
    if (!batch.more) {
      batch.cursor = std::max(batch.cursor, removed.get<std::optional<EventCursor>>("newest").value_or(0));
    }
    return batch;
  });
}

Result<EventCursor> Events::now() const {
  if (auto numbered = number_all(pool_); !numbered) return numbered.error();
  return pool_.read([](Transaction& tx) {
    return tx.execute("SELECT greatest(removed_to, (SELECT max(position) FROM events)) FROM event_horizon")
        .front()
        .get<EventCursor>(0);
  });
}

Result<std::size_t> Events::expire(base::Duration age, std::size_t limit) const {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(age).count();
  return pool_.write([&](Transaction& tx) -> std::size_t {
    if (!tx.execute("SELECT pg_try_advisory_xact_lock($1)", kExpiryLock).front().get<bool>(0)) return 0;
    // From the oldest on, without a gap, so that the horizon says it all.
    const auto removed = tx.execute(
        "WITH old AS (SELECT position FROM events WHERE position IS NOT NULL ORDER BY position LIMIT $2),"
        " bound AS (SELECT min(position) AS position FROM events WHERE position IS NOT NULL"
        "           AND created_at >= now() - make_interval(secs => $1))"
        "DELETE FROM events WHERE position IN (SELECT old.position FROM old, bound"
        "                                      WHERE bound.position IS NULL OR old.position < bound.position)"
        " RETURNING position",
        static_cast<double>(seconds), limit);
    EventCursor last = 0;
    for (const Row row : removed) last = std::max(last, row.get<EventCursor>(0));
    if (last > 0) tx.execute("UPDATE event_horizon SET removed_to = $1 WHERE removed_to < $1", last);
    return removed.size();
  });
}

}  // namespace causeway::api::database
