#pragma once
// What is in a repository, as the API shows it. Paths and texts are shown as UTF-8 (git_host/text.hpp).

#include <string>
#include <vector>

#include "apiserver/git_host/git_host.hpp"
#include "apiserver/rest/page.hpp"

namespace causeway::api::content {

struct PersonView {
  std::string name, email, at;
  bool operator==(const PersonView&) const = default;
};
BOOST_DESCRIBE_STRUCT(PersonView, (), (name, email, at))
constexpr auto field_rows(const PersonView*) {
  return std::array{kube::Row{.member = "name", .doc = "As the commit says.", .always = true},
                    kube::Row{.member = "email", .doc = "As the commit says.", .always = true},
                    kube::Row{.member = "at", .doc = "When.", .required = true, .format = "date-time"}};
}

struct CommitView {
  std::string id, summary, message;
  std::vector<std::string> parents;
  PersonView author, committer;
  bool operator==(const CommitView&) const = default;
  static std::string schema_name() { return "Commit"; }
};
BOOST_DESCRIBE_STRUCT(CommitView, (), (id, summary, message, parents, author, committer))
constexpr auto field_rows(const CommitView*) {
  return std::array{kube::Row{.member = "id", .doc = "40 hexadecimal digits.", .required = true},
                    kube::Row{.member = "summary", .doc = "The message's first paragraph.", .always = true},
                    kube::Row{.member = "message", .doc = "All of it.", .always = true},
                    kube::Row{.member = "parents", .doc = "Ids of the commits before it.", .always = true},
                    kube::Row{.member = "author", .doc = "Who wrote it.", .required = true},
                    kube::Row{.member = "committer", .doc = "Who committed it.", .required = true}};
}
CommitView view_of(const git_host::Commit& commit);

struct EntryView {
  std::string path, kind, id;
  std::int64_t size = 0;
  bool executable = false, lfs = false;
  bool operator==(const EntryView&) const = default;
  static std::string schema_name() { return "TreeEntry"; }
};
BOOST_DESCRIBE_STRUCT(EntryView, (), (path, kind, id, size, executable, lfs))
constexpr auto field_rows(const EntryView*) {
  return std::array{
      kube::Row{.member = "path", .doc = "From the root.", .required = true},
      kube::Row{.member = "kind", .doc = "`file`, `directory`, `symlink` or `submodule`.", .required = true},
      kube::Row{.member = "id", .doc = "git's id of it.", .required = true},
      kube::Row{
          .member = "size", .doc = "Bytes, of files; of those that Git LFS keeps, of the content.", .always = true},
      kube::Row{.member = "executable", .doc = "Whether the file may be run.", .always = true},
      kube::Row{.member = "lfs", .doc = "Whether Git LFS keeps the content.", .always = true}};
}
EntryView view_of(const git_host::Entry& entry);

struct FileView {
  std::string commit;
  EntryView entry;
  bool binary = false, truncated = false;
  std::string text, html;
  static std::string schema_name() { return "File"; }
};
BOOST_DESCRIBE_STRUCT(FileView, (), (commit, entry, binary, truncated, text, html))
constexpr auto field_rows(const FileView*) {
  return std::array{
      kube::Row{.member = "commit", .doc = "Which the revision meant.", .required = true},
      kube::Row{.member = "entry", .doc = "What it is.", .required = true},
      kube::Row{.member = "binary", .doc = "It has no text.", .always = true},
      kube::Row{.member = "truncated", .doc = "It is too large to be shown.", .always = true},
      kube::Row{.member = "text", .doc = "As UTF-8."},
      kube::Row{.member = "html",
                .doc = "Rendered by the server and safe as it is: Markdown, notebooks, highlighted source."}};
}

struct BranchView {
  std::string name, commit;
  bool is_default = false;
  bool operator==(const BranchView&) const = default;
  static std::string schema_name() { return "Branch"; }
};
BOOST_DESCRIBE_STRUCT(BranchView, (), (name, commit, is_default))
constexpr auto field_rows(const BranchView*) {
  return std::array{
      kube::Row{.member = "name", .doc = "Without `refs/heads/`.", .required = true},
      kube::Row{.member = "commit", .doc = "Its newest commit.", .required = true},
      kube::Row{.member = "is_default", .doc = "What is shown and cloned.", .json = "default", .always = true}};
}
BranchView view_of(const git_host::Branch& branch);

struct TagView {
  std::string name, target, message;
  std::optional<PersonView> tagger;
  bool operator==(const TagView&) const = default;
  static std::string schema_name() { return "Tag"; }
};
BOOST_DESCRIBE_STRUCT(TagView, (), (name, target, message, tagger))
constexpr auto field_rows(const TagView*) {
  return std::array{
      kube::Row{.member = "name", .doc = "Without `refs/tags/`.", .required = true},
      kube::Row{
          .member = "target", .doc = "The commit that it stands for, or rarely another object.", .required = true},
      kube::Row{.member = "message", .doc = "Of annotated ones."},
      kube::Row{.member = "tagger", .doc = "Who made it, of annotated ones."}};
}
TagView view_of(const git_host::Tag& tag);

struct LineView {
  std::string kind, text;
  std::int64_t before = 0, after = 0;
  bool operator==(const LineView&) const = default;
  static std::string schema_name() { return "DiffLine"; }
};
BOOST_DESCRIBE_STRUCT(LineView, (), (kind, text, before, after))
constexpr auto field_rows(const LineView*) {
  return std::array{kube::Row{.member = "kind", .doc = "`added`, `removed` or `same`.", .required = true},
                    kube::Row{.member = "text", .doc = "The line.", .always = true},
                    kube::Row{.member = "before", .doc = "Its number before; absent: it was not there."},
                    kube::Row{.member = "after", .doc = "Its number now; absent: it is not there any more."}};
}

struct HunkView {
  std::string heading;
  std::vector<LineView> lines;
  bool operator==(const HunkView&) const = default;
  static std::string schema_name() { return "DiffHunk"; }
};
BOOST_DESCRIBE_STRUCT(HunkView, (), (heading, lines))
constexpr auto field_rows(const HunkView*) {
  return std::array{kube::Row{.member = "heading", .doc = "What the lines are a part of."},
                    kube::Row{.member = "lines", .doc = "With some unchanged ones around.", .always = true}};
}

struct FileDiffView {
  std::string kind, path, from, omitted;
  std::int64_t additions = 0, deletions = 0;
  std::vector<HunkView> hunks;
  bool operator==(const FileDiffView&) const = default;
  static std::string schema_name() { return "FileDiff"; }
};
BOOST_DESCRIBE_STRUCT(FileDiffView, (), (kind, path, from, omitted, additions, deletions, hunks))
constexpr auto field_rows(const FileDiffView*) {
  return std::array{
      kube::Row{
          .member = "kind", .doc = "`added`, `modified`, `deleted`, `renamed` or `type-changed`.", .required = true},
      kube::Row{.member = "path", .doc = "Now; of deleted ones, before.", .required = true},
      kube::Row{.member = "from", .doc = "Before, of renamed ones."},
      kube::Row{.member = "omitted", .doc = "Why there are no lines: `binary`, `too-large` or `limit`."},
      kube::Row{.member = "additions", .doc = "Lines.", .always = true},
      kube::Row{.member = "deletions", .doc = "Lines.", .always = true},
      kube::Row{.member = "hunks", .doc = "What changed.", .always = true}};
}

struct CommitWithDiff {
  CommitView commit;
  std::vector<FileDiffView> files;
  std::int64_t changed_files = 0;
  bool complete = true;
};
BOOST_DESCRIBE_STRUCT(CommitWithDiff, (), (commit, files, changed_files, complete))
constexpr auto field_rows(const CommitWithDiff*) {
  return std::array{
      kube::Row{.member = "commit", .doc = "The commit.", .required = true},
      kube::Row{.member = "files", .doc = "What it changed from its first parent.", .always = true},
      kube::Row{.member = "changed_files", .doc = "All, those that are left out among them.", .always = true},
      kube::Row{.member = "complete", .doc = "Whether nothing was left out.", .always = true}};
}
CommitWithDiff view_of(const git_host::Commit& commit, const git_host::Diff& diff);

struct ComparisonView {
  std::string base, head, merge_base;
  std::int64_t ahead = 0, behind = 0;
  std::vector<CommitView> commits;
  std::vector<FileDiffView> files;
  std::int64_t changed_files = 0;
  bool complete = true;
  static std::string schema_name() { return "Comparison"; }
};
BOOST_DESCRIBE_STRUCT(ComparisonView, (),
                      (base, head, merge_base, ahead, behind, commits, files, changed_files, complete))
constexpr auto field_rows(const ComparisonView*) {
  return std::array{
      kube::Row{.member = "base", .doc = "The commit that the revision meant.", .required = true},
      kube::Row{.member = "head", .doc = "The commit that the revision meant.", .required = true},
      kube::Row{.member = "merge_base",
                .doc = "The commit where they parted; absent: never, and the files are compared with those of `base`."},
      kube::Row{.member = "ahead", .doc = "Commits that only `head` has.", .always = true},
      kube::Row{.member = "behind", .doc = "Commits that only `base` has.", .always = true},
      kube::Row{.member = "commits",
                .doc = "Those that only `head` has, the youngest first: 250 at most, of `ahead`.",
                .always = true},
      kube::Row{.member = "files", .doc = "What changed between where they parted and `head`.", .always = true},
      kube::Row{.member = "changed_files", .doc = "All, those that are left out among them.", .always = true},
      kube::Row{.member = "complete", .doc = "Whether no file and no line was left out.", .always = true}};
}
ComparisonView view_of(const git_host::Comparison& comparison);

}  // namespace causeway::api::content
