#include "apiserver/repository/follower.hpp"

#include "base/log.hpp"

namespace causeway::api::repository {
namespace {

// Repos may be there before the account that owns them.
constexpr auto kLookForOwner = std::chrono::minutes(1);

kube::ReconcileResult follow(const kube::Informer<crds::Repo>& repos, RepositoryStore& store,
                             const kube::ObjectKey& key) {
  const auto repo = repos.get(key);
  // One that is being deleted is gone for people.
  if (!repo || repo->metadata.deleting()) {
    auto forgotten = store.forget(key.ns, key.name);
    return forgotten ? kube::ReconcileResult::done() : kube::ReconcileResult::failed(forgotten.error().message);
  }
  auto followed = store.follow(*repo);
  if (followed) return *followed ? kube::ReconcileResult::done() : kube::ReconcileResult::after(kLookForOwner);
  using database::ErrorKind;
  const auto kind = followed.error().kind;
  if (kind == ErrorKind::kUnique || kind == ErrorKind::kCheck || kind == ErrorKind::kInvalid)
    return kube::ReconcileResult::stalled("not shown: " + followed.error().message);
  return kube::ReconcileResult::failed(followed.error().message);
}

// Deletions that nobody was there to see.
void forget_what_is_gone(const kube::Informer<crds::Repo>& repos, RepositoryStore& store) {
  auto known = store.followed();
  if (!known) return base::log::warn("what was deleted meanwhile is not known", {{"error", known.error().message}});
  for (const auto& key : *known) {
    if (repos.get(key)) continue;
    if (auto forgotten = store.forget(key.ns, key.name); !forgotten)
      base::log::warn("a repository was not forgotten",
                      {{"object", key.to_string()}, {"error", forgotten.error().message}});
  }
}

}  // namespace

void follow_repositories(kube::Manager& manager, RepositoryStore& store) {
  auto& repos = manager.informer<crds::Repo>();
  auto& controller =
      manager.controller({.name = "repository", .leader_only = false},
                         [&](const kube::ObjectKey& key, const std::stop_token&) { return follow(repos, store, key); });
  controller.watch(repos);
  manager.add_runnable("repositories that are gone", false, [&](const std::stop_token&) -> base::Result<void> {
    forget_what_is_gone(repos, store);
    return {};
  });
}

}  // namespace causeway::api::repository
