#include "apiserver/session/access_tokens.hpp"

#include <algorithm>

#include "apiserver/session/token.hpp"
#include "base/log.hpp"

namespace causeway::api::session {

using database::Bytes;
using database::Row;
using database::Transaction;

namespace {

constexpr auto kWriteUseAfter = std::chrono::minutes(1);

AccessToken entry_of(const Row& row) {
  return {row.get<std::int64_t>("id"),
          row.get<std::string>("name"),
          row.get<std::string>("hint"),
          row.get<std::vector<std::string>>("scopes"),
          row.get<base::WallTime>("created_at"),
          row.get<base::WallTime>("expires_at"),
          row.get<std::optional<base::WallTime>>("last_used_at")};
}

// Who may write may read.
std::vector<std::string> with_implied(std::vector<std::string> scopes) {
  constexpr std::string_view kWrite = ":write";
  for (std::size_t i = 0, count = scopes.size(); i < count; ++i) {
    const std::string_view scope = scopes[i];
    if (scope.ends_with(kWrite)) scopes.push_back(std::string(scope.substr(0, scope.size() - kWrite.size())) + ":read");
  }
  return scopes;
}

}  // namespace

bool is_scope(std::string_view text) {
  return std::find(kScopes.begin(), kScopes.end(), text) != kScopes.end();
}

database::Result<std::optional<AccessTokens::Created>> AccessTokens::create(const Wanted& wanted) {
  const auto token = make_token(TokenKind::kAccess);
  const auto now = clock_.wall();
  return pool_.write([&](Transaction& tx) -> std::optional<Created> {
    // Two of the same user come one after the other, so that they count each other.
    tx.execute("SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE", wanted.user);
    if (tx.execute("SELECT count(*) FROM access_tokens WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2",
                   wanted.user, now)
            .front()
            .get<std::int64_t>(0) >= most_)
      return std::nullopt;
    const auto row =
        tx.execute(
              "INSERT INTO access_tokens (user_id, name, token_hash, hint, scopes, created_at, expires_at)"
              " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id, name, hint, scopes, created_at, expires_at,"
              " last_used_at",
              wanted.user, wanted.name, Bytes{token_hash(token)}, token_hint(token), wanted.scopes, now,
              now + std::chrono::duration_cast<base::WallTime::duration>(wanted.life))
            .front();
    return Created{token, entry_of(row)};
  });
}

database::Result<std::optional<AccessTokens::Found>> AccessTokens::authenticate(const std::string& token,
                                                                                const std::string& address) {
  if (token_kind(token) != TokenKind::kAccess) return std::optional<Found>();
  const auto now = clock_.wall();
  std::optional<base::WallTime> used;
  auto found = pool_.read([&](Transaction& tx) -> std::optional<Found> {
    const auto rows = tx.execute(
        "SELECT t.id, t.scopes, t.last_used_at, t.user_id, a.name, a.namespace, u.administrator,"
        " u.initialised_at IS NOT NULL AS initialised"
        " FROM access_tokens t JOIN accounts a ON a.id = t.user_id JOIN users u ON u.id = t.user_id"
        " WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2 AND a.disabled_at IS NULL",
        Bytes{token_hash(token)}, now);
    if (rows.empty()) return std::nullopt;
    const auto row = rows.front();
    used = row.get<std::optional<base::WallTime>>("last_used_at");
    return Found{row.get<std::int64_t>("id"),
                 {row.get<std::int64_t>("user_id"), row.get<std::string>("name"), row.get<std::string>("namespace"),
                  row.get<bool>("administrator"), row.get<bool>("initialised")},
                 with_implied(row.get<std::vector<std::string>>("scopes"))};
  });
  if (!found || !*found || (used && now - *used < kWriteUseAfter)) return found;
  auto written = pool_.write([&](Transaction& tx) {
    tx.execute(
        "UPDATE access_tokens SET last_used_at = GREATEST(last_used_at, $2), last_used_address = $3::inet"
        " WHERE id = $1",
        (*found)->id, now, database::as_inet(address));
  });
  // No reason to send anybody away: it is tried again with the next request.
  if (!written) base::log::warn("an access token's use was not written down", {{"error", written.error().message}});
  return found;
}

database::Result<std::vector<AccessToken>> AccessTokens::list(std::int64_t user) {
  return pool_.read([&](Transaction& tx) {
    std::vector<AccessToken> tokens;
    for (const auto row : tx.execute("SELECT id, name, hint, scopes, created_at, expires_at, last_used_at"
                                     " FROM access_tokens WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id DESC",
                                     user))
      tokens.push_back(entry_of(row));
    return tokens;
  });
}

database::Result<std::optional<std::vector<std::string>>> AccessTokens::revoke(std::int64_t user, std::int64_t token) {
  return pool_.write([&](Transaction& tx) -> std::optional<std::vector<std::string>> {
    const auto rows = tx.execute(
        "UPDATE access_tokens SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL"
        " RETURNING scopes",
        token, user, clock_.wall());
    if (rows.empty()) return std::nullopt;
    return rows.front().get<std::vector<std::string>>("scopes");
  });
}

}  // namespace causeway::api::session
