#include "apiserver/discussion/discussion_routes.hpp"
#include "apiserver/discussion/scene.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/page_by_id.hpp"

namespace causeway::api::discussion {

using persistence::problem_of;
using repository::RepositoryStore;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Page, rest::Path, rest::Problem,
    rest::Query;

namespace {

struct CommentQuery : rest::PageQuery {
  bool body_html = false;
};
BOOST_DESCRIBE_STRUCT(CommentQuery, (rest::PageQuery), (body_html))
constexpr auto field_rows(const CommentQuery*) {
  return std::array{rest::kLimitRow, rest::kCursorRow, kBodyHtmlQueryRow};
}

inline constexpr kube::Row kTextRow{
    .member = "body", .doc = "Markdown, at most 64 KiB.", .required = true, .min_length = 1, .max_length = 65536};

struct NewComment {
  std::string body;
};
BOOST_DESCRIBE_STRUCT(NewComment, (), (body))
constexpr auto field_rows(const NewComment*) {
  return std::array{kTextRow};
}

struct CommentChange {
  std::optional<std::string> body;
  std::optional<bool> hidden;
};
BOOST_DESCRIBE_STRUCT(CommentChange, (), (body, hidden))
constexpr auto field_rows(const CommentChange*) {
  auto text = kTextRow;
  text.required = false;
  return std::array{
      text, kube::Row{.member = "hidden", .doc = "Out of sight, or back; for those who maintain the repository."}};
}

class CommentRoutes {
 public:
  CommentRoutes(RepositoryStore& repositories, IssueStore& issues, CommentStore& comments)
      : repositories_(repositories), issues_(issues), comments_(comments) {}

  Outcome<Page<CommentView>> list(Call& call, const Path<IssuePath>& path, const Query<CommentQuery>& query) const {
    const auto scene = scene_of(repositories_, issues_, call, path.value);
    if (!scene) return scene.error();
    const auto after = rest::after_id(call, query.value);
    if (!after) return after.error();
    auto found = comments_.list(scene->issue.id, *after, static_cast<std::size_t>(query->limit) + 1);
    if (!found) return problem_of(found.error());
    BodyRenderer renderer;
    return rest::page_by_id(
        call, query.value, std::move(*found), [](const Comment& c) { return c.id; },
        [&](const Comment& c) { return view_of(c, query->body_html ? &renderer : nullptr, scene->sees_hidden(c)); });
  }

  Outcome<CommentView> show(Call& call, const Path<CommentPath>& path, const Query<BodyQuery>& query) const {
    const auto scene = scene_of(repositories_, issues_, call, path.value);
    if (!scene) return scene.error();
    const auto comment = find(*scene, path->id);
    if (!comment) return comment.error();
    return shown(*scene, *comment, query->body_html);
  }

  Outcome<CommentView> create(Call& call, const Path<IssuePath>& path, const Body<NewComment>& body) const {
    const auto scene = scene_of(repositories_, issues_, call, path.value);
    if (!scene) return scene.error();
    if (auto named = has_name(call); !named) return named.error();
    if (auto may = permit(Deed::kComment, scene->standing(0)); !may) return may.error();
    if (auto takes = takes_body(body->body, true); !takes) return takes.error();
    const bool even_when_locked = scene->repository.right >= repository::Right::kWrite;
    auto made = comments_.create(scene->issue, scene->me, body->body, even_when_locked, call.idempotency_key());
    if (!made) return problem_of(made.error());
    if (!*made) return Problem(rest::kForbidden, "it has just been locked, or removed");
    auto answer = shown(*scene, **made, false);
    answer.headers.set("Location", "/api/v1/repositories/" + scene->repository.path + "/issues/" +
                                       std::to_string(scene->issue.number) + "/comments/" + answer.value.id);
    return answer;
  }

  Outcome<CommentView> change(Call& call, const Path<CommentPath>& path, const Body<CommentChange>& body) const {
    const auto scene = scene_of(repositories_, issues_, call, path.value);
    if (!scene) return scene.error();
    const auto comment = find(*scene, path->id);
    if (!comment) return comment.error();
    const auto standing = scene->standing(comment->author_id);
    if (body->body) {
      if (auto may = permit(Deed::kEdit, standing); !may) return may.error();
      if (auto takes = takes_body(*body->body, true); !takes) return takes.error();
    }
    if (body->hidden) {
      if (auto may = permit(Deed::kManage, standing); !may) return may.error();
    }
    if (auto holds = call.require(etag_of(*comment, scene->sees_hidden(*comment))); !holds) return holds.error();
    auto changed = comments_.change(scene->issue, *comment, scene->me, body->body, body->hidden);
    if (!changed) return problem_of(changed.error());
    if (!*changed) return Problem(rest::kPreconditionFailed, "somebody else has just changed it");
    return shown(*scene, **changed, false);
  }

  Outcome<void> remove(Call& call, const Path<CommentPath>& path) const {
    const auto scene = scene_of(repositories_, issues_, call, path.value);
    if (!scene) return scene.error();
    const auto comment = find(*scene, path->id);
    if (!comment) return comment.error();
    if (auto may = permit(Deed::kRemove, scene->standing(comment->author_id)); !may) return may.error();
    auto removed = comments_.remove(scene->issue, *comment);
    if (!removed) return problem_of(removed.error());
    if (!*removed) return no_comment();
    return Answer<void>{};
  }

 private:
  base::Result<Comment, Problem> find(const Scene& scene, std::int64_t id) const {
    auto comment = comments_.find(scene.issue.id, id);
    if (!comment) return problem_of(comment.error());
    if (!*comment) return no_comment();
    return std::move(**comment);
  }
  static Answer<CommentView> shown(const Scene& scene, const Comment& comment, bool rendered) {
    const bool sees = scene.sees_hidden(comment);
    BodyRenderer renderer;
    return {.value = view_of(comment, rendered ? &renderer : nullptr, sees), .etag = etag_of(comment, sees)};
  }
  static Problem no_comment() { return {rest::kNotFound, "there is no such comment"}; }

  RepositoryStore& repositories_;
  IssueStore& issues_;
  CommentStore& comments_;
};

}  // namespace

std::vector<rest::Route> comment_routes(RepositoryStore& repositories, IssueStore& issues, CommentStore& store) {
  const CommentRoutes comments(repositories, issues, store);
  const rest::Access writes{rest::Role::kUser, "repository:write"};
  const std::string all = "/api/v1/repositories/{owner}/{name}/issues/{number}/comments", one = all + "/{id}";
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = all,
       .summary = "Comments on an issue or a discussion",
       .tag = "discussions",
       .description = "In the order they were written.",
       .problems = {rest::kNotFound, rest::kForbidden, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<IssuePath>& path, const Query<CommentQuery>& query) {
         return comments.list(call, path, query);
       })});
  routes.push_back({.method = Method::kPost,
                    .path = all,
                    .summary = "Comment on an issue or a discussion",
                    .tag = "discussions",
                    .description = "Those who take part are told, and who is mentioned (`@name`).",
                    .access = writes,
                    .success = 201,
                    .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
                    .max_body = 256u << 10,
                    .rate = kWritingRate,
                    .idempotency_key = true,
                    .etag = true,
                    .run = rest::answers([=](Call& call, const Path<IssuePath>& path, const Body<NewComment>& body) {
                      return comments.create(call, path, body);
                    })});
  routes.push_back({.method = Method::kGet,
                    .path = one,
                    .summary = "A comment",
                    .tag = "discussions",
                    .problems = {rest::kNotFound, rest::kForbidden, rest::kUnavailable},
                    .etag = true,
                    .run = rest::answers([=](Call& call, const Path<CommentPath>& path, const Query<BodyQuery>& query) {
                      return comments.show(call, path, query);
                    })});
  routes.push_back(
      {.method = Method::kPatch,
       .path = one,
       .summary = "Change a comment, or hide it",
       .tag = "discussions",
       .description = "The text is for its author and those who maintain the repository, hiding for the "
                      "latter.",
       .access = writes,
       .problems = {rest::kForbidden, rest::kNotFound, rest::kPreconditionFailed, rest::kUnavailable},
       .max_body = 256u << 10,
       .rate = kWritingRate,
       .etag = true,
       .if_match = true,
       .run = rest::answers([=](Call& call, const Path<CommentPath>& path, const Body<CommentChange>& body) {
         return comments.change(call, path, body);
       })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = one,
       .summary = "Delete a comment",
       .tag = "discussions",
       .description = "For its author and those who maintain the repository.",
       .access = writes,
       .problems = {rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<CommentPath>& path) { return comments.remove(call, path); })});
  return routes;
}

}  // namespace causeway::api::discussion
