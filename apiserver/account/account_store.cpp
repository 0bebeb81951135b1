#include "apiserver/account/account_store.hpp"

#include "apiserver/oauth/identity_store.hpp"
#include "apiserver/rest/field_value.hpp"
#include "apiserver/session/store.hpp"
#include "apiserver/tenant/tenant_store.hpp"
#include "base/encoding.hpp"

namespace causeway::api::account {

using database::Bytes;
using database::Row;
using database::Rows;
using database::Transaction;

namespace {

// $1, or the first of $1-2, $1-3, … that no other account has.
constexpr std::string_view kFreeNamespace =
    "SELECT candidate FROM (SELECT $1::text || CASE n WHEN 1 THEN '' ELSE '-' || n END AS candidate,"
    " n FROM generate_series(1, 99) AS n) AS candidates"
    " WHERE NOT EXISTS (SELECT FROM accounts WHERE namespace = candidate AND id <> $2) ORDER BY n LIMIT 1";

// Until one is chosen: 48 random bits.
std::string provisional_name() {
  return "new-" + base::random_hex(12);
}

std::int64_t insert_user(Transaction& tx, const std::string& name, const std::string& ns) {
  return tx.execute("INSERT INTO accounts (kind, name, namespace) VALUES ('user', $1, $2) RETURNING id", name, ns)
      .front()
      .get<std::int64_t>(0);
}

PublicProfile public_of(const Row& row) {
  return {row.get<std::int64_t>("id"),
          row.get<std::string>("name"),
          row.get<std::string>("display_name"),
          row.get<std::string>("introduction"),
          row.get<std::string>("website"),
          row.get<std::optional<std::string>>("avatar").value_or(""),
          row.get<base::WallTime>("created_at"),
          row.get<std::int64_t>("follower_count"),
          row.get<std::int64_t>("following_count")};
}

std::optional<AccountStore::Known> known_of(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return AccountStore::Known{row.get<std::int64_t>("id"), row.get<bool>("disabled"),
                             row.get<std::optional<std::string>>("password_hash").value_or(""),
                             row.get<std::optional<base::WallTime>>("initial_until")};
}

constexpr std::string_view kKnown =
    "SELECT u.id, a.disabled_at IS NOT NULL AS disabled, c.password_hash, c.initial_until FROM users u"
    " JOIN accounts a ON a.id = u.id LEFT JOIN credentials c ON c.user_id = u.id WHERE ";

}  // namespace

std::string namespace_of(std::string_view name) {
  return "u-" + rest::lower_case(name);
}

void AccountStore::tell_sessions(Transaction& tx, std::int64_t user) {
  events_.publish(tx, session::Store::kTopic, {{"user", user}});
}

void AccountStore::tell_tenants(Transaction& tx, std::int64_t account) {
  events_.publish(tx, tenant::TenantStore::kTopic, {{"account", account}});
}

database::Result<AccountStore::Arrival> AccountStore::arrive(const Identifier& identifier, const std::string& address,
                                                             base::WallTime now) {
  const bool mobile = identifier.channel == Channel::kMobile;
  return pool_.write([&](Transaction& tx) -> Arrival {
    // Two who prove the same number at the same time are one user.
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('arrive ' || $1, 0))", identifier.value);
    const auto rows = tx.execute(
        mobile ? "SELECT u.id, a.disabled_at IS NOT NULL AS disabled FROM users u JOIN accounts a ON a.id = u.id"
                 " WHERE u.mobile = $1"
               : "SELECT u.id, a.disabled_at IS NOT NULL AS disabled FROM users u JOIN accounts a ON a.id = u.id"
                 " WHERE lower(u.email) = $1 AND u.email_verified_at IS NOT NULL",
        identifier.value);
    if (!rows.empty()) return {rows.front().get<std::int64_t>("id"), false, rows.front().get<bool>("disabled")};
    const auto name = provisional_name();
    const auto id = insert_user(tx, name, "u-" + name);
    const boost::json::value info{{"address", address}};
    if (mobile) {
      tx.execute("INSERT INTO users (id, register_type, register_info, mobile) VALUES ($1, 'mobile', $2, $3)", id, info,
                 identifier.value);
    } else {
      tx.execute(
          "INSERT INTO users (id, register_type, register_info, email, email_verified_at)"
          " VALUES ($1, 'email', $2, $3, $4)",
          id, info, identifier.value, now);
    }
    return {id, true, false};
  });
}

database::Result<AccountStore::Arrival> AccountStore::arrive(const oauth::Identity& identity,
                                                             const std::string& address, base::WallTime now) {
  return pool_.write([&](Transaction& tx) -> Arrival {
    // Two who come with the same one at the same time are one user.
    oauth::IdentityStore::lock(tx, identity);
    if (const auto owner = oauth::IdentityStore::find(tx, identity)) {
      if (!owner->disabled) oauth::IdentityStore::used(tx, owner->identity, identity, now);
      return {owner->user, false, owner->disabled};
    }
    const auto name = provisional_name();
    const auto id = insert_user(tx, name, "u-" + name);
    const boost::json::value info{{"address", address}, {"provider", identity.provider}};
    tx.execute("INSERT INTO users (id, register_type, register_info) VALUES ($1, 'oauth', $2)", id, info);
    // A proposal, until the name is chosen.
    tx.execute("UPDATE accounts SET display_name = $2 WHERE id = $1", id, base::utf8_prefix(identity.name, 100));
    oauth::IdentityStore::link(tx, id, identity, now);
    return {id, true, false};
  });
}

database::Result<std::optional<AccountStore::Known>> AccountStore::by_login(const std::string& account) {
  // By its form: a name has neither "@" nor "+". (One of digits alone is a name, whatever number it looks like.)
  const auto email = parse_email(account);
  const auto mobile = parse_mobile(account.starts_with('+') ? account : std::string());
  static const std::string kSql = std::string(kKnown) +
                                  "lower(a.name) = lower($1) OR (lower(u.email) = $2 AND u.email_verified_at IS NOT "
                                  "NULL) OR u.mobile = $3";
  return pool_.read([&](Transaction& tx) {
    return known_of(tx.execute(kSql, account, email.ok() ? std::optional(email->value) : std::nullopt,
                               mobile.ok() ? std::optional(mobile->value) : std::nullopt));
  });
}

database::Result<std::optional<AccountStore::Known>> AccountStore::by_id(std::int64_t user) {
  static const std::string kSql = std::string(kKnown) + "u.id = $1";
  return pool_.read([&](Transaction& tx) { return known_of(tx.execute(kSql, user)); });
}

database::Result<AccountStore::NameVerdict> AccountStore::initialise(std::int64_t user, const std::string& name,
                                                                     const std::string& display_name,
                                                                     base::WallTime now) {
  auto done = pool_.write([&](Transaction& tx) {
    const auto rows =
        tx.execute("UPDATE users SET initialised_at = $2 WHERE id = $1 AND initialised_at IS NULL", user, now);
    if (rows.affected() == 0) return NameVerdict::kAlreadyInitialised;
    const auto ns = tx.execute(kFreeNamespace, namespace_of(name), user).front().get<std::string>(0);
    tx.execute("UPDATE accounts SET name = $2, namespace = $3, display_name = $4 WHERE id = $1", user, name, ns,
               display_name);
    // What it was called until now was nobody's choice, and nobody has a link to it.
    tx.execute("DELETE FROM former_names WHERE account_id = $1", user);
    tell_sessions(tx, user);
    tell_tenants(tx, user);
    return NameVerdict::kDone;
  });
  if (!done && done.error().violates("accounts_name_key")) return NameVerdict::kTaken;
  if (!done && done.error().violates("accounts_name_not_reserved")) return NameVerdict::kReserved;
  return done;
}

database::Result<std::optional<Profile>> AccountStore::profile(std::int64_t user) {
  return pool_.read([&](Transaction& tx) -> std::optional<Profile> {
    const auto rows = tx.execute(
        "SELECT a.id, a.name, a.display_name, a.introduction, a.website, encode(p.sha256, 'hex') AS avatar, "
        "a.created_at, a.follower_count, a.following_count,"
        " u.mobile, u.email, u.email_verified_at IS NOT NULL AS email_verified, u.notification,"
        " u.initialised_at IS NOT NULL AS initialised, u.administrator, c.id IS NOT NULL AS has_password,"
        " GREATEST(a.updated_at, u.updated_at, p.updated_at) AS updated_at,"
        " u.last_login_at, f.id IS NOT NULL AS second_factor, (SELECT count(*) FROM recovery_codes r"
        " WHERE r.second_factor_id = f.id AND r.used_at IS NULL) AS recovery_codes FROM accounts a"
        " JOIN users u ON u.id = a.id LEFT JOIN avatars p ON p.account_id = a.id"
        " LEFT JOIN credentials c ON c.user_id = a.id"
        " LEFT JOIN second_factors f ON f.user_id = a.id AND f.confirmed_at IS NOT NULL WHERE a.id = $1",
        user);
    if (rows.empty()) return std::nullopt;
    const auto row = rows.front();
    Profile profile{public_of(row)};
    profile.mobile = row.get<std::optional<std::string>>("mobile").value_or("");
    profile.email = row.get<std::optional<std::string>>("email").value_or("");
    profile.email_verified = row.get<bool>("email_verified");
    profile.notification = row.get<bool>("notification");
    profile.initialised = row.get<bool>("initialised");
    profile.administrator = row.get<bool>("administrator");
    profile.has_password = row.get<bool>("has_password");
    profile.second_factor = row.get<bool>("second_factor");
    profile.recovery_codes = row.get<std::int64_t>("recovery_codes");
    profile.updated_at = row.get<base::WallTime>("updated_at");
    profile.last_login_at = row.get<std::optional<base::WallTime>>("last_login_at");
    return profile;
  });
}

database::Result<std::optional<PublicProfile>> AccountStore::public_profile(const std::string& name) {
  return pool_.read([&](Transaction& tx) -> std::optional<PublicProfile> {
    const auto rows = tx.execute(
        "SELECT a.id, a.name, a.display_name, a.introduction, a.website, encode(p.sha256, 'hex') AS avatar, "
        "a.created_at, a.follower_count, a.following_count"
        " FROM accounts a JOIN users u ON u.id = a.id LEFT JOIN avatars p ON p.account_id = a.id"
        " WHERE (lower(a.name) = lower($1)"
        " OR a.id = (SELECT account_id FROM former_names WHERE lower(name) = lower($1)))"
        " AND a.disabled_at IS NULL AND u.initialised_at IS NOT NULL",
        name);
    if (rows.empty()) return std::nullopt;
    return public_of(rows.front());
  });
}

database::Result<bool> AccountStore::change(std::int64_t user, const ProfileChange& change) {
  return pool_.write([&](Transaction& tx) {
    const auto rows = tx.execute(
        "UPDATE accounts SET display_name = coalesce($2, display_name), introduction = coalesce($3, introduction),"
        " website = coalesce($4, website) WHERE id = $1",
        user, change.display_name, change.introduction, change.website);
    if (change.notification) tx.execute("UPDATE users SET notification = $2 WHERE id = $1", user, *change.notification);
    return rows.affected() > 0;
  });
}

database::Result<std::optional<AccountStore::ContactChange>> AccountStore::set_contact(std::int64_t user,
                                                                                       const Identifier& contact,
                                                                                       base::WallTime now) {
  const bool mobile = contact.channel == Channel::kMobile;
  auto changed = pool_.write([&](Transaction& tx) -> std::optional<ContactChange> {
    // Somebody who signs in with it at the same moment is a new user before, or this one afterwards.
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('arrive ' || $1, 0))", contact.value);
    const auto rows = tx.execute(
        "SELECT mobile, CASE WHEN email_verified_at IS NOT NULL THEN lower(email) END AS email FROM users"
        " WHERE id = $1 FOR UPDATE",
        user);
    if (rows.empty()) return std::nullopt;
    const auto number = rows.front().get<std::optional<std::string>>("mobile");
    const auto email = rows.front().get<std::optional<std::string>>("email");
    ContactChange change;
    if (mobile ? number.has_value() : !email && number)
      change.before = Identifier{Channel::kMobile, *number};
    else if (email)
      change.before = Identifier{Channel::kEmail, *email};
    if (mobile) {
      tx.execute("UPDATE users SET mobile = $2 WHERE id = $1", user, contact.value);
    } else {
      tx.execute("UPDATE users SET email = $2, email_verified_at = $3 WHERE id = $1", user, contact.value, now);
    }
    return change;
  });
  if (!changed &&
      (changed.error().violates("users_mobile_key") || changed.error().violates("users_verified_email_key")))
    return std::optional(ContactChange{.taken = true});
  return changed;
}

database::Result<void> AccountStore::set_password(std::int64_t user, const std::string& password_hash,
                                                  base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    // Who signed in to do this is here now.
    tx.execute(
        "UPDATE users u SET last_login_at = $2 WHERE id = $1 AND last_login_at IS NULL"
        " AND EXISTS (SELECT FROM credentials c WHERE c.user_id = u.id AND c.initial_until IS NOT NULL)",
        user, now);
    tx.execute(
        "INSERT INTO credentials (user_id, password_hash) VALUES ($1, $2)"
        " ON CONFLICT (user_id) DO UPDATE SET password_hash = $2, initial_until = NULL",
        user, password_hash);
    tell_sessions(tx, user);
  });
}

database::Result<void> AccountStore::rehash(std::int64_t user, const std::string& from, const std::string& to) {
  return pool_.write([&](Transaction& tx) {
    tx.execute("UPDATE credentials SET password_hash = $3 WHERE user_id = $1 AND password_hash = $2", user, from, to);
  });
}

database::Result<void> AccountStore::set_avatar(std::int64_t user, const Avatar& avatar) {
  return pool_.write([&](Transaction& tx) {
    tx.execute(
        "INSERT INTO avatars (account_id, content_type, content, sha256) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (account_id) DO UPDATE SET content_type = $2, content = $3, sha256 = $4",
        user, avatar.content_type, Bytes{avatar.content}, Bytes{base::sha256(avatar.content)});
  });
}

database::Result<bool> AccountStore::remove_avatar(std::int64_t user) {
  return pool_.write(
      [&](Transaction& tx) { return tx.execute("DELETE FROM avatars WHERE account_id = $1", user).affected() > 0; });
}

database::Result<std::optional<Avatar>> AccountStore::avatar(const std::string& name) {
  return pool_.read([&](Transaction& tx) -> std::optional<Avatar> {
    const auto rows = tx.execute(
        "SELECT p.content_type, p.content FROM avatars p JOIN accounts a ON a.id = p.account_id"
        " WHERE lower(a.name) = lower($1) AND a.disabled_at IS NULL",
        name);
    if (rows.empty()) return std::nullopt;
    return Avatar{rows.front().get<std::string>("content_type"), rows.front().get<Bytes>("content").value};
  });
}

database::Result<bool> AccountStore::set_disabled(const std::string& name, bool disabled, base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    const auto rows = tx.execute(
        "UPDATE accounts SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, $3) END"
        " WHERE lower(name) = lower($1) AND kind = 'user' RETURNING id",
        name, disabled, now);
    if (rows.empty()) return false;
    const auto user = rows.front().get<std::int64_t>(0);
    if (disabled) tx.execute("DELETE FROM sessions WHERE user_id = $1", user);
    tell_sessions(tx, user);
    tell_tenants(tx, user);
    for (const auto row : tx.execute("SELECT organisation_id FROM organisation_members WHERE user_id = $1", user))
      tell_tenants(tx, row.get<std::int64_t>(0));
    return true;
  });
}

database::Result<AccountStore::Farewell> AccountStore::erase(std::int64_t user) {
  auto gone = pool_.write([&](Transaction& tx) {
    // Of two administrators who go at once, each counts the other.
    tx.execute("SELECT FROM users WHERE administrator ORDER BY id FOR UPDATE");
    if (!tx.execute(
               "SELECT FROM users WHERE id = $1 AND administrator AND NOT EXISTS (SELECT FROM users o JOIN accounts"
               " a ON a.id = o.id WHERE o.administrator AND o.id <> $1 AND a.disabled_at IS NULL)",
               user)
             .empty())
      return Farewell::kLastAdministrator;
    const auto organisations = tx.execute("SELECT organisation_id FROM organisation_members WHERE user_id = $1", user);
    tenant::depart(tx, events_, user);
    tell_sessions(tx, user);
    for (const auto row : organisations) tell_tenants(tx, row.get<std::int64_t>(0));
    return Farewell::kDone;
  });
  if (gone) return gone;
  if (gone.error().violates("repositories_owner_fkey")) return Farewell::kOwnsRepositories;
  if (gone.error().violates("organisation_members_owner_remains")) return Farewell::kOwnsOrganisation;
  return gone;
}

database::Result<bool> AccountStore::create_first(const First& first, base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('first administrator', 0))");
    if (!tx.execute("SELECT FROM users WHERE administrator LIMIT 1").empty()) return false;
    const auto id = insert_user(tx, first.name,
                                tx.execute(kFreeNamespace, namespace_of(first.name), 0).front().get<std::string>(0));
    tx.execute(
        "INSERT INTO users (id, register_type, email, email_verified_at, initialised_at, administrator)"
        " VALUES ($1, 'administrator', $2, $3, $4, true)",
        id, first.email.empty() ? std::nullopt : std::optional(first.email),
        first.email.empty() ? std::nullopt : std::optional(now), now);
    tx.execute("INSERT INTO credentials (user_id, password_hash, initial_until) VALUES ($1, $2, $3)", id,
               first.password_hash, first.initial_until);
    tell_tenants(tx, id);
    return true;
  });
}

database::Result<std::optional<AccountStore::Known>> AccountStore::awaited(const std::string& name) {
  static const std::string kSql =
      std::string(kKnown) +
      "lower(a.name) = lower($1) AND u.administrator AND u.last_login_at IS NULL AND c.initial_until IS NOT NULL";
  return pool_.read([&](Transaction& tx) { return known_of(tx.execute(kSql, name)); });
}

database::Result<bool> AccountStore::renew_initial(const Known& awaited, const std::string& password_hash,
                                                   base::WallTime initial_until) {
  return pool_.write([&](Transaction& tx) {
    const auto renewed = tx.execute(
        "UPDATE credentials c SET password_hash = $3, initial_until = $4 FROM users u"
        " WHERE u.id = c.user_id AND c.user_id = $1 AND c.password_hash = $2 AND c.initial_until IS NOT NULL"
        " AND u.last_login_at IS NULL",
        awaited.id, awaited.password_hash, password_hash, initial_until);
    if (renewed.affected() == 0) return false;
    // Whoever began with the one before has to begin again.
    tx.execute("DELETE FROM sessions WHERE user_id = $1", awaited.id);
    tell_sessions(tx, awaited.id);
    return true;
  });
}

}  // namespace causeway::api::account
