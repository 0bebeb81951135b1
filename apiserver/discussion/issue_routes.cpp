#include "apiserver/discussion/discussion_routes.hpp"
#include "apiserver/discussion/scene.hpp"
#include "apiserver/persistence/problem.hpp"

namespace causeway::api::discussion {

using persistence::problem_of;
using repository::RepositoryPath, repository::RepositoryStore;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Page, rest::Path, rest::Problem,
    rest::Query;

namespace {

constexpr std::string_view kOneLine = "^[^\\n\\r]*[^\\s][^\\n\\r]*$";  // that says something

enum class Kind { issue, discussion };
BOOST_DESCRIBE_ENUM(Kind, issue, discussion)
enum class State { open, closed };
BOOST_DESCRIBE_ENUM(State, open, closed)
enum class ShownState { open, closed, all };
BOOST_DESCRIBE_ENUM(ShownState, open, closed, all)

struct IssueQuery : rest::PageQuery {
  Kind kind = Kind::issue;
  ShownState state = ShownState::open;
  std::string author, label, q;
  std::optional<bool> pinned;
};
BOOST_DESCRIBE_STRUCT(IssueQuery, (rest::PageQuery), (kind, state, author, label, q, pinned))
constexpr auto field_rows(const IssueQuery*) {
  return std::array{
      rest::kLimitRow,
      rest::kCursorRow,
      kube::Row{.member = "kind", .doc = "Issues, or discussions.", .defaulted = true},
      kube::Row{.member = "state", .doc = "Open ones, closed ones, or all.", .defaulted = true},
      kube::Row{.member = "author", .doc = "Of this account.", .max_length = 39},
      kube::Row{.member = "label", .doc = "With this label.", .max_length = 50},
      kube::Row{.member = "q", .doc = "A part of the title.", .max_length = 100},
      kube::Row{.member = "pinned", .doc = "Only those that are pinned, or that are not."},
  };
}

inline constexpr kube::Row kNewTitleRow{.member = "title",
                                        .doc = "What it is about: one line.",
                                        .required = true,
                                        .min_length = 1,
                                        .max_length = 255,
                                        .pattern = kOneLine};
inline constexpr kube::Row kNewBodyRow{.member = "body", .doc = "Markdown, at most 64 KiB.", .max_length = 65536};
inline constexpr kube::Row kNewLabelsRow{.member = "labels",
                                         .doc = "What it belongs to; for those who may write to the repository.",
                                         .min_length = 1,
                                         .max_length = 50,
                                         .max_items = 20,
                                         .pattern = kOneLine,
                                         .list = kube::ListType::Set};

struct NewIssueBody {
  Kind kind = Kind::issue;
  std::string title, body;
  std::vector<std::string> labels;
  static std::string schema_name() { return "NewIssue"; }
};
BOOST_DESCRIBE_STRUCT(NewIssueBody, (), (kind, title, body, labels))
constexpr auto field_rows(const NewIssueBody*) {
  return std::array{kube::Row{.member = "kind", .doc = "What it is.", .defaulted = true}, kNewTitleRow, kNewBodyRow,
                    kNewLabelsRow};
}

struct IssueChangeBody {
  std::optional<std::string> title, body;
  std::optional<State> state;
  std::optional<bool> locked, pinned;
  std::optional<std::vector<std::string>> labels;
  static std::string schema_name() { return "IssueChange"; }
};
BOOST_DESCRIBE_STRUCT(IssueChangeBody, (), (title, body, state, locked, pinned, labels))
constexpr auto field_rows(const IssueChangeBody*) {
  auto title = kNewTitleRow;
  title.required = false;
  return std::array{
      title,
      kNewBodyRow,
      kube::Row{.member = "state", .doc = "Closed, or open again."},
      kube::Row{.member = "locked", .doc = "Only those who may write to the repository comment."},
      kube::Row{.member = "pinned", .doc = "Worth being seen first."},
      kNewLabelsRow,
  };
}

template <class Enum>
std::string word(Enum value) {
  return std::string(kube::codec::enum_name(value));
}

// In microseconds, as the database counts: a rounded one would skip or repeat.
std::int64_t micros(base::WallTime at) {
  return std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
}

class IssueRoutes {
 public:
  IssueRoutes(RepositoryStore& repositories, IssueStore& issues) : repositories_(repositories), issues_(issues) {}

  Outcome<Page<IssueSummary>> list(Call& call, const Path<RepositoryPath>& path, const Query<IssueQuery>& query) const {
    auto repository = repository::lookup(repositories_, call, path.value, repository::Right::kRead);
    if (!repository) return repository.error();
    auto sealed = call.after(query->cursor);
    if (!sealed) return sealed.error();
    std::optional<IssuePosition> after;
    if (*sealed)
      after = IssuePosition{base::WallTime(std::chrono::microseconds((**sealed).at(0).to_number<std::int64_t>())),
                            (**sealed).at(1).to_number<std::int64_t>()};
    const IssueFilter filter{.kind = word(query->kind),
                             .state = query->state == ShownState::all ? std::string() : word(query->state),
                             .author = query->author,
                             .label = query->label,
                             .text = query->q,
                             .pinned = query->pinned};
    auto found = issues_.list(repository->id, filter, after, static_cast<std::size_t>(query->limit) + 1);
    if (!found) return problem_of(found.error());
    auto page = rest::page_of(call, query.value, std::move(*found), [](const Issue& last) {
      return boost::json::array{micros(last.active_at), last.id};
    });
    Answer<Page<IssueSummary>> answer;
    answer.headers = std::move(page.headers);
    answer.value.next = std::move(page.value.next);
    for (const auto& issue : page.value.items) answer.value.items.push_back(summary_of(issue));
    return answer;
  }

  Outcome<IssueView> show(Call& call, const Path<IssuePath>& path, const Query<BodyQuery>& query) const {
    const auto scene = scene_of(repositories_, issues_, call, path.value);
    if (!scene) return scene.error();
    return shown(scene->issue, query->body_html);
  }

  Outcome<IssueView> create(Call& call, const Path<RepositoryPath>& path, const Body<NewIssueBody>& body) const {
    auto repository = repository::lookup(repositories_, call, path.value, repository::Right::kRead);
    if (!repository) return repository.error();
    if (auto named = has_name(call); !named) return named.error();
    const Standing standing{.right = repository->right, .author = true, .archived = repository->archived};
    if (auto may = permit(Deed::kOpen, standing); !may) return may.error();
    if (!body->labels.empty()) {
      if (auto may = permit(Deed::kLabel, standing); !may) return may.error();
    }
    if (auto takes = takes_body(body->body, false); !takes) return takes.error();
    auto made = issues_.create({.repository = repository->id,
                                .author = user_of(call),
                                .kind = word(body->kind),
                                .title = body->title,
                                .body = body->body,
                                .labels = body->labels,
                                .key = call.idempotency_key()});
    if (!made && made.error().violates("issues_repository_fkey"))
      return Problem(rest::kNotFound, "the repository is not there any more");
    if (!made) return problem_of(made.error());
    auto answer = shown(*made, false);
    answer.headers.set("Location",
                       "/api/v1/repositories/" + repository->path + "/issues/" + std::to_string(made->number));
    return answer;
  }

  Outcome<IssueView> change(Call& call, const Path<IssuePath>& path, const Body<IssueChangeBody>& body) const {
    const auto scene = scene_of(repositories_, issues_, call, path.value);
    if (!scene) return scene.error();
    if (auto may = permit_all(*scene, body.value); !may) return may.error();
    if (body->body) {
      if (auto takes = takes_body(*body->body, false); !takes) return takes.error();
    }
    if (auto holds = call.require(etag_of(scene->issue)); !holds) return holds.error();
    const IssueChange change{.title = body->title,
                             .body = body->body,
                             .state = body->state ? std::optional(word(*body->state)) : std::nullopt,
                             .locked = body->locked,
                             .pinned = body->pinned,
                             .labels = body->labels};
    auto changed = issues_.change(scene->issue, scene->me, change);
    if (!changed) return problem_of(changed.error());
    if (!*changed) return Problem(rest::kPreconditionFailed, "somebody else has just changed it");
    return shown(**changed, false);
  }

 private:
  static base::Result<void, Problem> permit_all(const Scene& scene, const IssueChangeBody& body) {
    const auto standing = scene.standing(scene.issue.author_id);
    const std::pair<bool, Deed> deeds[] = {{body.title || body.body, Deed::kEdit},
                                           {body.state.has_value(), Deed::kClose},
                                           {body.labels.has_value(), Deed::kLabel},
                                           {body.locked || body.pinned, Deed::kManage}};
    for (const auto& [asked, deed] : deeds) {
      if (!asked) continue;
      if (auto may = permit(deed, standing); !may) return may;
    }
    return {};
  }
  static Answer<IssueView> shown(const Issue& issue, bool rendered) {
    return {.value = view_of(issue, rendered), .etag = etag_of(issue)};
  }

  RepositoryStore& repositories_;
  IssueStore& issues_;
};

}  // namespace

std::vector<rest::Route> issue_routes(RepositoryStore& repositories, IssueStore& store) {
  const IssueRoutes issues(repositories, store);
  const rest::Access writes{rest::Role::kUser, "repository:write"};
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/repositories/{owner}/{name}/issues",
       .summary = "Issues or discussions of a repository",
       .tag = "discussions",
       .description = "The latest active first.",
       .problems = {rest::kNotFound, rest::kForbidden, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Query<IssueQuery>& query) {
         return issues.list(call, path, query);
       })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/repositories/{owner}/{name}/issues",
       .summary = "Open an issue or a discussion",
       .tag = "discussions",
       .description = "Whoever may read the repository may. Those who maintain it are told, and who is "
                      "mentioned (`@name`).",
       .access = writes,
       .success = 201,
       .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .max_body = 256u << 10,
       .rate = kWritingRate,
       .idempotency_key = true,
       .etag = true,
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Body<NewIssueBody>& body) {
         return issues.create(call, path, body);
       })});
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/repositories/{owner}/{name}/issues/{number}",
                    .summary = "An issue or a discussion",
                    .tag = "discussions",
                    .problems = {rest::kNotFound, rest::kForbidden, rest::kUnavailable},
                    .etag = true,
                    .run = rest::answers([=](Call& call, const Path<IssuePath>& path, const Query<BodyQuery>& query) {
                      return issues.show(call, path, query);
                    })});
  routes.push_back(
      {.method = Method::kPatch,
       .path = "/api/v1/repositories/{owner}/{name}/issues/{number}",
       .summary = "Change an issue or a discussion",
       .tag = "discussions",
       .description = "What is absent stays as it is. Title and body are for the author and those who maintain the "
                      "repository; closing for the author and those who may write to it; labels for the latter; "
                      "locking and pinning for those who maintain it.",
       .access = writes,
       .problems = {rest::kForbidden, rest::kNotFound, rest::kPreconditionFailed, rest::kUnavailable},
       .max_body = 256u << 10,
       .rate = kWritingRate,
       .etag = true,
       .if_match = true,
       .run = rest::answers([=](Call& call, const Path<IssuePath>& path, const Body<IssueChangeBody>& body) {
         return issues.change(call, path, body);
       })});
  return routes;
}

}  // namespace causeway::api::discussion
