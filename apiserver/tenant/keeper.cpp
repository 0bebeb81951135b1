#include "apiserver/tenant/keeper.hpp"

#include "apiserver/tenant/kube_error.hpp"
#include "base/log.hpp"

namespace causeway::api::tenant {
namespace {

constexpr auto kEverything = std::chrono::minutes(10);
constexpr auto kAgain = std::chrono::seconds(5);

constexpr kube::ResourceType kNamespace{"", "v1", "Namespace", "namespaces", false};
constexpr kube::ResourceType kRoleBinding{"rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"};

}  // namespace

void Keeper::notice(std::int64_t account) {
  const std::lock_guard lock(mutex_);
  noticed_.insert(account);
  changed_.notify_one();
}

std::set<std::int64_t> Keeper::next(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, stop, kEverything, [this] { return !noticed_.empty(); }) && !stop.stop_requested())
    return {0};
  return std::exchange(noticed_, {});
}

base::Result<void> Keeper::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    bool failed = false;
    const auto accounts = next(stop);
    if (accounts.contains(0)) keep_all(stop);
    for (const auto account : accounts) {
      if (account == 0 || stop.stop_requested()) continue;
      auto kept = keep(account);
      if (kept) continue;
      base::log::warn("an account's namespace is not as it should be",
                      {{"account", account}, {"error", kept.error().message}});
      if (kept.error().code != base::ErrorCode::kUnavailable) continue;
      failed = true;
      notice(account);
    }
    if (failed) clock_.sleep_for(kAgain, stop);
  }
  return {};
}

void Keeper::keep_all(const std::stop_token& stop) {
  auto tenants = store_.all();
  if (!tenants) {
    base::log::warn("accounts cannot be read", {{"error", tenants.error().message}});
    clock_.sleep_for(kAgain, stop);
    return notice(0);
  }
  for (const auto& tenant : *tenants) {
    if (stop.stop_requested()) return;
    if (auto applied = apply(tenant); !applied)
      base::log::warn("an account's namespace is not as it should be",
                      {{"account", tenant.account}, {"namespace", tenant.ns}, {"error", applied.error().message}});
  }
  const auto departed = store_.departed();
  if (!departed) return base::log::warn("deleted accounts cannot be read", {{"error", departed.error().message}});
  for (const auto& one : *departed) {
    if (stop.stop_requested()) return;
    if (auto taken = take_away(one); !taken)
      base::log::warn("a deleted account's namespace is still there",
                      {{"namespace", one.ns}, {"error", taken.error().message}});
  }
}

base::Result<bool> Keeper::is_free(const std::string& ns) {
  const auto there = client_.get(kNamespace, "", ns);
  if (there) return false;
  if (there.error().not_found()) return true;
  return error_of(there.error());
}

base::Result<void> Keeper::keep(std::int64_t account) {
  auto tenant = store_.find(account);
  if (!tenant) return tenant.error().to_base();
  if (*tenant) return apply(**tenant);
  auto departed = store_.find_departed(account);
  if (!departed) return departed.error().to_base();
  return *departed ? take_away(**departed) : base::Result<void>();
}

// Not what somebody else has labelled otherwise, nor one that was made anew in its place.
base::Result<void> Keeper::take_away(const Departed& departed) {
  // A user's kubectl ends with the account, whatever becomes of the namespace.
  if (auto ended = access_.end(departed.account); !ended) return ended;
  const auto there = client_.get(kNamespace, "", departed.ns);
  if (!there && !there.error().not_found()) return error_of(there.error());
  const auto* metadata = there ? there->if_contains("metadata") : nullptr;
  const auto* labels = metadata ? metadata->as_object().if_contains("labels") : nullptr;
  const auto* owner = labels ? labels->as_object().if_contains(kOwnerLabel) : nullptr;
  if (there && !(owner && *owner == boost::json::value(departed.owner)))
    base::log::warn("a namespace of a deleted account is somebody else's, and stays", {{"namespace", departed.ns}});
  if (!owner || *owner != boost::json::value(departed.owner)) {
    if (auto noted = store_.removed(departed.account); !noted) return noted.error().to_base();
    return {};
  }
  if (metadata->as_object().contains("deletionTimestamp")) return {};  // it goes; the next look finds out
  const auto uid = std::string(metadata->at("uid").as_string());
  auto removed = client_.remove(kNamespace, "", departed.ns, {.uid = uid});
  if (!removed && !removed.error().not_found()) return error_of(removed.error());
  base::log::info("a deleted account's namespace goes", {{"namespace", departed.ns}});
  return {};
}

// Not by force: a namespace with that name that somebody else has labelled otherwise is not the account's.
base::Result<void> Keeper::apply(const Tenant& tenant) {
  const kube::WriteOptions options{.field_manager = "causeway-tenants"};
  if (auto applied = client_.apply(kNamespace, namespace_of(tenant), options); !applied)
    return error_of(applied.error());
  if (auto applied = client_.apply(kRoleBinding, role_binding_of(tenant), options); !applied)
    return error_of(applied.error());
  // Nobody's: the account is disabled, and if it is a user's, so are the tokens they still have. (An organisation's has
  // no ServiceAccount to remove.)
  return tenant.users.empty() ? access_.end(tenant.account) : base::Result<void>();
}

}  // namespace causeway::api::tenant
