#include "apiserver/tenant/tenant_store.hpp"

namespace causeway::api::tenant {

using database::Transaction;

namespace {

constexpr std::string_view kTenants =
    "SELECT a.id, a.name, a.namespace, CASE WHEN a.disabled_at IS NOT NULL THEN '{}'::bigint[]"
    " WHEN a.kind = 'user' THEN ARRAY[a.id]"
    " ELSE ARRAY(SELECT m.user_id FROM organisation_members m JOIN accounts p ON p.id = m.user_id"
    "  WHERE m.organisation_id = a.id AND m.role IN ('owner', 'maintainer') AND p.disabled_at IS NULL"
    "  ORDER BY m.user_id) END AS users"
    " FROM accounts a LEFT JOIN users u ON u.id = a.id"
    " WHERE (a.kind = 'organisation' OR u.initialised_at IS NOT NULL)";

std::vector<Tenant> tenants_of(const database::Rows& rows) {
  std::vector<Tenant> tenants;
  for (const auto row : rows) {
    tenants.push_back({row.get<std::int64_t>("id"), row.get<std::string>("name"), row.get<std::string>("namespace"),
                       row.get<std::vector<std::int64_t>>("users")});
  }
  return tenants;
}

std::vector<Departed> departed_of(const database::Rows& rows) {
  std::vector<Departed> all;
  for (const auto row : rows)
    all.push_back(
        {row.get<std::int64_t>("account_id"), row.get<std::string>("name"), row.get<std::string>("namespace")});
  return all;
}

}  // namespace

void depart(Transaction& tx, const database::Events& events, std::int64_t account) {
  tx.execute(
      "INSERT INTO departed_accounts (account_id, name, names, namespace)"
      " SELECT a.id, a.name, array_append(ARRAY(SELECT lower(f.name) FROM former_names f WHERE f.account_id = a.id),"
      "  lower(a.name)), a.namespace FROM accounts a WHERE a.id = $1",
      account);
  tx.execute("DELETE FROM accounts WHERE id = $1", account);
  events.publish(tx, TenantStore::kTopic, {{"account", account}});
}

database::Result<std::vector<Tenant>> TenantStore::all() {
  return pool_.read([&](Transaction& tx) { return tenants_of(tx.execute(kTenants)); });
}

database::Result<std::optional<Tenant>> TenantStore::find(std::int64_t account) {
  static const std::string kOne = std::string(kTenants) + " AND a.id = $1";
  return pool_.read([&](Transaction& tx) -> std::optional<Tenant> {
    auto tenants = tenants_of(tx.execute(kOne, account));
    if (tenants.empty()) return std::nullopt;
    return std::move(tenants.front());
  });
}

database::Result<std::vector<Departed>> TenantStore::departed() {
  return pool_.read([&](Transaction& tx) {
    return departed_of(
        tx.execute("SELECT account_id, name, namespace FROM departed_accounts WHERE removed_at IS NULL ORDER BY id"));
  });
}

database::Result<std::optional<Departed>> TenantStore::find_departed(std::int64_t account) {
  return pool_.read([&](Transaction& tx) -> std::optional<Departed> {
    auto all = departed_of(tx.execute(
        "SELECT account_id, name, namespace FROM departed_accounts WHERE removed_at IS NULL AND account_id = $1",
        account));
    if (all.empty()) return std::nullopt;
    return std::move(all.front());
  });
}

database::Result<void> TenantStore::removed(std::int64_t account) {
  return pool_.write([&](Transaction& tx) {
    tx.execute("UPDATE departed_accounts SET removed_at = clock_timestamp() WHERE account_id = $1", account);
  });
}

}  // namespace causeway::api::tenant
