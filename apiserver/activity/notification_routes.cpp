#include "apiserver/activity/activity_routes.hpp"
#include "apiserver/activity/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/repository/lookup.hpp"
#include "apiserver/rest/page_by_id.hpp"
#include "apiserver/session/signed_in.hpp"

namespace causeway::api::activity {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Page, rest::Path, rest::Problem,
    rest::Query;

namespace {

constexpr std::int64_t kCountTo = 1000;

struct NotificationQuery : rest::PageQuery {
  bool unread = false;
};
BOOST_DESCRIBE_STRUCT(NotificationQuery, (rest::PageQuery), (unread))
constexpr auto field_rows(const NotificationQuery*) {
  return std::array{rest::kLimitRow, rest::kCursorRow,
                    kube::Row{.member = "unread", .doc = "Only those that were not read.", .defaulted = true}};
}

struct NotificationPath {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(NotificationPath, (), (id))
constexpr auto field_rows(const NotificationPath*) {
  return std::array{kube::Row{.member = "id", .doc = "From the list.", .minimum = 1}};
}

struct UnreadCount {
  std::int64_t unread = 0;
  bool more = false;
};
BOOST_DESCRIBE_STRUCT(UnreadCount, (), (unread, more))
constexpr auto field_rows(const UnreadCount*) {
  return std::array{
      kube::Row{.member = "unread", .doc = "How many were not read; at most 1000.", .required = true},
      kube::Row{.member = "more", .doc = "Whether there are more than that.", .always = true},
  };
}

struct NotificationChange {
  bool read = false;
};
BOOST_DESCRIBE_STRUCT(NotificationChange, (), (read))
constexpr auto field_rows(const NotificationChange*) {
  return std::array{kube::Row{.member = "read", .doc = "Whether it was read.", .required = true}};
}

struct ReadUpTo {
  std::optional<std::string> up_to;
};
BOOST_DESCRIBE_STRUCT(ReadUpTo, (), (up_to))
constexpr auto field_rows(const ReadUpTo*) {
  return std::array{
      kube::Row{.member = "up_to",
                .doc = "The id of the latest one that was shown; what came later stays unread. Absent: all.",
                .pattern = "^[0-9]{1,18}$"}};
}

class NotificationRoutes {
 public:
  explicit NotificationRoutes(NotificationStore& store) : store_(store) {}

  Outcome<Page<NotificationView>> list(Call& call, const Query<NotificationQuery>& query) const {
    const auto after = rest::after_id(call, query.value);
    if (!after) return after.error();
    auto found = store_.list(me(call), repository::viewer_of(call), query->unread, *after,
                             static_cast<std::size_t>(query->limit) + 1);
    if (!found) return problem_of(found.error());
    return rest::page_by_id(
        call, query.value, std::move(*found), [](const Entry& e) { return e.id; }, notification_view);
  }

  Outcome<UnreadCount> count(Call& call) const {
    auto unread = store_.unread(me(call), repository::viewer_of(call), kCountTo + 1);
    if (!unread) return problem_of(unread.error());
    return Answer<UnreadCount>{{std::min(*unread, kCountTo), *unread > kCountTo}};
  }

  Outcome<void> mark(Call& call, const Path<NotificationPath>& path, const Body<NotificationChange>& body) const {
    auto marked = store_.mark(me(call), path->id, body->read);
    if (!marked) return problem_of(marked.error());
    if (!*marked) return Problem(rest::kNotFound, "you have no such notification");
    return Answer<void>{};
  }

  Outcome<void> mark_all(Call& call, const Body<ReadUpTo>& body) const {
    auto marked = store_.mark_all_read(
        me(call), body->up_to ? std::optional<std::int64_t>(std::stoll(*body->up_to)) : std::nullopt);
    if (!marked) return problem_of(marked.error());
    return Answer<void>{};
  }

 private:
  static std::int64_t me(const Call& call) { return session::signed_in(call)->person.id; }

  NotificationStore& store_;
};

}  // namespace

std::vector<rest::Route> notification_routes(NotificationStore& store) {
  const NotificationRoutes mine(store);
  const rest::Access reads{rest::Role::kUser, "account:read"}, writes{rest::Role::kUser, "account:write"};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/me/notifications",
                    .summary = "What the user is told",
                    .tag = "notifications",
                    .description = "The latest first. What the user may not see any more is left out.",
                    .access = reads,
                    .problems = {rest::kUnavailable},
                    .run = rest::answers(
                        [=](Call& call, const Query<NotificationQuery>& query) { return mine.list(call, query); })});
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/me/notifications/count",
                    .summary = "How many notifications were not read",
                    .tag = "notifications",
                    .access = reads,
                    .problems = {rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return mine.count(call); })});
  routes.push_back(
      {.method = Method::kPatch,
       .path = "/api/v1/me/notifications/{id}",
       .summary = "Mark a notification as read, or as unread",
       .tag = "notifications",
       .access = writes,
       .problems = {rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<NotificationPath>& path, const Body<NotificationChange>& body) {
         return mine.mark(call, path, body);
       })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/me/notifications/read",
       .summary = "Mark notifications as read",
       .tag = "notifications",
       .access = writes,
       .problems = {rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Body<ReadUpTo>& body) { return mine.mark_all(call, body); })});
  return routes;
}

}  // namespace causeway::api::activity
