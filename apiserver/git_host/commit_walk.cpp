#include "apiserver/git_host/commit_walk.hpp"

namespace causeway::api::git_host {

Result<std::optional<Located>> CommitWalk::at_path(const git_commit* commit) const {
  if (path_.empty()) return std::optional<Located>{};
  return locate(repository_, *git_commit_tree_id(commit), path_);
}

Result<void> CommitWalk::add(const git_oid& id) {
  if (seen_.contains(id)) return {};
  auto commit = find_commit(repository_, id);
  if (!commit) return commit.error();
  auto at = at_path(commit->get());
  if (!at) return at.error();
  return add(std::move(*commit), *at);
}

Result<void> CommitWalk::add(CommitPtr commit, std::optional<Located> at) {
  if (!seen_.insert(*git_commit_id(commit.get())).second) return {};
  const auto time = git_commit_time(commit.get());
  queue_.push(Item{time, found_++, std::move(commit), at});
  return {};
}

// Queues the parents that matter. True: the commit changed the path, or there is none to look at.
Result<bool> CommitWalk::follow(const Item& item) {
  const auto* commit = item.commit.get();
  const unsigned int count = git_commit_parentcount(commit);
  if (path_.empty()) {
    for (unsigned int i = 0; i < count; ++i) {
      if (auto added = add(*git_commit_parent_id(commit, i)); !added) return added.error();
    }
    return true;
  }
  struct Parent {
    CommitPtr commit;
    std::optional<Located> at;
  };
  std::vector<Parent> parents;
  for (unsigned int i = 0; i < count; ++i) {
    auto parent = find_commit(repository_, *git_commit_parent_id(commit, i));
    if (!parent) return parent.error();
    auto at = at_path(parent->get());
    if (!at) return at.error();
    if (*at == item.at) {
      if (auto added = add(std::move(*parent), *at); !added) return added.error();
      return false;
    }
    parents.push_back({std::move(*parent), *at});
  }
  for (auto& parent : parents) {
    if (auto added = add(std::move(parent.commit), parent.at); !added) return added.error();
  }
  return count > 0 || item.at.has_value();
}

Result<std::optional<CommitWalk::Step>> CommitWalk::next() {
  if (queue_.empty()) return std::optional<Step>{};
  Item item{queue_.top().time, queue_.top().found, std::move(queue_.top().commit), queue_.top().at};
  queue_.pop();
  auto listed = follow(item);
  if (!listed) return listed.error();
  return std::optional(Step{std::move(item.commit), *listed});
}

}  // namespace causeway::api::git_host
