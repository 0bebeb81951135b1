#include "apiserver/git_host/ref_change.hpp"

#include "apiserver/git_host/change_plan.hpp"
#include "apiserver/git_host/commit.hpp"
#include "apiserver/git_host/ref_list.hpp"
#include "apiserver/git_host/ref_name.hpp"
#include "apiserver/git_host/revision.hpp"
#include "apiserver/git_host/text.hpp"
#include "base/log.hpp"

namespace causeway::api::git_host {
namespace {

const std::string kHeads = "refs/heads/";
const std::string kTags = "refs/tags/";

Error no_branch(const std::string& name) {
  return {ErrorKind::kNoRevision, "there is no branch " + in_quotes(name)};
}

// Where the branch is; kNoRevision.
Result<ObjectId> branch_commit(const Opened& repository, const std::string& name) {
  auto value = commit_of_ref(repository.get(), kHeads + name);
  if (!value) return value.error();
  return *value ? Result<ObjectId>(to_id(**value)) : no_branch(name);
}

Result<void> apply(const Opened& repository, const std::vector<RefUpdate>& updates) {
  if (auto updated = update_refs(repository.get(), repository.directory, updates); !updated) return updated;
  run_post_receive(repository.directory, updates);
  return {};
}

// An annotated tag's object.
Result<git_oid> write_tag(const Opened& repository, const NewTag& tag, const git_oid& commit) {
  if (!tag.tagger) return Error{ErrorKind::kInvalid, "a tag with a message needs to say whose it is"};
  if (auto fine = check_signature("tagger", *tag.tagger); !fine) return fine.error();
  if (auto fine = check_message(tag.message); !fine) return fine.error();
  auto tagger = make_signature(*tag.tagger);
  if (!tagger) return tagger.error();
  ObjectPtr target;
  if (const int code =
          own(target, [&](auto** out) { return git_object_lookup(out, repository.get(), &commit, GIT_OBJECT_COMMIT); });
      code < 0)
    return library_error(code, "the commit " + to_id(commit));
  git_oid id{};
  if (const int code = git_tag_annotation_create(&id, repository.get(), tag.name.c_str(), target.get(), tagger->get(),
                                                 with_newline(tag.message).c_str());
      code < 0)
    return library_error(code, "writing the tag");
  return id;
}

}  // namespace

Result<Branch> create_branch(const Opened& repository, const std::string& name, const std::string& revision) {
  if (auto fine = check_ref_name("branch", name); !fine) return fine.error();
  auto commit = resolve_revision(repository.get(), revision);
  if (!commit) return commit.error();
  if (auto made = apply(repository, {{kHeads + name, to_id(*commit), ""}}); !made) return made.error();
  return Branch{name, to_id(*commit), false};
}

Result<void> delete_branch(const Opened& repository, const std::string& name, const ObjectId& expected) {
  if (auto fine = check_ref_name("branch", name); !fine) return fine.error();
  auto head = read_head(repository.get());
  if (!head) return head.error();
  if (head->branch == name)
    return Error{ErrorKind::kConflict, in_quotes(name) + " is the default branch: make another one the default first"};
  auto present = branch_commit(repository, name);
  if (!present) return present.error();
  if (!expected.empty() && expected != *present)
    return Error{ErrorKind::kConflict,
                 "the branch " + in_quotes(name) + " is at " + *present + ", not at " + in_quotes(expected)};
  return apply(repository, {{kHeads + name, "", *present}});
}

// First the new name, then HEAD, then the old name goes: at no time does HEAD lead nowhere.
Result<void> rename_branch(const Opened& repository, const std::string& from, const std::string& to) {
  for (const auto& name : {from, to}) {
    if (auto fine = check_ref_name("branch", name); !fine) return fine;
  }
  auto commit = branch_commit(repository, from);
  if (!commit) return commit.error();
  auto head = read_head(repository.get());
  if (!head) return head.error();
  if (from == to) return {};
  const RefUpdate made{kHeads + to, *commit, ""};
  const RefUpdate gone{kHeads + from, "", *commit};
  if (auto done = update_refs(repository.get(), repository.directory, {made}); !done) return done;
  const bool is_default = head->branch == from;
  auto renamed = is_default ? point_head(repository.directory, to) : Result<void>();
  if (renamed) renamed = update_refs(repository.get(), repository.directory, {gone});
  if (!renamed) {
    // Somebody pushed to it meanwhile: as if nothing had been done.
    auto undone = is_default ? point_head(repository.directory, from) : Result<void>();
    if (undone) undone = update_refs(repository.get(), repository.directory, {{kHeads + to, "", *commit}});
    if (!undone)
      base::log::warn("a branch that was not renamed has both names",
                      {{"repository", repository.directory.string()}, {"error", undone.error().message}});
    return renamed;
  }
  run_post_receive(repository.directory, {made, gone});
  return {};
}

Result<void> set_default_branch(const Opened& repository, const std::string& name) {
  if (auto fine = check_ref_name("branch", name); !fine) return fine;
  auto commit = branch_commit(repository, name);
  if (!commit) {
    auto branches = count_branches(repository.get());
    if (!branches) return branches.error();
    if (*branches > 0 || commit.error().kind != ErrorKind::kNoRevision) return commit.error();
  }
  return point_head(repository.directory, name);
}

Result<Tag> create_tag(const Opened& repository, const NewTag& tag) {
  if (auto fine = check_ref_name("tag", tag.name); !fine) return fine.error();
  auto commit = resolve_revision(repository.get(), tag.revision);
  if (!commit) return commit.error();
  auto object = tag.message.empty() ? commit : write_tag(repository, tag, *commit);
  if (!object) return object.error();
  if (auto made = apply(repository, {{kTags + tag.name, to_id(*object), ""}}); !made) return made.error();
  auto found = find_tag(repository.get(), tag.name);
  if (!found) return found.error();
  if (!*found) return Error{ErrorKind::kConflict, "the tag " + in_quotes(tag.name) + " was deleted at once"};
  return std::move(**found);
}

Result<void> delete_tag(const Opened& repository, const std::string& name) {
  if (auto fine = check_ref_name("tag", name); !fine) return fine;
  auto value = value_of_ref(repository.get(), kTags + name);
  if (!value) return value.error();
  if (!*value) return Error{ErrorKind::kNoRevision, "there is no tag " + in_quotes(name)};
  return apply(repository, {{kTags + name, "", to_id(**value)}});
}

}  // namespace causeway::api::git_host
