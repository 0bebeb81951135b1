#pragma once
// Activities and notifications as the API shows them.

#include <string>

#include "apiserver/activity/entry.hpp"
#include "apiserver/rest/page.hpp"

namespace causeway::api::activity {

struct ActivityView {
  std::string id, kind, actor, repository, account, subject, title, comment, created_at;
  std::int64_t number = 0;
  bool operator==(const ActivityView&) const = default;
  static std::string schema_name() { return "Activity"; }
};
BOOST_DESCRIBE_STRUCT(ActivityView, (),
                      (id, kind, actor, repository, account, subject, number, title, comment, created_at))

inline constexpr kube::Row kKindRow{
    .member = "kind",
    .doc =
        "What was done: `repository.created`, `repository.starred`, `account.followed`, `issue.opened`, "
        "`issue.closed`, `issue.reopened`, `issue.commented`; of notifications `issue.mentioned` as well. There "
        "will be more.",
    .required = true};
// Which of them a channel is for.
inline constexpr kube::Row kKindsRow{.member = "kinds",
                                     .doc = "Only notifications of these kinds; none: all.",
                                     .max_length = 100,
                                     .max_items = 20,
                                     .pattern = "^[a-z]+(\\.[a-z_]+)*$",
                                     .list = kube::ListType::Set};
inline constexpr kube::Row kRepositoryRow{.member = "repository", .doc = "`owner/name`; absent: it is about none."};
inline constexpr kube::Row kSubjectRow{.member = "subject",
                                       .doc = "`issue` or `discussion`; absent: it is about none of them."};
inline constexpr kube::Row kNumberRow{.member = "number", .doc = "Of the issue or discussion."};
inline constexpr kube::Row kTitleRow{.member = "title", .doc = "Of the issue or discussion, as it is now."};
inline constexpr kube::Row kCommentRow{.member = "comment", .doc = "The comment's id."};
inline constexpr kube::Row kCreatedRow{
    .member = "created_at", .doc = "When it was done.", .required = true, .format = "date-time"};

constexpr auto field_rows(const ActivityView*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kKindRow,
      kube::Row{.member = "actor", .doc = "Who did it: the account's name.", .required = true},
      kRepositoryRow,
      kube::Row{.member = "account", .doc = "Whom it was done to."},
      kSubjectRow,
      kNumberRow,
      kTitleRow,
      kCommentRow,
      kCreatedRow,
  };
}
ActivityView activity_view(const Entry& entry);

struct NotificationView {
  std::string id, kind, actor, repository, subject, title, comment, created_at, read_at;
  std::int64_t number = 0;
  bool read = false;
  bool operator==(const NotificationView&) const = default;
  static std::string schema_name() { return "Notification"; }
};
BOOST_DESCRIBE_STRUCT(NotificationView, (),
                      (id, kind, actor, repository, subject, number, title, comment, created_at, read, read_at))
constexpr auto field_rows(const NotificationView*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kKindRow,
      kube::Row{.member = "actor", .doc = "Who did it: the account's name; absent: the account is gone."},
      kRepositoryRow,
      kSubjectRow,
      kNumberRow,
      kTitleRow,
      kCommentRow,
      kCreatedRow,
      kube::Row{.member = "read", .doc = "Whether the receiver has read it.", .always = true},
      kube::Row{.member = "read_at", .doc = "When.", .format = "date-time"},
  };
}
NotificationView notification_view(const Entry& entry);

}  // namespace causeway::api::activity
