#include "apiserver/git_host/embedded.hpp"

#include "apiserver/git_host/blob.hpp"
#include "apiserver/git_host/commit.hpp"
#include "apiserver/git_host/difference.hpp"
#include "apiserver/git_host/last_change.hpp"
#include "apiserver/git_host/log.hpp"
#include "apiserver/git_host/ref_change.hpp"
#include "apiserver/git_host/ref_list.hpp"
#include "apiserver/git_host/revision.hpp"
#include "apiserver/git_host/text.hpp"
#include "apiserver/git_host/tree.hpp"

namespace causeway::api::git_host {
namespace {

// A path of a revision, found.
struct Found {
  Opened repository;
  ObjectId commit;
  Entry entry;
};

Result<Entry> find_entry(git_repository* repository, const git_oid& commit_id, const std::string& path) {
  auto commit = find_commit(repository, commit_id);
  if (!commit) return commit.error();
  auto located = locate(repository, *git_commit_tree_id(commit->get()), path);
  if (!located) return located.error();
  if (!*located) return Error{ErrorKind::kNoPath, "there is no " + in_quotes(path) + " in this commit"};
  OdbPtr odb;
  if (const int code = own(odb, [&](auto** out) { return git_repository_odb(out, repository); }); code < 0)
    return library_error(code, "opening the objects");
  return describe(odb.get(), path, **located);
}

Result<Found> find_path(Result<Opened> opened, const std::string& revision, const std::string& path) {
  if (!opened) return opened.error();
  auto commit = resolve_revision(opened->get(), revision);
  if (!commit) return commit.error();
  auto entry = find_entry(opened->get(), *commit, path);
  if (!entry) return entry.error();
  return Found{std::move(*opened), to_id(*commit), std::move(*entry)};
}

bool has_content(const Entry& entry) {
  return entry.kind == EntryKind::kFile || entry.kind == EntryKind::kSymlink;
}

Error no_file(const std::string& path) {
  return {ErrorKind::kInvalid, in_quotes(path) + " is no file"};
}

Blob blob_of(const Entry& entry) {
  Blob blob;
  parse_id(entry.id, blob.id);
  blob.size = entry.size;
  return blob;
}

Result<FileInfo> info_of(const Found& found) {
  FileInfo info{found.commit, found.entry, false};
  if (found.entry.kind != EntryKind::kFile) return info;
  auto binary = is_binary(found.repository, blob_of(found.entry));
  if (!binary) return binary.error();
  info.binary = *binary;
  return info;
}

// No file that the request puts is malware.
Result<void> judge_contents(const malware::Scanner& scanner, const RepositoryName& repository,
                            const CommitRequest& request) {
  for (const auto& change : request.changes) {
    const auto* put = std::get_if<PutFile>(&change);
    if (!put) continue;
    const auto good = scanner.judge(repository.text(), put->path, request.author.name,
                                    [&](std::uint64_t, const auto& sink) { return sink(put->bytes); });
    if (good) continue;
    if (good.error().code == base::ErrorCode::kPermission)
      return Error{ErrorKind::kInvalid, in_quotes(put->path) + ": " + good.error().message};
    return Error{ErrorKind::kUnavailable, good.error().message};
  }
  return {};
}

}  // namespace

EmbeddedGitHost::EmbeddedGitHost(EmbeddedOptions options)
    : options_(std::move(options)), places_(options_.data), repositories_(options_.data) {}

Result<std::filesystem::path> EmbeddedGitHost::find(const RepositoryName& repository) const {
  const Error absent{ErrorKind::kNoRepository, "there is no repository " + repository.text().substr(0, 200)};
  if (!places_.of(repository)) return absent;
  auto found = repositories_.find(repository.owner, repository.name);
  if (!found) return Error{ErrorKind::kUnavailable, found.error().message};
  return *found ? Result<std::filesystem::path>((*found)->directory) : absent;
}

Result<Opened> EmbeddedGitHost::open(const RepositoryName& repository) const {
  auto directory = find(repository);
  if (!directory) return directory.error();
  auto handle = open_repository(*directory);
  if (!handle) return handle.error();
  return Opened{std::move(*directory), std::move(*handle), options_.child};
}

Result<ObjectId> EmbeddedGitHost::resolve(const RepositoryName& repository, const std::string& revision) const {
  auto opened = open(repository);
  if (!opened) return opened.error();
  auto commit = resolve_revision(opened->get(), revision);
  if (!commit) return commit.error();
  return to_id(*commit);
}

Result<Head> EmbeddedGitHost::head(const RepositoryName& repository) const {
  auto opened = open(repository);
  if (!opened) return opened.error();
  return read_head(opened->get());
}

Result<TreePage> EmbeddedGitHost::list_tree(const RepositoryName& repository, const std::string& revision,
                                            const std::string& path, const TreeQuery& query) const {
  if (query.recursive && query.last_commits)
    return Error{ErrorKind::kInvalid, "last commits are found for one directory at a time, not for all below it"};
  auto opened = open(repository);
  if (!opened) return opened.error();
  auto id = resolve_or_unborn(opened->get(), revision);
  if (!id) return id.error();
  if (!*id) {
    if (path.empty()) return TreePage{};
    return Error{ErrorKind::kNoPath, "the repository has no commits yet"};
  }
  auto commit = find_commit(opened->get(), **id);
  if (!commit) return commit.error();
  auto page = list_directory(opened->get(), commit->get(), path, query);
  if (!page || !query.last_commits) return page;
  auto complete = find_last_changes(opened->get(), **id, path, page->entries, options_.last_commits);
  if (!complete) return complete.error();
  page->last_commits_complete = *complete;
  return page;
}

Result<FileInfo> EmbeddedGitHost::file_info(const RepositoryName& repository, const std::string& revision,
                                            const std::string& path) const {
  auto found = find_path(open(repository), revision, path);
  if (!found) return found.error();
  return info_of(*found);
}

Result<FileContent> EmbeddedGitHost::read_file(const RepositoryName& repository, const std::string& revision,
                                               const std::string& path, std::size_t max_bytes) const {
  auto found = find_path(open(repository), revision, path);
  if (!found) return found.error();
  if (!has_content(found->entry)) return no_file(path);
  if (found->entry.size > max_bytes)
    return Error{ErrorKind::kTooLarge, in_quotes(path) + " has " + std::to_string(found->entry.size) +
                                           " bytes; at most " + std::to_string(max_bytes) + " are read at once"};
  FileContent content{{found->commit, found->entry, false}, {}};
  content.bytes.reserve(found->entry.size);
  auto read = stream_blob(found->repository, blob_of(found->entry), {},
                          [&](std::string_view bytes) {
                            content.bytes += bytes;
                            return true;
                          },
                          {});
  if (!read) return read.error();
  content.info.binary = found->entry.kind == EntryKind::kFile && looks_binary(content.bytes);
  return content;
}

Result<void> EmbeddedGitHost::stream_file(const RepositoryName& repository, const std::string& revision,
                                          const std::string& path, const ByteRange& range, const Sink& sink,
                                          std::stop_token stop) const {
  auto found = find_path(open(repository), revision, path);
  if (!found) return found.error();
  if (!has_content(found->entry)) return no_file(path);
  return stream_blob(found->repository, blob_of(found->entry), range, sink, stop);
}

Result<LogPage> EmbeddedGitHost::log(const RepositoryName& repository, const std::string& revision,
                                     const LogQuery& query) const {
  auto opened = open(repository);
  if (!opened) return opened.error();
  auto start = resolve_or_unborn(opened->get(), revision);
  if (!start) return start.error();
  if (!*start) return LogPage{};
  return list_commits(opened->get(), **start, query, options_.log);
}

Result<Commit> EmbeddedGitHost::commit(const RepositoryName& repository, const std::string& revision) const {
  auto opened = open(repository);
  if (!opened) return opened.error();
  auto id = resolve_revision(opened->get(), revision);
  if (!id) return id.error();
  auto commit = find_commit(opened->get(), *id);
  if (!commit) return commit.error();
  return to_commit(commit->get());
}

Result<Diff> EmbeddedGitHost::diff(const RepositoryName& repository, const std::string& revision,
                                   const DiffLimits& limits) const {
  auto opened = open(repository);
  if (!opened) return opened.error();
  auto id = resolve_revision(opened->get(), revision);
  if (!id) return id.error();
  return difference_of_commit(opened->get(), *id, limits);
}

Result<Comparison> EmbeddedGitHost::compare(const RepositoryName& repository, const std::string& before,
                                            const std::string& after, const DiffLimits& limits) const {
  auto opened = open(repository);
  if (!opened) return opened.error();
  auto from = resolve_revision(opened->get(), before);
  if (!from) return from.error();
  auto to = resolve_revision(opened->get(), after);
  if (!to) return to.error();
  return compare_commits(opened->get(), *from, *to, limits);
}

Result<RefPage<Branch>> EmbeddedGitHost::branches(const RepositoryName& repository, const RefQuery& query) const {
  auto opened = open(repository);
  if (!opened) return opened.error();
  return list_branches(opened->get(), query);
}

Result<RefPage<Tag>> EmbeddedGitHost::tags(const RepositoryName& repository, const RefQuery& query) const {
  auto opened = open(repository);
  if (!opened) return opened.error();
  return list_tags(opened->get(), query);
}

Result<Branch> EmbeddedGitHost::create_branch(const RepositoryName& repository, const std::string& name,
                                              const std::string& revision) {
  auto opened = open(repository);
  if (!opened) return opened.error();
  return git_host::create_branch(*opened, name, revision);
}

Result<void> EmbeddedGitHost::delete_branch(const RepositoryName& repository, const std::string& name,
                                            const ObjectId& expected) {
  auto opened = open(repository);
  if (!opened) return opened.error();
  return git_host::delete_branch(*opened, name, expected);
}

Result<void> EmbeddedGitHost::rename_branch(const RepositoryName& repository, const std::string& from,
                                            const std::string& to) {
  auto opened = open(repository);
  if (!opened) return opened.error();
  return git_host::rename_branch(*opened, from, to);
}

Result<void> EmbeddedGitHost::set_default_branch(const RepositoryName& repository, const std::string& name) {
  auto opened = open(repository);
  if (!opened) return opened.error();
  return git_host::set_default_branch(*opened, name);
}

Result<Tag> EmbeddedGitHost::create_tag(const RepositoryName& repository, const NewTag& tag) {
  auto opened = open(repository);
  if (!opened) return opened.error();
  return git_host::create_tag(*opened, tag);
}

Result<void> EmbeddedGitHost::delete_tag(const RepositoryName& repository, const std::string& name) {
  auto opened = open(repository);
  if (!opened) return opened.error();
  return git_host::delete_tag(*opened, name);
}

Result<Committed> EmbeddedGitHost::commit_changes(const RepositoryName& repository, const CommitRequest& request) {
  auto opened = open(repository);
  if (!opened) return opened.error();
  if (options_.scanner) {
    if (auto good = judge_contents(*options_.scanner, repository, request); !good) return good.error();
  }
  return git_host::commit_changes(*opened, request);
}

Result<void> EmbeddedGitHost::create(const RepositoryName& repository, const NewRepository& settings) {
  return create_repository(places_, repository, settings);
}

Result<void> EmbeddedGitHost::duplicate(const RepositoryName& source, const RepositoryName& copy, bool is_private) {
  auto directory = find(source);
  if (!directory) return directory.error();
  return duplicate_repository(places_, *directory, copy, is_private);
}

Result<void> EmbeddedGitHost::move(const RepositoryName& from, const RepositoryName& to) {
  auto directory = find(from);
  if (!directory) return directory.error();
  return move_repository(places_, *directory, to);
}

Result<void> EmbeddedGitHost::remove(const RepositoryName& repository) {
  auto directory = find(repository);
  if (!directory) return directory.error();
  return remove_repository(places_, *directory);
}

Result<Usage> EmbeddedGitHost::usage(const RepositoryName& repository) const {
  auto opened = open(repository);
  if (!opened) return opened.error();
  auto branches = count_branches(opened->get());
  if (!branches) return branches.error();
  return Usage{disk_usage(opened->directory), *branches};
}

}  // namespace causeway::api::git_host
