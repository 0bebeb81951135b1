#pragma once
// The accounts that have something on the hub. Thread-safe.

#include <optional>
#include <vector>

#include "apiserver/database/events.hpp"
#include "apiserver/database/pool.hpp"
#include "apiserver/tenant/manifests.hpp"

namespace causeway::api::tenant {

// An account that was deleted, whose namespace may still be there.
struct Departed {
  std::int64_t account = 0;
  std::string owner, ns;  // as of Tenant
};

// Deletes the account with all that is its own. Its names stay taken, and its namespace on the hub goes (Keeper).
// Throws database::Failure: of repositories_owner_fkey where it still owns repositories.
void depart(database::Transaction& tx, const database::Events& events, std::int64_t account);

class TenantStore {
 public:
  // Events {"account": id}: it has come to be, or its people have changed.
  static constexpr std::string_view kTopic = "account";

  explicit TenantStore(database::Pool& pool) : pool_(pool) {}

  // Users who have chosen a name, and organisations.
  database::Result<std::vector<Tenant>> all();
  // nullopt: it has nothing there yet.
  database::Result<std::optional<Tenant>> find(std::int64_t account);

  // Those whose namespaces may still be there.
  database::Result<std::vector<Departed>> departed();
  database::Result<std::optional<Departed>> find_departed(std::int64_t account);
  // Its namespace is gone.
  database::Result<void> removed(std::int64_t account);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::tenant
