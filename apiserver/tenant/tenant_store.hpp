#pragma once
// The accounts that have something on the hub. Thread-safe.

#include <optional>
#include <vector>

#include "apiserver/database/pool.hpp"
#include "apiserver/tenant/manifests.hpp"

namespace causeway::api::tenant {

class TenantStore {
 public:
  // Events {"account": id}: it has come to be, or its people have changed.
  static constexpr std::string_view kTopic = "account";

  explicit TenantStore(database::Pool& pool) : pool_(pool) {}

  // Users who have chosen a name, and organisations.
  database::Result<std::vector<Tenant>> all();
  // nullopt: it has nothing there yet.
  database::Result<std::optional<Tenant>> find(std::int64_t account);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::tenant
