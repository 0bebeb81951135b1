#pragma once
// Commits in the order of `git log`: the youngest known one first, of equal age the one that was found first. For .cpp
// files of this folder.

#include <cstring>
#include <optional>
#include <queue>
#include <string>
#include <unordered_set>

#include "apiserver/git_host/library.hpp"
#include "apiserver/git_host/tree_path.hpp"

namespace causeway::api::git_host {

struct OidHash {
  std::size_t operator()(const git_oid& id) const {
    std::size_t hash = 0;
    std::memcpy(&hash, id.id, sizeof hash);
    return hash;
  }
};
struct OidEqual {
  bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) != 0; }
};

class CommitWalk {
 public:
  // With a path, commits that left it alone are passed over as git does by default ("history simplification"): from one
  // that has the path just like one of its parents, only that parent is followed.
  CommitWalk(git_repository* repository, std::string path) : repository_(repository), path_(std::move(path)) {}

  Result<void> start(const git_oid& id) { return add(id); }

  struct Step {
    CommitPtr commit;
    bool listed = true;  // false: it did not change the path
  };
  // nullopt: that was all.
  Result<std::optional<Step>> next();
  bool empty() const { return queue_.empty(); }

 private:
  struct Item {
    std::int64_t time = 0;
    std::uint64_t found = 0;
    mutable CommitPtr commit;                  // moved out when its turn comes
    std::optional<Located> at;                 // what it has at the path
    bool operator<(const Item& other) const {  // of a priority_queue, which gives the greatest first
      return time != other.time ? time < other.time : found > other.found;
    }
  };
  Result<void> add(const git_oid& id);
  Result<void> add(CommitPtr commit, std::optional<Located> at);
  Result<std::optional<Located>> at_path(const git_commit* commit) const;
  Result<bool> follow(const Item& item);

  git_repository* repository_;
  const std::string path_;
  std::priority_queue<Item> queue_;
  std::unordered_set<git_oid, OidHash, OidEqual> seen_;
  std::uint64_t found_ = 0;
};

}  // namespace causeway::api::git_host
