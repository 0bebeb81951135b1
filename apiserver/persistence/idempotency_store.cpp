#include "apiserver/persistence/idempotency_store.hpp"

#include "apiserver/database/expire.hpp"
#include "apiserver/rest/field_value.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::api::persistence {

namespace json = boost::json;
using database::Bytes;
using database::Transaction;

namespace {

base::WallTime after(base::WallTime now, base::Duration duration) {
  return now + std::chrono::duration_cast<base::WallTime::duration>(duration);
}

// A cookie or a token is for the one who was there: who sends the key again gets the rest.
json::value headers_json(const base::Headers& headers) {
  json::array list;
  for (const auto& [name, value] : headers) {
    if (rest::same_text(name, "Set-Cookie")) continue;
    list.push_back(json::array{name, value});
  }
  return list;
}

base::HttpResponse answer_of(const database::Row& row) {
  base::HttpResponse answer;
  answer.status = row.get<std::int32_t>("status");
  answer.body = row.get<Bytes>("body").value;
  const auto headers = row.get<json::value>("headers");
  for (const auto& header : headers.as_array()) {
    const auto& pair = header.as_array();
    answer.headers.add(std::string(pair.at(0).as_string()), std::string(pair.at(1).as_string()));
  }
  return answer;
}

}  // namespace

// `held_until` says it: what is held for ever is done.
void done_under(Transaction& tx, const rest::IdempotencyKey* key) {
  if (key == nullptr) return;
  const auto marked = tx.execute(
      "UPDATE idempotency_keys SET held_until = 'infinity' WHERE caller = $1 AND route = $2 AND key = $3"
      " AND request_hash = $4 AND status IS NULL AND held_until < 'infinity'",
      key->caller, key->route, key->key, Bytes{base::sha256(key->fingerprint)});
  if (marked.affected() > 0) return;
  throw database::Failure(
      {database::ErrorKind::kUnavailable, "another request with the same key has done it", {}, {}, {}, {}});
}

base::Result<IdempotencyStore::Begun> IdempotencyStore::begin(const rest::IdempotencyKey& key) {
  const auto now = clock_.wall();
  const Bytes asked{base::sha256(key.fingerprint)};
  auto begun = pool_.write([&](Transaction& tx) -> Begun {
    // Ours where there is none, where it is over, and where whoever had it died before it answered.
    const auto ours = tx.execute(
        "INSERT INTO idempotency_keys AS k (caller, route, key, request_hash, held_until, expires_at, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ON CONSTRAINT idempotency_keys_key DO UPDATE SET"
        " request_hash = $4, held_until = $5, expires_at = $6, status = NULL, headers = NULL, body = NULL"
        " WHERE k.expires_at <= $7 OR (k.status IS NULL AND k.held_until <= $7 AND k.request_hash = $4)",
        key.caller, key.route, key.key, asked, after(now, options_.hold), after(now, options_.keep), now);
    if (ours.affected() > 0) return {State::kBegun, std::nullopt};
    const auto rows = tx.execute(
        "SELECT request_hash = $4 AS same, status, headers, body, held_until = 'infinity' AS done FROM idempotency_keys"
        " WHERE caller = $1 AND route = $2 AND key = $3",
        key.caller, key.route, key.key, asked);
    if (rows.empty()) return {State::kInFlight, std::nullopt};  // it was given up in this moment
    const auto row = rows.front();
    if (!row.get<bool>("same")) return {State::kOtherRequest, std::nullopt};
    if (row.null("status")) return {row.get<bool>("done") ? State::kUnanswered : State::kInFlight, std::nullopt};
    return {State::kDone, answer_of(row)};
  });
  if (!begun) return begun.error().to_base();
  return std::move(*begun);
}

base::Result<void> IdempotencyStore::finish(const rest::IdempotencyKey& key, const base::HttpResponse& answer) {
  auto kept = pool_.write([&](Transaction& tx) {
    tx.execute(
        "UPDATE idempotency_keys SET status = $4, headers = $5, body = $6"
        " WHERE caller = $1 AND route = $2 AND key = $3 AND status IS NULL",
        key.caller, key.route, key.key, answer.status, headers_json(answer.headers), Bytes{answer.body});
  });
  if (!kept) return kept.error().to_base();
  return {};
}

void IdempotencyStore::abandon(const rest::IdempotencyKey& key) {
  auto freed = pool_.write([&](Transaction& tx) {
    tx.execute(
        "DELETE FROM idempotency_keys WHERE caller = $1 AND route = $2 AND key = $3 AND status IS NULL"
        " AND held_until < 'infinity'",
        key.caller, key.route, key.key);
  });
  // It frees itself after `hold`.
  if (!freed) base::log::warn("an idempotency key was not freed", {{"error", freed.error().message}});
}

database::Result<std::size_t> IdempotencyStore::expire(base::WallTime now, std::size_t limit) {
  return database::remove_expired(pool_, "idempotency_keys", now, limit);
}

}  // namespace causeway::api::persistence
