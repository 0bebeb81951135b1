#pragma once
// Keeps namespaces and rights on the hub at what accounts are. Every replica may: what is there already is applied
// again without effect.

#include <condition_variable>
#include <mutex>
#include <set>

#include "apiserver/tenant/hub_access.hpp"
#include "apiserver/tenant/tenant_store.hpp"
#include "kube/client/client.hpp"

namespace causeway::api::tenant {

// Thread-safe.
class Keeper {
 public:
  Keeper(kube::Client& client, TenantStore& store, HubAccess& access, const base::Clock& clock)
      : client_(client), store_(store), access_(access), clock_(clock) {}

  // The account has changed; 0: any may have.
  void notice(std::int64_t account);
  // Until `stop`: what was noticed at once, everything at the beginning and now and then.
  base::Result<void> run(std::stop_token stop);
  // Whether nobody has a namespace of this name on the hub. One that an administrator made for somebody is not for
  // whoever takes the name first.
  base::Result<bool> is_free(const std::string& ns);
  // One account, now, also one that was deleted: whoever has just chosen a name goes on to use it.
  base::Result<void> keep(std::int64_t account);

 private:
  base::Result<void> apply(const Tenant& tenant);
  // Asks for the end of its namespace, or notes that it has come.
  base::Result<void> take_away(const Departed& departed);
  void keep_all(const std::stop_token& stop);
  std::set<std::int64_t> next(const std::stop_token& stop);

  kube::Client& client_;
  TenantStore& store_;
  HubAccess& access_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<std::int64_t> noticed_{0};
};

}  // namespace causeway::api::tenant
