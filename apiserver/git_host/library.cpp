#include "apiserver/git_host/library.hpp"

#include <git2/sys/repository.h>

#include "apiserver/git_host/allocation.hpp"
#include "apiserver/git_host/object_store.hpp"
#include "apiserver/git_host/text.hpp"

namespace causeway::api::git_host {
namespace {

// A tree of this size has some hundred thousand entries; a larger one is taken apart by nobody.
constexpr std::size_t kMaxTreeBytes = 64u << 20;
constexpr std::size_t kMaxCommitBytes = 8u << 20;

// Of the whole process, so that memory stays bounded however many repositories are read at once.
constexpr std::size_t kWindowBytes = 1u << 20;    // one mapped piece of a pack
constexpr std::size_t kMappedBytes = 256u << 20;  // all of them
constexpr std::size_t kMappedFiles = 256;         // packs open at once
constexpr ssize_t kCacheBytes = 64 << 20;         // objects

int configure() {
  if (const int code = git_libgit2_init(); code < 0) return code;
  if (const int code = limit_allocations(); code < 0) return code;
  int worst = 0;
  const auto set = [&](int code) { worst = code < 0 ? code : worst; };
  // Nothing of the machine's or the account's configuration: what a repository says alone holds.
  for (const int level :
       {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL})
    set(git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, ""));
  // The operator's repo role may run as another user; who may write to the volume is decided by the volume.
  set(git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0));
  set(git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, kWindowBytes));
  set(git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, kMappedBytes));
  set(git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, kMappedFiles));
  set(git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, kCacheBytes));
  // A commit that was acknowledged survives a loss of power.
  set(git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1));
  return worst;
}

std::string last_error() {
  const git_error* error = git_error_last();
  return error && error->message ? std::string(error->message) : std::string("unknown error");
}

// The object's size before it is unpacked: what is hostile is not loaded to find out.
Result<void> check_size(git_repository* repository, const git_oid& id, std::size_t limit, std::string_view what) {
  OdbPtr odb;
  if (const int code = own(odb, [&](auto** out) { return git_repository_odb(out, repository); }); code < 0)
    return library_error(code, "opening the objects");
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (const int code = git_odb_read_header(&size, &type, odb.get(), &id); code < 0)
    return library_error(code, std::string(what) + " " + to_id(id));
  if (size > limit)
    return Error{ErrorKind::kTooLarge, std::string(what) + " " + to_id(id) + " has " + std::to_string(size) +
                                           " bytes; at most " + std::to_string(limit) + " are read"};
  return {};
}

}  // namespace

Result<void> prepare_library() {
  static const int code = configure();
  if (code < 0) return Error{ErrorKind::kUnavailable, "libgit2 cannot be used: " + last_error()};
  return {};
}

Error library_error(int code, std::string_view doing) {
  const git_error* error = git_error_last();
  if (error && error->klass == GIT_ERROR_NOMEMORY)
    return {ErrorKind::kTooLarge, std::string(doing) + ": it takes more memory than may be used here"};
  const int area = error ? error->klass : GIT_ERROR_NONE;
  bool damaged = code == GIT_ENOTFOUND || code == GIT_EMISMATCH || code == GIT_EAMBIGUOUS;
  for (const int one : {GIT_ERROR_ODB, GIT_ERROR_OBJECT, GIT_ERROR_TREE, GIT_ERROR_TAG, GIT_ERROR_ZLIB,
                        GIT_ERROR_INDEXER, GIT_ERROR_REFERENCE, GIT_ERROR_CONFIG, GIT_ERROR_INVALID})
    damaged = damaged || (area == one && code != GIT_ELOCKED);
  return {damaged ? ErrorKind::kCorrupt : ErrorKind::kUnavailable, std::string(doing) + ": " + last_error()};
}

Result<RepositoryPtr> open_repository(const std::filesystem::path& directory) {
  if (auto ready = prepare_library(); !ready) return ready.error();
  RepositoryPtr repository;
  if (const int code = own(repository, [&](auto** out) { return git_repository_open_bare(out, directory.c_str()); });
      code < 0)
    return library_error(code, "opening the repository");
  auto objects = open_objects(directory / "objects");
  if (!objects) return objects.error();
  if (const int code = git_repository_set_odb(repository.get(), objects->get()); code < 0)
    return library_error(code, "opening the objects");
  return repository;
}

ObjectId to_id(const git_oid& id) {
  ObjectId text(GIT_OID_HEXSZ, '0');
  git_oid_fmt(text.data(), &id);
  return text;
}

bool parse_id(std::string_view text, git_oid& id) {
  return text.size() == GIT_OID_HEXSZ && git_oid_fromstrn(&id, text.data(), text.size()) == 0;
}

Result<CommitPtr> find_commit(git_repository* repository, const git_oid& id) {
  if (auto fits = check_size(repository, id, kMaxCommitBytes, "the commit"); !fits) return fits.error();
  CommitPtr commit;
  if (const int code = own(commit, [&](auto** out) { return git_commit_lookup(out, repository, &id); }); code < 0)
    return library_error(code, "the commit " + to_id(id));
  return commit;
}

Result<TreePtr> find_tree(git_repository* repository, const git_oid& id) {
  if (auto fits = check_size(repository, id, kMaxTreeBytes, "the directory"); !fits) return fits.error();
  TreePtr tree;
  if (const int code = own(tree, [&](auto** out) { return git_tree_lookup(out, repository, &id); }); code < 0)
    return library_error(code, "the directory " + to_id(id));
  return tree;
}

Result<TreePtr> tree_of(const git_commit* commit) {
  return find_tree(git_commit_owner(commit), *git_commit_tree_id(commit));
}

Signature to_signature(const git_signature* signature, const std::string& encoding) {
  if (!signature) return {};
  return {decode(signature->name ? signature->name : "", encoding),
          decode(signature->email ? signature->email : "", encoding),
          base::WallTime(std::chrono::seconds(signature->when.time)), signature->when.offset};
}

Commit to_commit(const git_commit* commit) {
  const char* declared = git_commit_message_encoding(commit);
  const std::string encoding = declared ? declared : "";
  Commit value;
  value.id = to_id(*git_commit_id(commit));
  value.tree = to_id(*git_commit_tree_id(commit));
  for (unsigned int i = 0; i < git_commit_parentcount(commit); ++i)
    value.parents.push_back(to_id(*git_commit_parent_id(commit, i)));
  value.author = to_signature(git_commit_author(commit), encoding);
  value.committer = to_signature(git_commit_committer(commit), encoding);
  const char* message = git_commit_message(commit);
  value.message = clip(decode(message ? message : "", encoding), kMaxMessage);
  return value;
}

}  // namespace causeway::api::git_host
