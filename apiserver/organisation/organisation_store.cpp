#include "apiserver/organisation/organisation_store.hpp"

#include "apiserver/database/like.hpp"
#include "apiserver/rest/field_value.hpp"
#include "apiserver/tenant/tenant_store.hpp"

namespace causeway::api::organisation {

using database::Parameter;
using database::Row;
using database::Transaction;

namespace {

constexpr std::string_view kColumns =
    "SELECT a.id, a.name, a.display_name, a.introduction, a.website, a.created_at, m.role,"
    " (SELECT count(*) FROM organisation_members all_of WHERE all_of.organisation_id = a.id) AS members"
    " FROM organisations o JOIN accounts a ON a.id = o.id"
    " LEFT JOIN organisation_members m ON m.organisation_id = a.id AND m.user_id = $1"
    " WHERE (a.disabled_at IS NULL OR $2)";

Organisation organisation_of(const Row& row) {
  return {row.get<std::int64_t>("id"),           row.get<std::string>("name"),
          row.get<std::string>("display_name"),  row.get<std::string>("introduction"),
          row.get<std::string>("website"),       row.get<std::int64_t>("members"),
          row.get<base::WallTime>("created_at"), parse_role(row.get<std::optional<std::string>>("role").value_or(""))};
}

void tell_tenants(Transaction& tx, const database::Events& events, std::int64_t organisation) {
  events.publish(tx, tenant::TenantStore::kTopic, {{"account", organisation}});
}

// Who may be a member: has chosen a name, and is not disabled.
struct User {
  std::int64_t id = 0;
  std::string name;
};
std::optional<User> user_of(Transaction& tx, const std::string& name) {
  const auto rows = tx.execute(
      "SELECT a.id, a.name FROM accounts a JOIN users u ON u.id = a.id WHERE lower(a.name) = lower($1)"
      " AND a.disabled_at IS NULL AND u.initialised_at IS NOT NULL",
      name);
  if (rows.empty()) return std::nullopt;
  return User{rows.front().get<std::int64_t>(0), rows.front().get<std::string>(1)};
}

// Whether the user may own this organisation beside the others; 0: one that is to be made. Of two at once, each counts
// the other.
bool may_own(Transaction& tx, const Limits& limits, std::int64_t user, std::int64_t organisation) {
  tx.execute("SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE", user);
  return tx.execute(
               "SELECT count(*) FROM organisation_members WHERE user_id = $1 AND role = 'owner'"
               " AND organisation_id <> $2",
               user, organisation)
             .front()
             .get<std::int64_t>(0) < limits.organisations;
}

}  // namespace

std::string namespace_of(std::string_view name) {
  return "o-" + rest::lower_case(name);
}

database::Result<OrganisationStore::Made> OrganisationStore::create(std::int64_t user, const std::string& name,
                                                                    const std::string& display_name) {
  auto made = pool_.write([&](Transaction& tx) -> Made {
    if (!may_own(tx, limits_, user, 0)) return {Made::Verdict::kTooMany};
    const auto id = tx.execute(
                          "INSERT INTO accounts (kind, name, namespace, display_name)"
                          " VALUES ('organisation', $1, $2, $3) RETURNING id",
                          name, namespace_of(name), display_name)
                        .front()
                        .get<std::int64_t>(0);
    tx.execute("INSERT INTO organisations (id, created_by) VALUES ($1, $2)", id, user);
    tx.execute("INSERT INTO organisation_members (organisation_id, user_id, role) VALUES ($1, $2, 'owner')", id, user);
    tell_tenants(tx, events_, id);
    return {Made::Verdict::kDone, id};
  });
  if (made) return made;
  if (made.error().violates("accounts_name_key") || made.error().violates("accounts_namespace_key"))
    return Made{Made::Verdict::kTaken};
  if (made.error().violates("accounts_name_not_reserved")) return Made{Made::Verdict::kReserved};
  return made;
}

database::Result<std::optional<Organisation>> OrganisationStore::find(const std::string& name, const Viewer& viewer) {
  static const std::string kSql = std::string(kColumns) +
                                  " AND (lower(a.name) = lower($3)"
                                  " OR a.id = (SELECT account_id FROM former_names WHERE lower(name) = lower($3)))";
  return pool_.read([&](Transaction& tx) -> std::optional<Organisation> {
    const auto rows = tx.execute(kSql, viewer.user, viewer.administrator, name);
    if (rows.empty()) return std::nullopt;
    return organisation_of(rows.front());
  });
}

database::Result<std::vector<Organisation>> OrganisationStore::list(const Filter& filter, const Viewer& viewer,
                                                                    std::size_t limit) {
  std::string sql(kColumns);
  std::vector<Parameter> parameters{viewer.user, viewer.administrator};
  const auto add = [&](std::string_view before, Parameter value, std::string_view behind) {
    parameters.push_back(std::move(value));
    sql.append(before).append("$").append(std::to_string(parameters.size())).append(behind);
  };
  if (!filter.text.empty())
    add(" AND lower(a.name) LIKE '%' || lower(", database::escaped_like(filter.text), ") || '%'");
  if (filter.mine) sql += " AND m.id IS NOT NULL";
  if (!filter.behind.empty()) add(" AND lower(a.name) > lower(", filter.behind, ")");
  add(" ORDER BY lower(a.name) LIMIT ", static_cast<std::int64_t>(limit), "");
  return pool_.read([&](Transaction& tx) {
    std::vector<Organisation> found;
    for (const auto row : tx.search(sql, parameters)) found.push_back(organisation_of(row));
    return found;
  });
}

database::Result<void> OrganisationStore::change(std::int64_t organisation, const Change& change) {
  return pool_.write([&](Transaction& tx) {
    tx.execute(
        "UPDATE accounts SET display_name = coalesce($2, display_name), introduction = coalesce($3, introduction),"
        " website = coalesce($4, website) WHERE id = $1",
        organisation, change.display_name, change.introduction, change.website);
  });
}

database::Result<std::vector<Member>> OrganisationStore::members(std::int64_t organisation) {
  return pool_.read([&](Transaction& tx) {
    std::vector<Member> members;
    for (const auto row :
         tx.execute("SELECT a.name, a.display_name, m.role, m.created_at FROM organisation_members m"
                    " JOIN accounts a ON a.id = m.user_id WHERE m.organisation_id = $1 ORDER BY lower(a.name)",
                    organisation))
      members.push_back({row.get<std::string>("name"), row.get<std::string>("display_name"),
                         parse_role(row.get<std::string>("role")), row.get<base::WallTime>("created_at")});
    return members;
  });
}

OrganisationStore::Verdict OrganisationStore::add(Transaction& tx, const database::Events& events, const Limits& limits,
                                                  std::int64_t organisation, std::int64_t user, Role role) {
  tx.execute("SELECT FROM organisations WHERE id = $1 FOR UPDATE", organisation);
  if (role == Role::kOwner && !may_own(tx, limits, user, organisation)) return Verdict::kOwnsTooMany;
  const auto made = tx.execute(
      "INSERT INTO organisation_members (organisation_id, user_id, role) SELECT $1, $2, $3"
      " WHERE (SELECT count(*) FROM organisation_members WHERE organisation_id = $1) < $4"
      " ON CONFLICT ON CONSTRAINT organisation_members_key DO NOTHING",
      organisation, user, to_string(role), limits.members);
  if (made.affected() == 0) return Verdict::kFull;
  tx.execute("DELETE FROM organisation_invitations WHERE organisation_id = $1 AND user_id = $2", organisation, user);
  tell_tenants(tx, events, organisation);
  return Verdict::kDone;
}

database::Result<OrganisationStore::Changed> OrganisationStore::set_role(std::int64_t organisation,
                                                                         const std::string& user, Role role,
                                                                         bool add_too) {
  auto done = pool_.write([&](Transaction& tx) -> Changed {
    const auto who = user_of(tx, user);
    if (!who) return {Verdict::kNobody, ""};
    // The organisation's row before the user's, as whoever accepts an invitation.
    tx.execute("SELECT FROM organisations WHERE id = $1 FOR UPDATE", organisation);
    if (role == Role::kOwner && !may_own(tx, limits_, who->id, organisation)) return {Verdict::kOwnsTooMany, who->name};
    const auto changed =
        tx.execute("UPDATE organisation_members SET role = $3 WHERE organisation_id = $1 AND user_id = $2",
                   organisation, who->id, to_string(role));
    if (changed.affected() == 0) {
      if (!add_too) return {Verdict::kNoMember, ""};
      return {add(tx, events_, limits_, organisation, who->id, role), who->name};
    }
    tell_tenants(tx, events_, organisation);
    return {Verdict::kDone, who->name};
  });
  if (!done && done.error().violates("organisation_members_owner_remains")) return Changed{Verdict::kLastOwner, ""};
  return done;
}

database::Result<OrganisationStore::Changed> OrganisationStore::remove(std::int64_t organisation,
                                                                       const std::string& user) {
  auto done = pool_.write([&](Transaction& tx) -> Changed {
    const auto removed = tx.execute(
        "DELETE FROM organisation_members m USING accounts a WHERE a.id = m.user_id AND m.organisation_id = $1"
        " AND lower(a.name) = lower($2) RETURNING a.name",
        organisation, user);
    if (removed.empty()) return {Verdict::kNoMember, ""};
    tell_tenants(tx, events_, organisation);
    return {Verdict::kDone, removed.front().get<std::string>(0)};
  });
  if (!done && done.error().violates("organisation_members_owner_remains")) return Changed{Verdict::kLastOwner, ""};
  return done;
}

database::Result<bool> OrganisationStore::erase(std::int64_t organisation) {
  auto gone = pool_.write([&](Transaction& tx) {
    tenant::depart(tx, events_, organisation);
    return true;
  });
  if (!gone && gone.error().violates("repositories_owner_fkey")) return false;
  return gone;
}

}  // namespace causeway::api::organisation
