#pragma once
// libgit2: its types owned, its errors as ours. The only header that includes it; for .cpp files of this folder.

#include <filesystem>
#include <git2.h>
#include <memory>
#include <string>
#include <string_view>

#include "apiserver/git/child_limits.hpp"
#include "apiserver/git_host/error.hpp"
#include "apiserver/git_host/history.hpp"

namespace causeway::api::git_host {

// Once for the process, by whoever comes first: its settings are global. kUnavailable: it cannot work here.
Result<void> prepare_library();

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

using RepositoryPtr = Owned<git_repository, git_repository_free>;
using OdbPtr = Owned<git_odb, git_odb_free>;
using OdbObjectPtr = Owned<git_odb_object, git_odb_object_free>;
using ObjectPtr = Owned<git_object, git_object_free>;
using CommitPtr = Owned<git_commit, git_commit_free>;
using TreePtr = Owned<git_tree, git_tree_free>;
using TreeEntryPtr = Owned<git_tree_entry, git_tree_entry_free>;
using TreeBuilderPtr = Owned<git_treebuilder, git_treebuilder_free>;
using TagPtr = Owned<git_tag, git_tag_free>;
using ReferencePtr = Owned<git_reference, git_reference_free>;
using ReferenceIteratorPtr = Owned<git_reference_iterator, git_reference_iterator_free>;
using SignaturePtr = Owned<git_signature, git_signature_free>;
using RevwalkPtr = Owned<git_revwalk, git_revwalk_free>;
using DiffPtr = Owned<git_diff, git_diff_free>;
using PatchPtr = Owned<git_patch, git_patch_free>;

// What a call of libgit2 that failed means when nothing special was expected of it: an object that is missing or not
// what it should be is kCorrupt, the rest kUnavailable. `doing`: "reading the tree of …".
Error library_error(int code, std::string_view doing);

// `pointer.reset(object)` in one: own(commit, [&](auto** out) { return git_commit_lookup(out, …); }).
template <class Ptr, class Call>
int own(Ptr& pointer, Call&& call) {
  typename Ptr::pointer raw = nullptr;
  const int code = call(&raw);
  pointer.reset(raw);
  return code;
}

// A bare repository, opened for one call: handles are cheap (0.1 ms), not to be shared by threads, and a new one sees
// the packs and refs of this moment.
Result<RepositoryPtr> open_repository(const std::filesystem::path& directory);

// An open repository and where it is.
struct Opened {
  std::filesystem::path directory;
  RepositoryPtr handle;
  git::ChildLimits limits = {};  // of a git that reads it
  git_repository* get() const { return handle.get(); }
};

ObjectId to_id(const git_oid& id);
// False: not 40 hexadecimal digits.
bool parse_id(std::string_view text, git_oid& id);

Result<CommitPtr> find_commit(git_repository* repository, const git_oid& id);
Result<TreePtr> find_tree(git_repository* repository, const git_oid& id);
Result<TreePtr> tree_of(const git_commit* commit);
Commit to_commit(const git_commit* commit);
Signature to_signature(const git_signature* signature, const std::string& encoding);

}  // namespace causeway::api::git_host
