#include "apiserver/oauth/attempt_store.hpp"

#include "apiserver/database/expire.hpp"
#include "base/encoding.hpp"

namespace causeway::api::oauth {

using database::Bytes;
using database::Transaction;

std::string_view to_string(AttemptStore::Verdict verdict) {
  switch (verdict) {
    case AttemptStore::Verdict::kRight:
      return "it is the attempt";
    case AttemptStore::Verdict::kUnknown:
      return "there is no such attempt: never begun, or used before";
    case AttemptStore::Verdict::kOver:
      return "the attempt is over";
    case AttemptStore::Verdict::kOtherBrowser:
      return "the attempt was begun in another browser";
    case AttemptStore::Verdict::kOtherProvider:
      return "the attempt was begun with another provider";
  }
  return "";
}

database::Result<void> AttemptStore::begin(const Begun& begun, const Attempt& attempt, base::WallTime now) {
  const auto expires = now + std::chrono::duration_cast<base::WallTime::duration>(kAttemptLife);
  return pool_.write([&](Transaction& tx) {
    tx.execute(
        "INSERT INTO oauth_attempts (created_at, provider, state_hash, request_hash, code_verifier, nonce, user_id,"
        " return_to, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        now, begun.provider, Bytes{base::sha256(attempt.state)}, Bytes{base::sha256(begun.browser)}, attempt.verifier,
        attempt.nonce, begun.user, begun.return_to, expires);
  });
}

database::Result<AttemptStore::Taken> AttemptStore::take(const std::string& state, const std::string& provider,
                                                         const std::string& browser, base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    // Of two that come at once one finds nothing any more.
    const auto rows = tx.execute(
        "DELETE FROM oauth_attempts WHERE state_hash = $1"
        " RETURNING provider, request_hash, code_verifier, nonce, user_id, return_to, expires_at",
        Bytes{base::sha256(state)});
    Taken taken;
    if (rows.empty()) return taken;
    const auto row = rows.front();
    if (!base::constant_time_equal(row.get<Bytes>("request_hash").value, base::sha256(browser))) {
      taken.verdict = Verdict::kOtherBrowser;
    } else if (row.get<std::string>("provider") != provider) {
      taken.verdict = Verdict::kOtherProvider;
    } else if (row.get<base::WallTime>("expires_at") <= now) {
      taken.verdict = Verdict::kOver;
    } else {
      taken = {Verdict::kRight, row.get<std::string>("code_verifier"), row.get<std::string>("nonce"),
               row.get<std::string>("return_to"), row.get<std::optional<std::int64_t>>("user_id")};
    }
    return taken;
  });
}

database::Result<std::size_t> AttemptStore::expire(base::WallTime now, std::size_t limit) {
  return database::remove_expired(pool_, "oauth_attempts", now, limit);
}

}  // namespace causeway::api::oauth
