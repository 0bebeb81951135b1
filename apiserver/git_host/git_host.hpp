#pragma once
// Where repositories are: what the pages and the API of a repository stand on.
//
// No HTTP, no database, and no rights: whoever calls has decided that it may be done. Implementations: embedded.hpp.
// Everything blocks and is thread-safe; values go in and out.
//
// A revision is "" (HEAD), "HEAD", a branch, a tag, the id of a commit or its beginning (4 digits at least), or a whole
// name like "refs/heads/main". Not git's expressions (main~3, :/text), some of which cost a walk over everything.
// An id may be one of a commit that no branch leads to any more.
//   kNoRevision: there is none; kInvalid: it means more than one commit.
// In a repository without commits, lists are empty and everything else is kNoRevision.

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "apiserver/git_host/change.hpp"
#include "apiserver/git_host/content.hpp"
#include "apiserver/git_host/diff.hpp"
#include "apiserver/git_host/error.hpp"
#include "apiserver/git_host/history.hpp"
#include "apiserver/git_host/refs.hpp"

namespace causeway::api::git_host {

struct RepositoryName {
  std::string owner, name;
  std::string text() const { return owner + "/" + name; }
  bool operator==(const RepositoryName&) const = default;
};

struct NewRepository {
  std::string default_branch = "main";
  bool is_private = true;
};

struct Usage {
  std::uint64_t bytes = 0;  // on the disk
  std::size_t branches = 0;
};

// Takes the next piece of a file; false: no more is wanted.
using Sink = std::function<bool(std::string_view)>;

class GitHost {
 public:
  virtual ~GitHost() = default;

  // The commit that a revision means.
  virtual Result<ObjectId> resolve(const RepositoryName& repository, const std::string& revision) const = 0;
  virtual Result<Head> head(const RepositoryName& repository) const = 0;

  // What is in the directory. kNoPath: nothing is there; kInvalid: it is no directory.
  virtual Result<TreePage> list_tree(const RepositoryName& repository, const std::string& revision,
                                     const std::string& path, const TreeQuery& query) const = 0;
  // What is at the path; directories and submodules too. kNoPath. The root is a directory.
  virtual Result<FileInfo> file_info(const RepositoryName& repository, const std::string& revision,
                                     const std::string& path) const = 0;
  // A file or symlink whole. kInvalid: it is neither; kTooLarge: it has more than `max_bytes`.
  virtual Result<FileContent> read_file(const RepositoryName& repository, const std::string& revision,
                                        const std::string& path, std::size_t max_bytes) const = 0;
  // The same in pieces of 64 KiB at most, without holding the whole. A range beyond the end gives what there is.
  virtual Result<void> stream_file(const RepositoryName& repository, const std::string& revision,
                                   const std::string& path, const ByteRange& range, const Sink& sink,
                                   std::stop_token stop) const = 0;

  virtual Result<LogPage> log(const RepositoryName& repository, const std::string& revision,
                              const LogQuery& query) const = 0;
  virtual Result<Commit> commit(const RepositoryName& repository, const std::string& revision) const = 0;
  // From the commit's first parent; of a first commit from nothing.
  virtual Result<Diff> diff(const RepositoryName& repository, const std::string& revision,
                            const DiffLimits& limits) const = 0;
  virtual Result<Comparison> compare(const RepositoryName& repository, const std::string& before,
                                     const std::string& after, const DiffLimits& limits) const = 0;

  // Names follow git-check-ref-format(1) and ref_name.hpp. kInvalid: the name does not; kConflict: it is taken, or an
  // expected value is not the present one.
  virtual Result<RefPage<Branch>> branches(const RepositoryName& repository, const RefQuery& query) const = 0;
  virtual Result<RefPage<Tag>> tags(const RepositoryName& repository, const RefQuery& query) const = 0;
  virtual Result<Branch> create_branch(const RepositoryName& repository, const std::string& name,
                                       const std::string& revision) = 0;
  // kConflict: it is the default branch, or not at `expected` ("": wherever it is).
  virtual Result<void> delete_branch(const RepositoryName& repository, const std::string& name,
                                     const ObjectId& expected) = 0;
  // HEAD follows the default branch.
  virtual Result<void> rename_branch(const RepositoryName& repository, const std::string& from,
                                     const std::string& to) = 0;
  // The branch need not have a commit only where nothing has.
  virtual Result<void> set_default_branch(const RepositoryName& repository, const std::string& name) = 0;
  virtual Result<Tag> create_tag(const RepositoryName& repository, const NewTag& tag) = 0;
  virtual Result<void> delete_tag(const RepositoryName& repository, const std::string& name) = 0;

  // All or nothing.
  virtual Result<Committed> commit_changes(const RepositoryName& repository, const CommitRequest& request) = 0;

  // kConflict: there is such a repository.
  virtual Result<void> create(const RepositoryName& repository, const NewRepository& settings) = 0;
  // A copy with all branches and tags and none of the source's settings.
  virtual Result<void> duplicate(const RepositoryName& source, const RepositoryName& copy, bool is_private) = 0;
  virtual Result<void> move(const RepositoryName& from, const RepositoryName& to) = 0;
  virtual Result<void> remove(const RepositoryName& repository) = 0;
  virtual Result<Usage> usage(const RepositoryName& repository) const = 0;
};

}  // namespace causeway::api::git_host
