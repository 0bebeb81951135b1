#include "apiserver/account/account_lookup.hpp"

#include <optional>

#include "apiserver/persistence/problem.hpp"

namespace causeway::api::account {

base::Result<KnownAccount, rest::Problem> lookup_account(database::Pool& pool, const std::string& name) {
  auto found = pool.read([&](database::Transaction& tx) -> std::optional<KnownAccount> {
    const auto rows = tx.execute(
        "SELECT a.id, a.name, u.id IS NOT NULL AS is_user FROM accounts a LEFT JOIN users u ON u.id = a.id"
        " WHERE (lower(a.name) = lower($1)"
        " OR a.id = (SELECT account_id FROM former_names WHERE lower(name) = lower($1)))"
        " AND a.disabled_at IS NULL AND (u.id IS NULL OR u.initialised_at IS NOT NULL)",
        name);
    if (rows.empty()) return std::nullopt;
    const auto row = rows.front();
    return KnownAccount{row.get<std::int64_t>("id"), row.get<std::string>("name"), row.get<bool>("is_user")};
  });
  if (!found) return persistence::problem_of(found.error());
  if (!*found) return rest::Problem(rest::kNotFound, "there is no account " + name);
  return std::move(**found);
}

}  // namespace causeway::api::account
