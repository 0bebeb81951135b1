#include "apiserver/git_host/commit.hpp"

#include "apiserver/git_host/ref_name.hpp"
#include "apiserver/git_host/revision.hpp"
#include "apiserver/git_host/text.hpp"
#include "apiserver/git_host/tree_writer.hpp"

namespace causeway::api::git_host {
namespace {

// How often a commit that expects nothing of its branch is made anew when somebody else was faster.
constexpr int kAttempts = 5;

// What the commit is made upon.
struct Base {
  std::optional<git_oid> branch;  // nullopt: it is new
  std::optional<git_oid> parent;  // nullopt: the repository's first commit
};

Result<Base> find_base(git_repository* repository, const CommitRequest& request) {
  auto branch = commit_of_ref(repository, "refs/heads/" + request.branch);
  if (!branch) return branch.error();
  const ObjectId now = *branch ? to_id(**branch) : ObjectId();
  if (request.expected_head && *request.expected_head != now) {
    if (request.expected_head->empty())
      return Error{ErrorKind::kConflict, "the branch " + in_quotes(request.branch) + " exists already"};
    return Error{ErrorKind::kConflict, "the branch " + in_quotes(request.branch) +
                                           (now.empty() ? " is not there" : " is at " + now) + ", not at " +
                                           request.expected_head->substr(0, GIT_OID_HEXSZ)};
  }
  if (*branch) return Base{**branch, **branch};
  if (request.start.empty()) {
    auto head = read_head(repository);
    if (!head) return head.error();
    if (head->commit.empty()) return Base{};
    return Error{ErrorKind::kNoRevision, "there is no branch " + in_quotes(request.branch) +
                                             ", and nothing says where a new one "
                                             "is to begin"};
  }
  auto start = resolve_revision(repository, request.start);
  if (!start) return start.error();
  return Base{std::nullopt, *start};
}

Result<Committed> write_commit(git_repository* repository, const CommitRequest& request, const PlanNode& plan,
                               const Base& base) {
  CommitPtr parent;
  TreePtr before;
  if (base.parent) {
    auto commit = find_commit(repository, *base.parent);
    if (!commit) return commit.error();
    parent = std::move(*commit);
    auto tree = tree_of(parent.get());
    if (!tree) return tree.error();
    before = std::move(*tree);
  }
  auto written = write_tree(repository, before.get(), plan, request.changes);
  if (!written) return written.error();
  if (before && git_oid_equal(&*written, git_tree_id(before.get())) != 0)
    return Error{ErrorKind::kInvalid, "the branch " + in_quotes(request.branch) + " holds all of this already"};
  auto tree = find_tree(repository, *written);
  if (!tree) return tree.error();
  auto author = make_signature(request.author);
  if (!author) return author.error();
  auto committer = make_signature(request.committer);
  if (!committer) return committer.error();
  const git_commit* parents[] = {parent.get()};
  git_oid id{};
  if (const int code = git_commit_create(&id, repository, nullptr, author->get(), committer->get(), nullptr,
                                         with_newline(request.message).c_str(), tree->get(), parent ? 1 : 0, parents);
      code < 0)
    return library_error(code, "writing the commit");
  return Committed{to_id(id), to_id(*written), base.branch ? to_id(*base.branch) : ObjectId()};
}

}  // namespace

Result<SignaturePtr> make_signature(const Signature& signature) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(signature.time.time_since_epoch()).count();
  SignaturePtr made;
  if (const int code = own(made,
                           [&](auto** out) {
                             return git_signature_new(out, signature.name.c_str(), signature.email.c_str(), seconds,
                                                      signature.offset_minutes);
                           });
      code < 0)
    return library_error(code, "whose it is");
  return made;
}

std::string with_newline(std::string_view message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == '\r')) message.remove_suffix(1);
  return std::string(message) + "\n";
}

Result<Committed> commit_changes(const Opened& repository, const CommitRequest& request) {
  if (auto fine = check_ref_name("branch", request.branch); !fine) return fine.error();
  if (auto fine = check_signature("author", request.author); !fine) return fine.error();
  if (auto fine = check_signature("committer", request.committer); !fine) return fine.error();
  if (auto fine = check_message(request.message); !fine) return fine.error();
  auto plan = plan_changes(request.changes);
  if (!plan) return plan.error();
  for (int attempt = 1;; ++attempt) {
    auto base = find_base(repository.get(), request);
    if (!base) return base.error();
    auto committed = write_commit(repository.get(), request, *plan, *base);
    if (!committed) return committed.error();
    const std::vector<RefUpdate> updates{{"refs/heads/" + request.branch, committed->commit, committed->before}};
    auto updated = update_refs(repository.get(), repository.directory, updates);
    if (updated) {
      run_post_receive(repository.directory, updates);
      return committed;
    }
    const bool moved = updated.error().kind == ErrorKind::kConflict && !request.expected_head;
    if (!moved || attempt == kAttempts) return updated.error();
  }
}

}  // namespace causeway::api::git_host
