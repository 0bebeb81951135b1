#pragma once
// What lies at a path of a commit. For .cpp files of this folder.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/git_host/content.hpp"
#include "apiserver/git_host/library.hpp"

namespace causeway::api::git_host {

struct Located {
  git_oid id{};
  std::uint32_t mode = GIT_FILEMODE_TREE;  // as it is written in the tree
  bool operator==(const Located& other) const { return git_oid_equal(&id, &other.id) != 0 && mode == other.mode; }
};

EntryKind kind_of(std::uint32_t mode);

// "a/b" → "a", "b"; empty parts are kept, so that what has them is found nowhere.
std::vector<std::string> split_path(std::string_view path);

// nullopt: nothing is there. "" is the root itself.
Result<std::optional<Located>> locate(git_repository* repository, const git_oid& root, std::string_view path);

// The entry of that name; nullopt: there is none.
std::optional<Located> entry_of(const git_tree* tree, std::string_view name);

// What the listing says of it: size and pointer are looked up.
Result<Entry> describe(git_odb* odb, std::string path, const Located& located);

}  // namespace causeway::api::git_host
