#include "apiserver/git_host/revision.hpp"

#include <algorithm>

#include "apiserver/git_host/text.hpp"

namespace causeway::api::git_host {
namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::string_view kTags = "refs/tags/";

Error no_revision(const std::string& revision) {
  return {ErrorKind::kNoRevision, "there is no branch, tag or commit " + in_quotes(revision)};
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

// The commit that an object is, or that an annotated tag leads to.
Result<git_oid> commit_of_object(git_repository* repository, const git_oid& id, const std::string& revision) {
  ObjectPtr object, commit;
  OdbPtr odb;
  if (const int code = own(odb, [&](auto** out) { return git_repository_odb(out, repository); }); code < 0)
    return library_error(code, "opening the objects");
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  const int known = git_odb_read_header(&size, &type, odb.get(), &id);
  if (known == GIT_ENOTFOUND) return no_revision(revision);
  if (known < 0) return library_error(known, "the object " + to_id(id));
  if (type == GIT_OBJECT_COMMIT) return id;
  const Error no_commit{ErrorKind::kNoRevision,
                        in_quotes(revision) + " leads to no commit, but to a file or directory"};
  if (type != GIT_OBJECT_TAG) return no_commit;
  if (const int code = own(object, [&](auto** out) { return git_object_lookup(out, repository, &id, GIT_OBJECT_TAG); });
      code < 0)
    return library_error(code, "the tag " + to_id(id));
  const int code = own(commit, [&](auto** out) { return git_object_peel(out, object.get(), GIT_OBJECT_COMMIT); });
  if (code == GIT_EPEEL || code == GIT_EINVALIDSPEC) return no_commit;
  if (code < 0) return library_error(code, "what the tag " + to_id(id) + " leads to");
  return *git_object_id(commit.get());
}

Result<git_oid> expand(git_repository* repository, const std::string& beginning) {
  OdbPtr odb;
  if (const int code = own(odb, [&](auto** out) { return git_repository_odb(out, repository); }); code < 0)
    return library_error(code, "opening the objects");
  git_oid begins{}, id{};
  if (git_oid_fromstrn(&begins, beginning.data(), beginning.size()) < 0) return no_revision(beginning);
  const int code = git_odb_exists_prefix(&id, odb.get(), &begins, beginning.size());
  if (code == GIT_ENOTFOUND) return no_revision(beginning);
  if (code == GIT_EAMBIGUOUS)
    return Error{ErrorKind::kInvalid, "several objects begin with " + in_quotes(beginning) + ": give more digits"};
  if (code < 0) return library_error(code, "looking for " + in_quotes(beginning));
  return commit_of_object(repository, id, beginning);
}

}  // namespace

Result<std::optional<git_oid>> value_of_ref(git_repository* repository, const std::string& name) {
  git_oid id{};
  const int code = git_reference_name_to_id(&id, repository, name.c_str());
  if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC) return std::optional<git_oid>{};
  if (code < 0) return library_error(code, "reading " + name);
  return std::optional(id);
}

Result<std::optional<git_oid>> commit_of_ref(git_repository* repository, const std::string& name) {
  auto value = value_of_ref(repository, name);
  if (!value || !*value) return value;
  auto commit = commit_of_object(repository, **value, name);
  if (commit) return std::optional(*commit);
  OdbPtr odb;
  if (own(odb, [&](auto** out) { return git_repository_odb(out, repository); }) == 0 &&
      git_odb_exists(odb.get(), &**value) == 0)
    return Error{ErrorKind::kCorrupt, name + " names the object " + to_id(**value) + ", which is missing"};
  return commit.error();
}

Result<Head> read_head(git_repository* repository) {
  ReferencePtr head;
  if (const int code = own(head, [&](auto** out) { return git_reference_lookup(out, repository, "HEAD"); }); code < 0)
    return library_error(code, "reading HEAD");
  Head value;
  if (git_reference_type(head.get()) == GIT_REFERENCE_DIRECT) {
    value.commit = to_id(*git_reference_target(head.get()));
    return value;
  }
  const std::string target = git_reference_symbolic_target(head.get());
  if (!target.starts_with(kHeads)) return Error{ErrorKind::kCorrupt, "HEAD names " + target + ", which is no branch"};
  value.branch = target.substr(kHeads.size());
  auto commit = commit_of_ref(repository, target);
  if (!commit) return commit.error();
  if (*commit) value.commit = to_id(**commit);
  return value;
}

Result<git_oid> resolve_revision(git_repository* repository, const std::string& revision) {
  if (revision.find('\0') != std::string::npos) return no_revision(revision);
  if (revision.empty() || revision == "HEAD") {
    auto head = read_head(repository);
    if (!head) return head.error();
    git_oid id{};
    if (parse_id(head->commit, id)) return id;
    return Error{ErrorKind::kNoRevision, "the branch " + head->branch + " has no commits yet"};
  }
  git_oid id{};
  if (parse_id(revision, id)) return commit_of_object(repository, id, revision);
  if (revision.starts_with("refs/")) {
    auto commit = commit_of_ref(repository, revision);
    if (!commit) return commit.error();
    return *commit ? Result<git_oid>(**commit) : no_revision(revision);
  }
  auto branch = commit_of_ref(repository, std::string(kHeads) + revision);
  if (!branch) return branch.error();
  auto tag = commit_of_ref(repository, std::string(kTags) + revision);
  if (!tag) return tag.error();
  if (*branch && *tag && !git_oid_equal(&**branch, &**tag))
    return Error{ErrorKind::kInvalid, in_quotes(revision) +
                                          " is a branch and a tag, which are at different commits: say " +
                                          "refs/heads/" + revision + " or refs/tags/" + revision};
  if (*branch) return **branch;
  if (*tag) return **tag;
  if (revision.size() >= GIT_OID_MINPREFIXLEN && revision.size() < GIT_OID_HEXSZ && is_hex(revision))
    return expand(repository, revision);
  return no_revision(revision);
}

Result<std::optional<git_oid>> resolve_or_unborn(git_repository* repository, const std::string& revision) {
  auto found = resolve_revision(repository, revision);
  if (found) return std::optional(*found);
  if (found.error().kind != ErrorKind::kNoRevision) return found.error();
  const auto head = read_head(repository);
  const bool of_head = revision.empty() || revision == "HEAD" ||
                       (head && (revision == head->branch || revision == std::string(kHeads) + head->branch));
  if (head && head->commit.empty() && of_head) return std::optional<git_oid>{};
  return found.error();
}

}  // namespace causeway::api::git_host
