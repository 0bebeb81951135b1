#pragma once
// Several changes that become one commit. Values.
//
// All of them speak of what the branch holds before: the order does not matter, and no path may be named twice.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "apiserver/git_host/history.hpp"
#include "apiserver/git_host/lfs_pointer.hpp"

namespace causeway::api::git_host {

enum class FileMode { kRegular, kExecutable, kSymlink };

// Adds a file or replaces its content. A symlink's content is where it points to.
struct PutFile {
  std::string path, bytes;
  std::optional<FileMode> mode;  // nullopt: what it has, a new one kRegular
};
// The same with a pointer to an object that Git LFS keeps.
struct PutPointer {
  std::string path;
  LfsPointer pointer;
};
// A file or a directory with all that is in it.
struct Remove {
  std::string path;
};
struct Move {
  std::string from, to;
};
using Change = std::variant<PutFile, PutPointer, Remove, Move>;

struct CommitRequest {
  std::string branch;
  // If the branch is new: where it begins. "": only in a repository that has no commits yet, whose first this is.
  std::string start;
  // What the branch has to be at; anything else is a conflict. nullopt: whatever it is at, tried again when somebody is
  // faster. "": the branch must be new.
  std::optional<ObjectId> expected_head;
  std::vector<Change> changes;
  std::string message;
  Signature author, committer;
};

struct Committed {
  ObjectId commit, tree;
  ObjectId before;  // what the branch was at; "": it is new
};

inline constexpr std::size_t kMaxChanges = 25'000;
inline constexpr std::size_t kMaxChangedBytes = 256u << 20;  // of all contents together

}  // namespace causeway::api::git_host
