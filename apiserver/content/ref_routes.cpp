// Branches, tags, and what is between two revisions.

#include "apiserver/content/content_routes.hpp"
#include "apiserver/content/views.hpp"

namespace causeway::api::content {

using repository::BranchAction, repository::RepositoryPath, repository::Right;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Page, rest::Path, rest::Problem,
    rest::Query;

namespace {

struct RefQuery : rest::PageQuery {};
BOOST_DESCRIBE_STRUCT(RefQuery, (rest::PageQuery), ())
constexpr auto field_rows(const RefQuery*) {
  return std::array{rest::kLimitRow, rest::kCursorRow};
}

struct BranchPath : RepositoryPath {
  std::string branch;
};
BOOST_DESCRIBE_STRUCT(BranchPath, (RepositoryPath), (branch))
constexpr auto field_rows(const BranchPath*) {
  return std::array{repository::kOwnerRow, repository::kNameRow,
                    kube::Row{.member = "branch", .doc = "Without `refs/heads/`.", .max_length = 255}};
}

struct TagPath : RepositoryPath {
  std::string tag;
};
BOOST_DESCRIBE_STRUCT(TagPath, (RepositoryPath), (tag))
constexpr auto field_rows(const TagPath*) {
  return std::array{repository::kOwnerRow, repository::kNameRow,
                    kube::Row{.member = "tag", .doc = "Without `refs/tags/`.", .max_length = 255}};
}

struct NewBranch {
  std::string name, revision = "HEAD";
};
BOOST_DESCRIBE_STRUCT(NewBranch, (), (name, revision))
constexpr auto field_rows(const NewBranch*) {
  auto revision = kRevisionRow;
  revision.defaulted = true;
  return std::array{
      kube::Row{.member = "name", .doc = "As git allows it.", .required = true, .min_length = 1, .max_length = 255},
      revision};
}

struct NewTagBody {
  std::string name, revision = "HEAD", message;
  static std::string schema_name() { return "NewTag"; }
};
BOOST_DESCRIBE_STRUCT(NewTagBody, (), (name, revision, message))
constexpr auto field_rows(const NewTagBody*) {
  auto revision = kRevisionRow;
  revision.defaulted = true;
  return std::array{
      kube::Row{.member = "name", .doc = "As git allows it.", .required = true, .min_length = 1, .max_length = 255},
      revision,
      kube::Row{.member = "message",
                .doc = "What it stands for: the tag is annotated then, by the caller. Absent: a name and no more.",
                .max_length = 65536}};
}

struct DeletionQuery {
  std::string expected_head;
};
BOOST_DESCRIBE_STRUCT(DeletionQuery, (), (expected_head))
constexpr auto field_rows(const DeletionQuery*) {
  return std::array{kube::Row{.member = "expected_head",
                              .doc = "What the branch was at: a conflict when somebody has pushed to it since.",
                              .pattern = "^([0-9a-f]{40})?$"}};
}

struct CompareQuery {
  std::string base, head = "HEAD";
};
BOOST_DESCRIBE_STRUCT(CompareQuery, (), (base, head))
constexpr auto field_rows(const CompareQuery*) {
  auto base = kRevisionRow, head = kRevisionRow;
  base.member = "base";
  base.required = true;
  base.min_length = 1;
  head.member = "head";
  head.defaulted = true;
  return std::array{base, head};
}

class RefRoutes {
 public:
  explicit RefRoutes(const Opener& opener) : opener_(opener), host_(opener.host()) {}

  Outcome<Page<BranchView>> branches(Call& call, const Path<RepositoryPath>& path, const Query<RefQuery>& query) const {
    return list<BranchView>(call, path, query,
                            [&](const auto& found, const auto& ask) { return host_->branches(found, ask); });
  }

  Outcome<BranchView> make_branch(Call& call, const Path<RepositoryPath>& path, const Body<NewBranch>& body) const {
    const auto found = opener_.open(call, path.value, Right::kWrite);
    if (!found) return found.error();
    if (auto allowed = opener_.may(*found, BranchAction::kPush, body->name); !allowed) return allowed.error();
    auto made = host_->create_branch(*found, body->name, body->revision);
    if (!made) return problem_of(made.error());
    return Answer<BranchView>{view_of(*made)};
  }

  Outcome<void> delete_branch(Call& call, const Path<BranchPath>& path, const Query<DeletionQuery>& query) const {
    const auto found = opener_.open(call, path.value, Right::kWrite);
    if (!found) return found.error();
    // Said of the settings: HEAD on the disk follows them a moment later.
    if (path->branch == found->default_branch)
      return Problem(rest::kConflict, path->branch + " is the default branch: make another one the default first");
    if (auto allowed = opener_.may(*found, BranchAction::kDelete, path->branch); !allowed) return allowed.error();
    auto gone = host_->delete_branch(*found, path->branch, query->expected_head);
    if (!gone) return problem_of(gone.error());
    return Answer<void>{};
  }

  Outcome<Page<TagView>> tags(Call& call, const Path<RepositoryPath>& path, const Query<RefQuery>& query) const {
    return list<TagView>(call, path, query,
                         [&](const auto& found, const auto& ask) { return host_->tags(found, ask); });
  }

  Outcome<TagView> make_tag(Call& call, const Path<RepositoryPath>& path, const Body<NewTagBody>& body) const {
    const auto found = opener_.open(call, path.value, Right::kWrite);
    if (!found) return found.error();
    git_host::NewTag tag{body->name, body->revision, body->message, std::nullopt};
    if (!tag.message.empty()) tag.tagger = opener_.signature(call);
    auto made = host_->create_tag(*found, tag);
    if (!made) return problem_of(made.error());
    return Answer<TagView>{view_of(*made)};
  }

  Outcome<void> delete_tag(Call& call, const Path<TagPath>& path) const {
    const auto found = opener_.open(call, path.value, Right::kWrite);
    if (!found) return found.error();
    auto gone = host_->delete_tag(*found, path->tag);
    if (!gone) return problem_of(gone.error());
    return Answer<void>{};
  }

  Outcome<ComparisonView> compare(Call& call, const Path<RepositoryPath>& path,
                                  const Query<CompareQuery>& query) const {
    const auto found = opener_.open(call, path.value, Right::kRead);
    if (!found) return found.error();
    auto compared = host_->compare(*found, query->base, query->head, {});
    if (!compared) return problem_of(compared.error());
    return Answer<ComparisonView>{view_of(*compared)};
  }

 private:
  template <class View, class Ask>
  Outcome<Page<View>> list(Call& call, const Path<RepositoryPath>& path, const Query<RefQuery>& query,
                           Ask&& ask) const {
    const auto found = opener_.open(call, path.value, Right::kRead);
    if (!found) return found.error();
    auto after = position(call, query->cursor);
    if (!after) return after.error();
    auto page =
        ask(*found, git_host::RefQuery{.after = std::move(*after), .limit = static_cast<std::size_t>(query->limit)});
    if (!page) return problem_of(page.error());
    return page_of(call, page->items, page->next);
  }

  const Opener opener_;
  git_host::GitHost* const host_;
};

}  // namespace

std::vector<rest::Route> ref_routes(const Opener& opener) {
  const RefRoutes refs(opener);
  const std::string root = "/api/v1/content/{owner}/{name}";
  const rest::Access writes{rest::Role::kUser, "repository:write"};
  const std::vector<rest::ProblemKind> reading{rest::kInvalid, rest::kNotFound, rest::kUnavailable};
  const std::vector<rest::ProblemKind> writing{rest::kConflict, rest::kForbidden, rest::kInvalid, rest::kNotFound,
                                               rest::kUnavailable};
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = root + "/branches",
       .summary = "Branches",
       .tag = "content",
       .problems = reading,
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Query<RefQuery>& query) {
         return refs.branches(call, path, query);
       })});
  routes.push_back(
      {.method = Method::kPost,
       .path = root + "/branches",
       .summary = "A new branch",
       .tag = "content",
       .description = "A conflict where there is one of this name.",
       .access = writes,
       .success = 201,
       .problems = writing,
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Body<NewBranch>& body) {
         return refs.make_branch(call, path, body);
       })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = root + "/branches/{branch...}",
       .summary = "Delete a branch",
       .tag = "content",
       .description = "Not the default one, nor one that is protected from it.",
       .access = writes,
       .problems = writing,
       .run = rest::answers([=](Call& call, const Path<BranchPath>& path, const Query<DeletionQuery>& query) {
         return refs.delete_branch(call, path, query);
       })});
  routes.push_back({.method = Method::kGet,
                    .path = root + "/tags",
                    .summary = "Tags",
                    .tag = "content",
                    .problems = reading,
                    .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path,
                                             const Query<RefQuery>& query) { return refs.tags(call, path, query); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = root + "/tags",
       .summary = "A new tag",
       .tag = "content",
       .description = "With a message it is an annotated one. A conflict where there is one of this name.",
       .access = writes,
       .success = 201,
       .problems = writing,
       .max_body = 512u << 10,
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Body<NewTagBody>& body) {
         return refs.make_tag(call, path, body);
       })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = root + "/tags/{tag...}",
       .summary = "Delete a tag",
       .tag = "content",
       .access = writes,
       .problems = writing,
       .run = rest::answers([=](Call& call, const Path<TagPath>& path) { return refs.delete_tag(call, path); })});
  routes.push_back(
      {.method = Method::kGet,
       .path = root + "/compare",
       .summary = "What one revision has that another one has not",
       .tag = "content",
       .description = "As `git diff base...head` and `git log base..head`: from where the two parted.",
       .problems = reading,
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Query<CompareQuery>& query) {
         return refs.compare(call, path, query);
       })});
  return routes;
}

}  // namespace causeway::api::content
