#pragma once
// What changed between two commits. Values. Paths and lines are the bytes that git has.

#include <cstdint>
#include <string>
#include <vector>

#include "apiserver/git_host/history.hpp"

namespace causeway::api::git_host {

enum class ChangeKind { kAdded, kModified, kDeleted, kRenamed, kTypeChanged };

struct DiffLine {
  char origin = ' ';                     // ' ', '+' or '-'
  int old_number = -1, new_number = -1;  // from 1; -1: the side does not have it
  std::string text;                      // without the newline
  bool no_newline = false;               // the last line of a file that does not end in one
};

struct DiffHunk {
  int old_start = 0, old_lines = 0, new_start = 0, new_lines = 0;
  std::string heading;  // what stands after the second @@
  std::vector<DiffLine> lines;
};

// Why a file comes without hunks.
enum class Omitted {
  kNothing,  // it has them, or needs none (only its name or mode changed)
  kBinary,
  kTooLarge,  // one side is larger than DiffLimits::file_bytes
  kLimit,     // files before it used up the lines or bytes of the whole
};

struct FileDiff {
  ChangeKind kind = ChangeKind::kModified;
  std::string old_path, new_path;            // both set in every case
  std::uint32_t old_mode = 0, new_mode = 0;  // 0: not there
  ObjectId old_id, new_id;                   // "": not there
  std::size_t additions = 0, deletions = 0;  // lines; 0 where Omitted says binary or too large
  int similarity = 0;                        // per cent, of renames
  Omitted omitted = Omitted::kNothing;
  std::vector<DiffHunk> hunks;
};

struct DiffLimits {
  std::size_t files = 300;
  std::size_t lines = 20'000;           // of all hunks
  std::size_t bytes = 4u << 20;         // of all lines
  std::uint64_t file_bytes = 1u << 20;  // of one side of a file
  int context = 3;                      // unchanged lines around a change
};

struct Diff {
  std::vector<FileDiff> files;    // in the order of their paths
  std::size_t changed_files = 0;  // all, also those beyond DiffLimits::files
  bool complete = true;           // false: files, or hunks of files, were left out because of a limit
};

inline constexpr std::size_t kMaxCompared = 250;

// `after`'s difference from `before` as `git diff before...after` has it: from where they parted.
struct Comparison {
  ObjectId before, after;
  ObjectId merge_base;                // "": they have no common history, and the difference is from `before` itself
  std::size_t ahead = 0, behind = 0;  // commits only `after` has, commits only `before` has
  std::vector<Commit> commits;        // those only `after` has, the youngest first, at most kMaxCompared
  Diff diff;
};

}  // namespace causeway::api::git_host
