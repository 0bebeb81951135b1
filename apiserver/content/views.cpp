#include "apiserver/content/views.hpp"

#include "apiserver/git_host/text.hpp"

namespace causeway::api::content {

using git_host::to_utf8;

namespace {

PersonView view_of(const git_host::Signature& signature) {
  return {signature.name, signature.email, base::format_time(signature.time)};
}

std::string_view word(git_host::EntryKind kind) {
  switch (kind) {
    case git_host::EntryKind::kFile:
      return "file";
    case git_host::EntryKind::kDirectory:
      return "directory";
    case git_host::EntryKind::kSymlink:
      return "symlink";
    case git_host::EntryKind::kSubmodule:
      return "submodule";
  }
  return "";
}

std::string_view word(git_host::ChangeKind kind) {
  switch (kind) {
    case git_host::ChangeKind::kAdded:
      return "added";
    case git_host::ChangeKind::kModified:
      return "modified";
    case git_host::ChangeKind::kDeleted:
      return "deleted";
    case git_host::ChangeKind::kRenamed:
      return "renamed";
    case git_host::ChangeKind::kTypeChanged:
      return "type-changed";
  }
  return "";
}

std::string_view word(git_host::Omitted omitted) {
  switch (omitted) {
    case git_host::Omitted::kNothing:
      return "";
    case git_host::Omitted::kBinary:
      return "binary";
    case git_host::Omitted::kTooLarge:
      return "too-large";
    case git_host::Omitted::kLimit:
      return "limit";
  }
  return "";
}

LineView view_of(const git_host::DiffLine& line) {
  const char* kind = line.origin == '+' ? "added" : line.origin == '-' ? "removed" : "same";
  return {kind, to_utf8(line.text), std::max(line.old_number, 0), std::max(line.new_number, 0)};
}

FileDiffView view_of(const git_host::FileDiff& file) {
  FileDiffView view;
  view.kind = word(file.kind);
  view.path = to_utf8(file.new_path);
  if (file.kind == git_host::ChangeKind::kRenamed) view.from = to_utf8(file.old_path);
  view.omitted = word(file.omitted);
  view.additions = static_cast<std::int64_t>(file.additions);
  view.deletions = static_cast<std::int64_t>(file.deletions);
  for (const auto& hunk : file.hunks) {
    HunkView& out = view.hunks.emplace_back();
    out.heading = to_utf8(hunk.heading);
    for (const auto& line : hunk.lines) out.lines.push_back(view_of(line));
  }
  return view;
}

}  // namespace

CommitView view_of(const git_host::Commit& commit) {
  return {commit.id,      commit.summary(),       commit.message,
          commit.parents, view_of(commit.author), view_of(commit.committer)};
}

EntryView view_of(const git_host::Entry& entry) {
  constexpr std::uint32_t kExecutable = 0100755;
  return {to_utf8(entry.path),
          std::string(word(entry.kind)),
          entry.id,
          static_cast<std::int64_t>(entry.lfs ? entry.lfs->size : entry.size),
          entry.mode == kExecutable,
          entry.lfs.has_value()};
}

BranchView view_of(const git_host::Branch& branch) {
  return {to_utf8(branch.name), branch.commit, branch.is_default};
}

TagView view_of(const git_host::Tag& tag) {
  TagView view{to_utf8(tag.name), tag.target, tag.message, std::nullopt};
  if (tag.tagger) view.tagger = view_of(*tag.tagger);
  return view;
}

CommitWithDiff view_of(const git_host::Commit& commit, const git_host::Diff& diff) {
  CommitWithDiff view{view_of(commit), {}, static_cast<std::int64_t>(diff.changed_files), diff.complete};
  for (const auto& file : diff.files) view.files.push_back(view_of(file));
  return view;
}

ComparisonView view_of(const git_host::Comparison& comparison) {
  ComparisonView view{comparison.before,
                      comparison.after,
                      comparison.merge_base,
                      static_cast<std::int64_t>(comparison.ahead),
                      static_cast<std::int64_t>(comparison.behind),
                      {},
                      {},
                      static_cast<std::int64_t>(comparison.diff.changed_files),
                      comparison.diff.complete};
  for (const auto& commit : comparison.commits) view.commits.push_back(view_of(commit));
  for (const auto& file : comparison.diff.files) view.files.push_back(view_of(file));
  return view;
}

}  // namespace causeway::api::content
