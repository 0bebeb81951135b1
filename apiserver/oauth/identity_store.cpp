#include "apiserver/oauth/identity_store.hpp"

namespace causeway::api::oauth {

using database::Transaction;

std::optional<IdentityStore::Owner> IdentityStore::find(Transaction& tx, const Identity& identity) {
  const auto rows = tx.execute(
      "SELECT i.id, i.user_id, a.disabled_at IS NOT NULL AS disabled"
      " FROM identities i JOIN accounts a ON a.id = i.user_id WHERE i.issuer = $1 AND i.subject = $2",
      identity.issuer, identity.subject);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return Owner{row.get<std::int64_t>("id"), row.get<std::int64_t>("user_id"), row.get<bool>("disabled")};
}

database::Result<std::optional<IdentityStore::Owner>> IdentityStore::find(const Identity& identity) {
  return pool_.read([&](Transaction& tx) { return find(tx, identity); });
}

bool IdentityStore::used(Transaction& tx, std::int64_t id, const Identity& identity, base::WallTime now) {
  const json::value claims = identity.claims;
  // Its provider may have been renamed in the configuration.
  return tx.execute(
               "UPDATE identities SET provider = $4, claims = $5, last_login_at = $6"
               " WHERE id = $1 AND issuer = $2 AND subject = $3",
               id, identity.issuer, identity.subject, identity.provider, claims, now)
             .affected() > 0;
}

database::Result<bool> IdentityStore::used(std::int64_t id, const Identity& identity, base::WallTime now) {
  return pool_.write([&](Transaction& tx) { return used(tx, id, identity, now); });
}

void IdentityStore::lock(Transaction& tx, const Identity& identity) {
  tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('identity ' || $1 || ' ' || $2, 0))", identity.issuer,
             identity.subject);
}

IdentityStore::Linked IdentityStore::link(Transaction& tx, std::int64_t user, const Identity& identity,
                                          base::WallTime now) {
  lock(tx, identity);
  const json::value claims = identity.claims;
  const auto made = tx.execute(
      "INSERT INTO identities (created_at, user_id, provider, issuer, subject, claims) VALUES ($1, $2, $3, $4, $5, $6)"
      " ON CONFLICT ON CONSTRAINT identities_key DO NOTHING",
      now, user, identity.provider, identity.issuer, identity.subject, claims);
  if (made.affected() > 0) return Linked::kDone;
  const auto rows = tx.execute("SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2", identity.issuer,
                               identity.subject);
  // Unlinked in the very same moment: somebody's, until it is tried again.
  if (rows.empty() || rows.front().get<std::int64_t>(0) != user) return Linked::kSomebodys;
  return Linked::kAlready;
}

database::Result<IdentityStore::Linked> IdentityStore::link(std::int64_t user, const Identity& identity,
                                                            base::WallTime now) {
  return pool_.write([&](Transaction& tx) { return link(tx, user, identity, now); });
}

database::Result<IdentityStore::Unlinked> IdentityStore::unlink(std::int64_t user, std::int64_t id) {
  return pool_.write([&](Transaction& tx) {
    // Two of them at once would each leave the other's behind: one after the other.
    const auto users = tx.execute(
        "SELECT mobile IS NOT NULL OR email_verified_at IS NOT NULL"
        " OR EXISTS (SELECT FROM credentials c WHERE c.user_id = u.id) AS otherwise"
        " FROM users u WHERE id = $1 FOR UPDATE OF u",
        user);
    if (users.empty()) return Unlinked::kNone;
    const bool others =
        users.front().get<bool>("otherwise") ||
        tx.execute("SELECT count(*) FROM identities WHERE user_id = $1 AND id <> $2 AND issuer = ANY ($3::text[])",
                   user, id, issuers_)
                .front()
                .get<std::int64_t>(0) > 0;
    if (others)
      return tx.execute("DELETE FROM identities WHERE id = $1 AND user_id = $2", id, user).affected() > 0
                 ? Unlinked::kDone
                 : Unlinked::kNone;
    const auto there = tx.execute("SELECT id FROM identities WHERE id = $1 AND user_id = $2", id, user);
    return there.empty() ? Unlinked::kNone : Unlinked::kLastWay;
  });
}

database::Result<std::vector<IdentityStore::Entry>> IdentityStore::list(std::int64_t user) {
  return pool_.read([&](Transaction& tx) {
    std::vector<Entry> entries;
    for (const auto row :
         tx.execute("SELECT id, provider, issuer, subject, claims, created_at, last_login_at FROM identities"
                    " WHERE user_id = $1 ORDER BY id",
                    user))
      entries.push_back({row.get<std::int64_t>("id"), row.get<std::string>("provider"), row.get<std::string>("issuer"),
                         row.get<std::string>("subject"), row.get<json::value>("claims").as_object(),
                         row.get<base::WallTime>("created_at"),
                         row.get<std::optional<base::WallTime>>("last_login_at")});
    return entries;
  });
}

}  // namespace causeway::api::oauth
