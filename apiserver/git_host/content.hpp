#pragma once
// What a repository holds at one commit. Values.
//
// Paths are the bytes that git has, with '/' between their parts and none at either end; "" is the root. Mostly they
// are UTF-8, but nothing makes them so: text.hpp says how to show them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/git_host/history.hpp"
#include "apiserver/git_host/lfs_pointer.hpp"

namespace causeway::api::git_host {

enum class EntryKind { kFile, kDirectory, kSymlink, kSubmodule };

struct Entry {
  std::string path;  // whole
  EntryKind kind = EntryKind::kFile;
  std::uint32_t mode = 0;         // as in git: 0100644, 0100755, 0120000, 0040000, 0160000
  ObjectId id;                    // of a submodule: the commit in the other repository
  std::uint64_t size = 0;         // bytes, of files and symlinks (what they point to); of a pointer its own
  std::optional<LfsPointer> lfs;  // the content is elsewhere
  std::optional<Commit> last;     // the last commit that changed it, if that was asked for and found in time
  bool operator==(const Entry&) const = default;
};

struct TreeQuery {
  bool recursive = false;     // everything below, directories before what is in them
  std::string after;          // TreePage::next of the page before
  std::size_t limit = 1000;   // 1 to kMaxTreePage
  bool last_commits = false;  // fill Entry::last; not together with `recursive`
};
inline constexpr std::size_t kMaxTreePage = 1000;

struct TreePage {
  ObjectId commit;  // "": the repository has no commits yet
  std::vector<Entry> entries;
  std::string next;  // "": that was the last page. Any bytes
  // False: finding the last commits took too long, and some Entry::last are missing.
  bool last_commits_complete = true;
};

struct FileInfo {
  ObjectId commit;
  Entry entry;
  bool binary = false;  // a NUL in the first 8000 bytes, which is git's rule
};

struct FileContent {
  FileInfo info;
  std::string bytes;
};

struct ByteRange {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;  // nullopt: to the end
};

}  // namespace causeway::api::git_host
