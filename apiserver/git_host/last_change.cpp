#include "apiserver/git_host/last_change.hpp"

#include <algorithm>
#include <unordered_map>

#include "apiserver/git_host/commit_walk.hpp"

namespace causeway::api::git_host {
namespace {

// A commit, and those entries that it has as the first one has them and whose last change is thus here or before.
struct Carrier {
  CommitPtr commit;
  std::vector<std::size_t> entries;
  std::uint64_t found = 0;
};

class Search {
 public:
  Search(git_repository* repository, const std::string& directory, std::vector<Entry>& entries)
      : repository_(repository), directory_(directory), entries_(entries) {
    for (const auto& entry : entries) {
      const auto slash = entry.path.rfind('/');
      names_.push_back(slash == std::string::npos ? entry.path : entry.path.substr(slash + 1));
      git_oid id{};
      parse_id(entry.id, id);
      wanted_.push_back(Located{id, entry.mode});
    }
  }

  Result<void> start(const git_oid& id) {
    std::vector<std::size_t> all(entries_.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    auto commit = find_commit(repository_, id);
    if (!commit) return commit.error();
    carry(std::move(*commit), std::move(all));
    return {};
  }

  bool done() const { return carriers_.empty(); }

  // Looks at the youngest commit: hands each of its entries on to the first parent that has it too, or settles it.
  Result<void> step() {
    const auto youngest = std::max_element(carriers_.begin(), carriers_.end(), [](const auto& a, const auto& b) {
      const auto age = [](const auto& one) { return git_commit_time(one.second.commit.get()); };
      return age(a) != age(b) ? age(a) < age(b) : a.second.found > b.second.found;
    });
    Carrier carrier = std::move(youngest->second);
    carriers_.erase(youngest);
    const auto* commit = carrier.commit.get();
    auto here = directory_of(commit);
    if (!here) return here.error();
    for (unsigned int i = 0; i < git_commit_parentcount(commit) && !carrier.entries.empty(); ++i) {
      auto parent = find_commit(repository_, *git_commit_parent_id(commit, i));
      if (!parent) return parent.error();
      auto handed = hand_on(*here, parent->get(), carrier.entries);
      if (!handed) return handed.error();
      if (!handed->empty()) carry(std::move(*parent), std::move(*handed));
    }
    if (carrier.entries.empty()) return {};
    const auto last = to_commit(commit);
    for (const auto index : carrier.entries) entries_[index].last = last;
    return {};
  }

 private:
  Result<std::optional<Located>> directory_of(const git_commit* commit) {
    return locate(repository_, *git_commit_tree_id(commit), directory_);
  }

  // Takes out of `indexes` what `parent` has as well, and returns it.
  Result<std::vector<std::size_t>> hand_on(const std::optional<Located>& here, const git_commit* parent,
                                           std::vector<std::size_t>& indexes) {
    auto there = directory_of(parent);
    if (!there) return there.error();
    std::vector<std::size_t> same;
    if (!*there || kind_of((*there)->mode) != EntryKind::kDirectory) return same;
    if (here && **there == *here) {
      same.swap(indexes);
      return same;
    }
    auto tree = find_tree(repository_, (*there)->id);
    if (!tree) return tree.error();
    std::vector<std::size_t> other;
    for (const auto index : indexes)
      (entry_of(tree->get(), names_[index]) == wanted_[index] ? same : other).push_back(index);
    indexes.swap(other);
    return same;
  }

  void carry(CommitPtr commit, std::vector<std::size_t> indexes) {
    const git_oid id = *git_commit_id(commit.get());
    auto [at, added] = carriers_.try_emplace(id);
    if (added) {
      at->second.commit = std::move(commit);
      at->second.found = found_++;
    }
    at->second.entries.insert(at->second.entries.end(), indexes.begin(), indexes.end());
  }

  git_repository* repository_;
  const std::string& directory_;
  std::vector<Entry>& entries_;
  std::vector<std::string> names_;
  std::vector<std::optional<Located>> wanted_;
  std::unordered_map<git_oid, Carrier, OidHash, OidEqual> carriers_;  // few: a commit for each line of development
  std::uint64_t found_ = 0;
};

}  // namespace

Result<bool> find_last_changes(git_repository* repository, const git_oid& commit, const std::string& directory,
                               std::vector<Entry>& entries, const Budget& budget) {
  if (entries.empty()) return true;
  Search search(repository, directory, entries);
  if (auto started = search.start(commit); !started) return started.error();
  const auto deadline = std::chrono::steady_clock::now() + budget.time;
  for (std::size_t looked = 0; !search.done(); ++looked) {
    if (looked >= budget.commits || std::chrono::steady_clock::now() > deadline) return false;
    if (auto stepped = search.step(); !stepped) return stepped.error();
  }
  return true;
}

}  // namespace causeway::api::git_host
