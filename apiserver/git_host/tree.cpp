#include "apiserver/git_host/tree.hpp"

#include <algorithm>

#include "apiserver/git_host/text.hpp"

namespace causeway::api::git_host {
namespace {

constexpr int kMaxDepth = 256;  // directories in directories

class Lister {
 public:
  Lister(git_repository* repository, git_odb* odb, const TreeQuery& query, TreePage& page)
      : repository_(repository),
        odb_(odb),
        query_(query),
        limit_(std::clamp<std::size_t>(query.limit, 1, kMaxTreePage)),
        page_(page) {}

  // `prefix`: the tree's path with a slash, or "". False: the page is full.
  Result<bool> list(const git_tree* tree, const std::string& prefix, int depth) {
    if (depth > kMaxDepth)
      return Error{ErrorKind::kTooLarge, "more than " + std::to_string(kMaxDepth) + " directories in each other"};
    const std::size_t count = git_tree_entrycount(tree);
    for (std::size_t i = first_after(tree, prefix, count); i < count; ++i) {
      const auto* entry = git_tree_entry_byindex(tree, i);
      const Located located{*git_tree_entry_id(entry), static_cast<std::uint32_t>(git_tree_entry_filemode_raw(entry))};
      const auto key = key_of(entry, prefix);
      if (key > query_.after) {
        if (page_.entries.size() == limit_) {
          page_.next = last_key_;
          return false;
        }
        auto described = describe(odb_, prefix + git_tree_entry_name(entry), located);
        if (!described) return described.error();
        page_.entries.push_back(std::move(*described));
        last_key_ = key;
      }
      if (!query_.recursive || !key.ends_with('/')) continue;
      auto below = find_tree(repository_, located.id);
      if (!below) return below.error();
      if (auto more = list(below->get(), key, depth + 1); !more || !*more) return more;
    }
    return true;
  }

 private:
  static std::string key_of(const git_tree_entry* entry, const std::string& prefix) {
    const bool directory = git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE;
    return prefix + git_tree_entry_name(entry) + (directory ? "/" : "");
  }

  // The first entry that is behind the cursor, or has something behind it inside.
  std::size_t first_after(const git_tree* tree, const std::string& prefix, std::size_t count) const {
    std::size_t low = 0, high = query_.after.empty() ? 0 : count;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      const auto key = key_of(git_tree_entry_byindex(tree, middle), prefix);
      const bool before = key <= query_.after && !(key.ends_with('/') && query_.after.starts_with(key));
      (before ? low : high) = before ? middle + 1 : middle;
    }
    return low;
  }

  git_repository* repository_;
  git_odb* odb_;
  const TreeQuery& query_;
  const std::size_t limit_;
  TreePage& page_;
  std::string last_key_;
};

}  // namespace

Result<TreePage> list_directory(git_repository* repository, const git_commit* commit, const std::string& path,
                                const TreeQuery& query) {
  auto found = locate(repository, *git_commit_tree_id(commit), path);
  if (!found) return found.error();
  if (!*found) return Error{ErrorKind::kNoPath, "there is no directory " + in_quotes(path) + " in this commit"};
  if (kind_of((*found)->mode) != EntryKind::kDirectory)
    return Error{ErrorKind::kInvalid, in_quotes(path) + " is no directory"};
  auto tree = find_tree(repository, (*found)->id);
  if (!tree) return tree.error();
  OdbPtr odb;
  if (const int code = own(odb, [&](auto** out) { return git_repository_odb(out, repository); }); code < 0)
    return library_error(code, "opening the objects");
  TreePage page;
  page.commit = to_id(*git_commit_id(commit));
  Lister lister(repository, odb.get(), query, page);
  if (auto done = lister.list(tree->get(), path.empty() ? "" : path + "/", 0); !done) return done.error();
  return page;
}

}  // namespace causeway::api::git_host
