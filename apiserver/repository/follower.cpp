#include "apiserver/repository/follower.hpp"

#include <thread>

#include "base/log.hpp"
#include "kube/runtime/manager.hpp"

namespace causeway::api::repository {
namespace {

// Repos may be there before the account that owns them.
constexpr auto kLookForOwner = std::chrono::minutes(1);

kube::ManagerOptions manager_options(kube::ClientConfig config, std::string listen) {
  kube::ManagerOptions options;
  options.name = "causeway-apiserver";
  options.config = std::move(config);
  options.listen = std::move(listen);
  return options;
}

}  // namespace

struct Follower::Impl {
  Impl(kube::ClientConfig config, std::string listen, RepositoryStore& s)
      : manager(manager_options(std::move(config), std::move(listen))),
        store(s),
        repos(manager.informer<crds::Repo>()) {
    auto& controller =
        manager.controller({.name = "repository", .leader_only = false},
                           [this](const kube::ObjectKey& key, const std::stop_token&) { return follow(key); });
    controller.watch(repos);
    manager.add_runnable("what is gone", false, [this](const std::stop_token&) { return forget_what_is_gone(); });
    thread = std::jthread([this](std::stop_token stop) { run(std::move(stop)); });
  }

  kube::ReconcileResult follow(const kube::ObjectKey& key) {
    const auto repo = repos.get(key);
    if (!repo) {
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
  base::Result<void> forget_what_is_gone() {
    auto known = store.followed();
    if (!known) {
      base::log::warn("what was deleted meanwhile is not known", {{"error", known.error().message}});
      return {};
    }
    for (const auto& key : *known) {
      if (repos.get(key)) continue;
      if (auto forgotten = store.forget(key.ns, key.name); !forgotten)
        base::log::warn("a repository was not forgotten",
                        {{"object", key.to_string()}, {"error", forgotten.error().message}});
    }
    return {};
  }

  void run(std::stop_token stop) {
    auto ended = manager.run(std::move(stop));
    if (!ended) base::log::error("repositories are not followed any more", {{"error", ended.error().message}});
  }

  kube::Manager manager;
  RepositoryStore& store;
  kube::Informer<crds::Repo>& repos;
  std::jthread thread;
};

Follower::Follower(kube::ClientConfig config, std::string listen, RepositoryStore& store)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(listen), store)) {}

Follower::~Follower() = default;

base::Result<void> Follower::ready() const {
  if (impl_->repos.synced()) return {};
  return base::Error{base::ErrorCode::kUnavailable, "the Repos in the cluster are not known yet"};
}

}  // namespace causeway::api::repository
