#include "apiserver/audit/audit_routes.hpp"

#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/page_by_id.hpp"
#include "apiserver/session/signed_in.hpp"

namespace causeway::api::audit {

using persistence::problem_of;
using rest::Call, rest::Method, rest::Page, rest::PageQuery, rest::Problem, rest::Query;

namespace {

struct RecordView {
  std::string id, created_at, actor_id, actor, action, outcome, target_kind, target_id, address, user_agent, request_id;
  boost::json::object detail;
  bool operator==(const RecordView&) const = default;
  static std::string schema_name() { return "AuditRecord"; }
};
BOOST_DESCRIBE_STRUCT(RecordView, (),
                      (id, created_at, actor_id, actor, action, outcome, target_kind, target_id, address, user_agent,
                       request_id, detail))
constexpr auto field_rows(const RecordView*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kube::Row{.member = "created_at", .doc = "When it was done.", .required = true, .format = "date-time"},
      kube::Row{.member = "actor_id", .doc = "Who did it: the account's id; absent: nobody was signed in."},
      kube::Row{.member = "actor", .doc = "The account's name at that time."},
      kube::Row{.member = "action",
                .doc = "`session.begun`, `session.ended`, `password.changed`, `token.made`, `token.revoked`, "
                       "`account.initialised`, `account.disabled`, `account.enabled`, `repository.created`, "
                       "`repository.changed`, `repository.removed`. There will be more.",
                .required = true},
      kube::Row{.member = "outcome", .doc = "`allowed`, `refused` or `failed`.", .required = true},
      kube::Row{.member = "target_kind", .doc = "What it was done to: `account`, `repository`; absent: neither."},
      kube::Row{.member = "target_id", .doc = "The id of that, also when it is gone."},
      kube::Row{.member = "address", .doc = "Where the request came from."},
      kube::Row{.member = "user_agent", .doc = "What the browser or program called itself."},
      kube::Row{.member = "request_id", .doc = "As in the server's log."},
      kube::Row{.member = "detail", .doc = "What else there is to know of it.", .always = true},
  };
}

struct AuditQuery : PageQuery {
  std::string actor, action, target_kind, target_id, from, until;
};
BOOST_DESCRIBE_STRUCT(AuditQuery, (PageQuery), (actor, action, target_kind, target_id, from, until))
constexpr auto field_rows(const AuditQuery*) {
  return std::array{
      rest::kLimitRow,
      rest::kCursorRow,
      kube::Row{.member = "actor", .doc = "Done by this account, by its name.", .max_length = 39},
      kube::Row{.member = "action", .doc = "Only this.", .max_length = 100},
      kube::Row{.member = "target_kind", .doc = "Done to one of these.", .max_length = 100},
      kube::Row{.member = "target_id", .doc = "Done to this one.", .max_length = 100},
      kube::Row{.member = "from", .doc = "Not before.", .format = "date-time"},
      kube::Row{.member = "until", .doc = "Before.", .format = "date-time"},
  };
}

RecordView view_of(const Record& record) {
  RecordView view;
  view.id = std::to_string(record.id);
  view.created_at = base::format_time(record.created_at);
  if (record.actor) view.actor_id = std::to_string(*record.actor);
  view.actor = record.actor_name;
  view.action = record.action;
  view.outcome = record.outcome;
  view.target_kind = record.target_kind;
  view.target_id = record.target_id;
  view.address = record.address;
  view.user_agent = record.user_agent;
  view.request_id = record.request_id;
  view.detail = record.detail.as_object();
  return view;
}

// Where an administrator was when they did something to a user is not the user's to know.
RecordView view_for(const Record& record, std::int64_t reader) {
  auto view = view_of(record);
  if (record.actor && *record.actor != reader) {
    view.address.clear();
    view.user_agent.clear();
    view.request_id.clear();
  }
  return view;
}

std::optional<base::WallTime> time_of(const std::string& text) {
  const auto time = base::parse_time(text);
  return time ? std::optional(*time) : std::nullopt;
}

std::size_t one_more(const PageQuery& query) {
  return static_cast<std::size_t>(query.limit) + 1;
}

rest::Outcome<Page<RecordView>> mine(AuditLog& log, Call& call, const Query<PageQuery>& query) {
  const auto me = session::in_person(call);
  if (!me) return me.error();
  const auto after = rest::after_id(call, query.value);
  if (!after) return after.error();
  const auto reader = (*me)->person.id;
  auto found = log.of_user(reader, *after, one_more(query.value));
  if (!found) return problem_of(found.error());
  return rest::page_by_id(
      call, query.value, std::move(*found), [](const Record& r) { return r.id; },
      [=](const Record& r) { return view_for(r, reader); });
}

rest::Outcome<Page<RecordView>> all(AuditLog& log, Call& call, const Query<AuditQuery>& query) {
  const auto after = rest::after_id(call, query.value);
  if (!after) return after.error();
  const Filter filter{.actor = query->actor,
                      .action = query->action,
                      .target_kind = query->target_kind,
                      .target_id = query->target_id,
                      .from = time_of(query->from),
                      .until = time_of(query->until)};
  auto found = log.list(filter, *after, one_more(query.value));
  if (!found) return problem_of(found.error());
  return rest::page_by_id(
      call, query.value, std::move(*found), [](const Record& r) { return r.id; }, view_of);
}

}  // namespace

std::vector<rest::Route> audit_routes(AuditLog& log) {
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/me/audit",
       .summary = "What the user did that matters, and what was done to the account",
       .tag = "audit",
       .description = "The latest first. Only with a session.",
       .access = {rest::Role::kUser, {}},
       .problems = {rest::kForbidden, rest::kUnavailable},
       .run = rest::answers([&log](Call& call, const Query<PageQuery>& query) { return mine(log, call, query); })});
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/audit",
       .summary = "What anybody did that matters",
       .tag = "audit",
       .description = "The latest first.",
       .access = {rest::Role::kAdministrator, "administration"},
       .problems = {rest::kUnavailable},
       .run = rest::answers([&log](Call& call, const Query<AuditQuery>& query) { return all(log, call, query); })});
  return routes;
}

}  // namespace causeway::api::audit
