#include "apiserver/session/store.hpp"

#include "apiserver/database/expire.hpp"
#include "apiserver/session/token.hpp"
#include "base/encoding.hpp"

namespace causeway::api::session {

using database::Bytes;
using database::Transaction;

namespace {

constexpr std::size_t kUserAgent = 512;  // bytes that are kept

base::WallTime after(base::WallTime now, base::Duration duration) {
  return now + std::chrono::duration_cast<base::WallTime::duration>(duration);
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::kCode:
      return "code";
    case Method::kPassword:
      return "password";
    case Method::kOauth:
      return "oauth";
  }
  return "";
}

void Store::changed(Transaction& tx, std::int64_t user) {
  events_.publish(tx, kTopic, {{"user", user}});
}

// Of those in which the second factor was given, of the others, or of all.
void Store::end_beyond(Transaction& tx, std::int64_t user, std::optional<bool> given) {
  const auto beyond = tx.execute(
      "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = $1"
      " AND (second_factor_id IS NOT NULL) = coalesce($3, second_factor_id IS NOT NULL)"
      " ORDER BY last_used_at DESC, id DESC OFFSET $2)",
      user, most_, given);
  if (beyond.affected() > 0) changed(tx, user);
}

database::Result<std::string> Store::create(const Login& login, base::WallTime now) {
  const std::string token = make_token(TokenKind::kSession);
  const boost::json::value agent{{"header", std::string(base::utf8_prefix(login.user_agent, kUserAgent))}};
  const auto made = pool_.write([&](Transaction& tx) {
    // Two of the same user come one after the other, so that they count each other.
    tx.execute("SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE", login.user);
    const bool half =
        !tx.execute("SELECT FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL", login.user).empty();
    if (!login.replaces.empty()) {
      const auto ended =
          tx.execute("DELETE FROM sessions WHERE token_hash = $1 OR previous_token_hash = $1 RETURNING user_id",
                     Bytes{login.replaces});
      for (const auto row : ended) changed(tx, row.get<std::int64_t>(0));
    }
    tx.execute(
        "INSERT INTO sessions (user_id, token_hash, method, created_at, renewed_at, authenticated_at, last_used_at,"
        " expires_at, absolute_expires_at, addresses, user_agent)"
        " VALUES ($1, $2, $3, $4, $4, $4, $4, $5, $6,"
        " CASE WHEN $7::inet IS NULL THEN '{}' ELSE ARRAY[$7::inet] END, $8)",
        login.user, Bytes{token_hash(token)}, to_string(login.method), now,
        after(now, std::min({lifetimes_.idle, lifetimes_.absolute, half ? kSecondFactorPatience : lifetimes_.idle})),
        after(now, lifetimes_.absolute), database::as_inet(login.address), agent);
    // With half of a proof nobody ends the sessions of who has given all.
    end_beyond(tx, login.user, half ? std::optional(false) : std::nullopt);
    // Who has not given the second factor, or only may set a password, has not been here yet.
    if (half) return;
    tx.execute(
        "UPDATE users u SET last_login_at = $2 WHERE id = $1 AND NOT ($3 = 'password' AND EXISTS"
        " (SELECT FROM credentials c WHERE c.user_id = u.id AND c.initial_until IS NOT NULL))",
        login.user, now, to_string(login.method));
  });
  if (!made) return made.error();
  return token;
}

database::Result<std::optional<Store::Found>> Store::find(const std::string& hash) {
  return pool_.read([&](Transaction& tx) -> std::optional<Found> {
    const auto rows = tx.execute(
        "SELECT s.id, s.user_id, a.name, a.namespace, u.administrator, u.initialised_at IS NOT NULL AS initialised,"
        " s.created_at, s.authenticated_at, s.renewed_at, s.last_used_at, s.expires_at, s.absolute_expires_at,"
        " s.previous_expires_at, s.method, s.token_hash <> $1 AS previous,"
        " CASE WHEN s.method = 'password' THEN c.initial_until END AS initial_until,"
        " f.id IS NOT NULL AS has_second_factor, s.second_factor_id = f.id AS second_factor_given"
        " FROM sessions s JOIN accounts a ON a.id = s.user_id JOIN users u ON u.id = s.user_id"
        " LEFT JOIN credentials c ON c.user_id = s.user_id"
        " LEFT JOIN second_factors f ON f.user_id = s.user_id AND f.confirmed_at IS NOT NULL"
        " WHERE (s.token_hash = $1 OR s.previous_token_hash = $1) AND a.disabled_at IS NULL",
        Bytes{hash});
    if (rows.empty()) return std::nullopt;
    const auto row = rows.front();
    Found found;
    found.previous = row.get<bool>("previous");
    auto& s = found.session;
    s.id = row.get<std::int64_t>("id");
    s.person = {row.get<std::int64_t>("user_id"), row.get<std::string>("name"), row.get<std::string>("namespace"),
                row.get<bool>("administrator"), row.get<bool>("initialised")};
    s.times = {row.get<base::WallTime>("renewed_at"), row.get<base::WallTime>("last_used_at"),
               row.get<base::WallTime>("expires_at"), row.get<base::WallTime>("absolute_expires_at"),
               row.get<std::optional<base::WallTime>>("previous_expires_at")};
    s.created_at = row.get<base::WallTime>("created_at");
    s.authenticated_at = row.get<base::WallTime>("authenticated_at");
    s.method = row.get<std::string>("method");
    s.initial_until = row.get<std::optional<base::WallTime>>("initial_until");
    if (row.get<bool>("has_second_factor"))
      s.second_factor = row.get<std::optional<bool>>("second_factor_given").value_or(false) ? SecondFactor::kGiven
                                                                                            : SecondFactor::kMissing;
    return found;
  });
}

database::Result<std::optional<std::string>> Store::renew(const Session& session, const std::string& hash,
                                                          base::WallTime now) {
  const std::string token = make_token(TokenKind::kSession);
  return pool_.write([&](Transaction& tx) -> std::optional<std::string> {
    const auto rows = tx.execute(
        "UPDATE sessions SET previous_token_hash = token_hash, previous_expires_at = $3, token_hash = $2,"
        " renewed_at = $4, last_used_at = $4, expires_at = GREATEST(expires_at, $5)"
        " WHERE token_hash = $1 RETURNING user_id",
        Bytes{hash}, Bytes{token_hash(token)}, after(now, lifetimes_.overlap), now,
        expiry_after_use(session.times, now, lifetimes_));
    if (rows.empty()) return std::nullopt;
    changed(tx, rows.front().get<std::int64_t>(0));
    return token;
  });
}

database::Result<void> Store::touch(const Session& session, const std::string& address, base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    // The address comes first in the list, once.
    tx.execute(
        "UPDATE sessions SET last_used_at = GREATEST(last_used_at, $2), expires_at = GREATEST(expires_at, $3),"
        " addresses = CASE WHEN $4::inet IS NULL THEN addresses"
        " ELSE (ARRAY[$4::inet] || array_remove(addresses, $4::inet))[1:20] END WHERE id = $1",
        session.id, now, expiry_after_use(session.times, now, lifetimes_), database::as_inet(address));
  });
}

database::Result<bool> Store::end(std::int64_t user, std::int64_t session) {
  return pool_.write([&](Transaction& tx) {
    const bool ended = tx.execute("DELETE FROM sessions WHERE id = $1 AND user_id = $2", session, user).affected() > 0;
    if (ended) changed(tx, user);
    return ended;
  });
}

database::Result<std::size_t> Store::end_all(std::int64_t user, std::int64_t except) {
  return pool_.write([&](Transaction& tx) {
    const auto ended = tx.execute("DELETE FROM sessions WHERE user_id = $1 AND id <> $2", user, except).affected();
    if (ended > 0) changed(tx, user);
    return ended;
  });
}

std::optional<std::string> Store::second_factor_given(Transaction& tx, std::int64_t user, std::int64_t session,
                                                      std::int64_t second_factor, base::WallTime now) {
  const std::string token = make_token(TokenKind::kSession);
  const auto given = tx.execute(
      "UPDATE sessions SET second_factor_id = $2, token_hash = $3, previous_token_hash = NULL,"
      " previous_expires_at = NULL, renewed_at = $4, authenticated_at = $4, last_used_at = $4,"
      " expires_at = LEAST($5, absolute_expires_at)"
      " WHERE id = $1 AND user_id = $6 AND second_factor_id IS DISTINCT FROM $2",
      session, second_factor, Bytes{token_hash(token)}, now, after(now, lifetimes_.idle), user);
  if (given.affected() == 0) return std::nullopt;
  end_beyond(tx, user, true);
  changed(tx, user);
  return token;
}

database::Result<std::vector<SessionEntry>> Store::list(std::int64_t user, base::WallTime now) {
  return pool_.read([&](Transaction& tx) {
    std::vector<SessionEntry> entries;
    for (const auto row :
         tx.execute("SELECT id, created_at, last_used_at, expires_at, method, user_agent,"
                    " ARRAY(SELECT host(unnest(addresses))) AS addresses"
                    " FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY last_used_at DESC, id DESC",
                    user, now))
      entries.push_back({row.get<std::int64_t>("id"), row.get<base::WallTime>("created_at"),
                         row.get<base::WallTime>("last_used_at"), row.get<base::WallTime>("expires_at"),
                         row.get<std::string>("method"), row.get<std::vector<std::string>>("addresses"),
                         row.get<boost::json::value>("user_agent").as_object()});
    return entries;
  });
}

database::Result<std::size_t> Store::expire(base::WallTime now, std::size_t limit) {
  return database::remove_expired(pool_, "sessions", now, limit);
}

}  // namespace causeway::api::session
