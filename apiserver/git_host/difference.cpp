#include "apiserver/git_host/difference.hpp"

#include <algorithm>

namespace causeway::api::git_host {
namespace {

// Beyond these, files that moved are recognised only if not a byte changed: comparing contents costs reading them, each
// with each.
constexpr std::size_t kMaxRenameFiles = 400;
constexpr std::uint64_t kMaxRenameBytes = 32u << 20;
// Changed files that are looked at at all; more are only counted.
constexpr std::size_t kMaxDeltas = 50'000;

struct Counted {
  std::size_t files = 0;
  static int notify(const git_diff* /*so_far*/, const git_diff_delta* /*delta*/, const char* /*pathspec*/, void* self) {
    return ++static_cast<Counted*>(self)->files > kMaxDeltas ? 1 : 0;  // 1: left out
  }
};

std::uint64_t size_of(git_odb* odb, const git_diff_file& file) {
  if (file.mode == 0 || file.mode == GIT_FILEMODE_COMMIT) return 0;
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  return git_odb_read_header(&size, &type, odb, &file.id) == 0 ? size : 0;
}

int find_renames(git_diff* diff, git_odb* odb) {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff) && files <= kMaxRenameFiles; ++i) {
    const auto* delta = git_diff_get_delta(diff, i);
    if (delta->status != GIT_DELTA_ADDED && delta->status != GIT_DELTA_DELETED) continue;
    ++files;
    bytes += size_of(odb, delta->old_file) + size_of(odb, delta->new_file);
  }
  if (files < 2) return 0;
  git_diff_find_options options = GIT_DIFF_FIND_OPTIONS_INIT;
  options.flags = GIT_DIFF_FIND_RENAMES;
  options.rename_limit = kMaxRenameFiles;
  if (files > kMaxRenameFiles || bytes > kMaxRenameBytes) {
    options.flags |= GIT_DIFF_FIND_EXACT_MATCH_ONLY;
    options.rename_limit = 1000;
  }
  return git_diff_find_similar(diff, &options);
}

ChangeKind kind_of(git_delta_t status) {
  switch (status) {
    case GIT_DELTA_ADDED:
      return ChangeKind::kAdded;
    case GIT_DELTA_DELETED:
      return ChangeKind::kDeleted;
    case GIT_DELTA_RENAMED:
    case GIT_DELTA_COPIED:
      return ChangeKind::kRenamed;
    case GIT_DELTA_TYPECHANGE:
      return ChangeKind::kTypeChanged;
    default:
      return ChangeKind::kModified;
  }
}

FileDiff file_of(const git_diff_delta* delta) {
  FileDiff file;
  file.kind = kind_of(delta->status);
  file.old_path = delta->old_file.path;
  file.new_path = delta->new_file.path;
  if (delta->status != GIT_DELTA_ADDED) {
    file.old_mode = delta->old_file.mode;
    file.old_id = to_id(delta->old_file.id);
  }
  if (delta->status != GIT_DELTA_DELETED) {
    file.new_mode = delta->new_file.mode;
    file.new_id = to_id(delta->new_file.id);
  }
  if (file.kind == ChangeKind::kRenamed) file.similarity = delta->similarity;
  return file;
}

std::string heading_of(const git_diff_hunk& hunk) {
  std::string_view header(hunk.header, hunk.header_len);
  const auto second = header.find("@@", 2);
  if (second == std::string_view::npos) return {};
  header.remove_prefix(second + 2);
  while (!header.empty() && (header.back() == '\n' || header.back() == '\r')) header.remove_suffix(1);
  if (!header.empty() && header.front() == ' ') header.remove_prefix(1);
  return std::string(header);
}

// What is left of the limits for the files to come.
struct Room {
  std::size_t lines, bytes;
};

// False: the hunks do not fit into what is left.
bool fill_hunks(git_patch* patch, FileDiff& file, Room& room) {
  Room left = room;
  for (std::size_t h = 0; h < git_patch_num_hunks(patch); ++h) {
    const git_diff_hunk* hunk = nullptr;
    std::size_t lines = 0;
    if (git_patch_get_hunk(&hunk, &lines, patch, h) < 0) return false;
    if (lines > left.lines) return false;
    left.lines -= lines;
    DiffHunk one{hunk->old_start, hunk->old_lines, hunk->new_start, hunk->new_lines, heading_of(*hunk), {}};
    for (std::size_t l = 0; l < lines; ++l) {
      const git_diff_line* line = nullptr;
      if (git_patch_get_line_in_hunk(&line, patch, h, l) < 0) return false;
      if (line->origin != GIT_DIFF_LINE_CONTEXT && line->origin != GIT_DIFF_LINE_ADDITION &&
          line->origin != GIT_DIFF_LINE_DELETION) {
        // "\ No newline at end of file", which belongs to the line before.
        if (!one.lines.empty()) one.lines.back().no_newline = true;
        continue;
      }
      std::string_view text(line->content, line->content_len);
      if (text.ends_with('\n')) text.remove_suffix(1);
      if (text.size() > left.bytes) return false;
      left.bytes -= text.size();
      one.lines.push_back({line->origin, line->old_lineno, line->new_lineno, std::string(text), false});
    }
    file.hunks.push_back(std::move(one));
  }
  room = left;
  return true;
}

Result<void> fill(git_diff* diff, std::size_t index, git_odb* odb, const DiffLimits& limits, FileDiff& file,
                  Room& room) {
  const auto* delta = git_diff_get_delta(diff, index);
  if (std::max(size_of(odb, delta->old_file), size_of(odb, delta->new_file)) > limits.file_bytes) {
    file.omitted = Omitted::kTooLarge;
    return {};
  }
  PatchPtr patch;
  if (const int code = own(patch, [&](auto** out) { return git_patch_from_diff(out, diff, index); }); code < 0) {
    auto error = library_error(code, "the difference of " + file.new_path);
    // Small, but a delta of something large.
    if (error.kind != ErrorKind::kTooLarge) return error;
    file.omitted = Omitted::kTooLarge;
    return {};
  }
  if (!patch) return {};  // only its mode changed
  if ((git_patch_get_delta(patch.get())->flags & GIT_DIFF_FLAG_BINARY) != 0) {
    file.omitted = Omitted::kBinary;
    return {};
  }
  std::size_t context = 0;
  git_patch_line_stats(&context, &file.additions, &file.deletions, patch.get());
  if (!fill_hunks(patch.get(), file, room)) {
    file.hunks.clear();
    file.omitted = Omitted::kLimit;
  }
  return {};
}

}  // namespace

Result<Diff> difference(git_repository* repository, git_tree* before, git_tree* after, const DiffLimits& limits) {
  OdbPtr odb;
  if (const int code = own(odb, [&](auto** out) { return git_repository_odb(out, repository); }); code < 0)
    return library_error(code, "opening the objects");
  Counted counted;
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.flags = GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_INDENT_HEURISTIC;
  options.context_lines = static_cast<std::uint32_t>(std::clamp(limits.context, 0, 100));
  options.notify_cb = &Counted::notify;
  options.payload = &counted;
  DiffPtr diff;
  if (const int code =
          own(diff, [&](auto** out) { return git_diff_tree_to_tree(out, repository, before, after, &options); });
      code < 0)
    return library_error(code, "comparing directories");
  const std::size_t left_out = counted.files - git_diff_num_deltas(diff.get());
  if (const int code = find_renames(diff.get(), odb.get()); code < 0) return library_error(code, "looking for renames");

  Diff result;
  const std::size_t deltas = git_diff_num_deltas(diff.get());
  result.changed_files = deltas + left_out;
  result.complete = result.changed_files <= limits.files;
  Room room{limits.lines, limits.bytes};
  for (std::size_t i = 0; i < std::min(deltas, limits.files); ++i) {
    auto file = file_of(git_diff_get_delta(diff.get(), i));
    if (auto filled = fill(diff.get(), i, odb.get(), limits, file, room); !filled) return filled.error();
    if (file.omitted == Omitted::kTooLarge || file.omitted == Omitted::kLimit) result.complete = false;
    result.files.push_back(std::move(file));
  }
  return result;
}

Result<Diff> difference_of_commit(git_repository* repository, const git_oid& id, const DiffLimits& limits) {
  auto commit = find_commit(repository, id);
  if (!commit) return commit.error();
  auto after = tree_of(commit->get());
  if (!after) return after.error();
  TreePtr before;
  if (git_commit_parentcount(commit->get()) > 0) {
    auto parent = find_commit(repository, *git_commit_parent_id(commit->get(), 0));
    if (!parent) return parent.error();
    auto tree = tree_of(parent->get());
    if (!tree) return tree.error();
    before = std::move(*tree);
  }
  return difference(repository, before.get(), after->get(), limits);
}

namespace {

// What `after` has and `before` has not, as `git log before..after` orders it.
Result<std::vector<Commit>> commits_between(git_repository* repository, const git_oid& before, const git_oid& after) {
  RevwalkPtr walk;
  int code = own(walk, [&](auto** out) { return git_revwalk_new(out, repository); });
  if (code == 0) code = git_revwalk_sorting(walk.get(), GIT_SORT_TIME);
  if (code == 0) code = git_revwalk_push(walk.get(), &after);
  if (code == 0) code = git_revwalk_hide(walk.get(), &before);
  std::vector<Commit> commits;
  git_oid id{};
  while (code == 0 && commits.size() < kMaxCompared) {
    code = git_revwalk_next(&id, walk.get());
    if (code != 0) break;
    auto commit = find_commit(repository, id);
    if (!commit) return commit.error();
    commits.push_back(to_commit(commit->get()));
  }
  if (code < 0 && code != GIT_ITEROVER) return library_error(code, "listing commits");
  return commits;
}

}  // namespace

Result<Comparison> compare_commits(git_repository* repository, const git_oid& before, const git_oid& after,
                                   const DiffLimits& limits) {
  Comparison comparison;
  comparison.before = to_id(before);
  comparison.after = to_id(after);
  git_oid base{};
  const int code = git_merge_base(&base, repository, &before, &after);
  if (code < 0 && code != GIT_ENOTFOUND) return library_error(code, "looking for the common history");
  if (code == GIT_ENOTFOUND) {
    base = before;
  } else {
    comparison.merge_base = to_id(base);
  }
  if (const int counted = git_graph_ahead_behind(&comparison.ahead, &comparison.behind, repository, &after, &before);
      counted < 0)
    return library_error(counted, "counting commits");
  auto commits = commits_between(repository, before, after);
  if (!commits) return commits.error();
  comparison.commits = std::move(*commits);
  auto from = find_commit(repository, base);
  if (!from) return from.error();
  auto to = find_commit(repository, after);
  if (!to) return to.error();
  auto old_tree = tree_of(from->get());
  if (!old_tree) return old_tree.error();
  auto new_tree = tree_of(to->get());
  if (!new_tree) return new_tree.error();
  auto diff = difference(repository, old_tree->get(), new_tree->get(), limits);
  if (!diff) return diff.error();
  comparison.diff = std::move(*diff);
  return comparison;
}

}  // namespace causeway::api::git_host
