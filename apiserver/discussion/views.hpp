#pragma once
// Issues, discussions and comments as the API shows them, and the paths that lead to them.

#include <string>
#include <vector>

#include "apiserver/discussion/comment_store.hpp"
#include "apiserver/discussion/issue_store.hpp"
#include "apiserver/discussion/rendering.hpp"
#include "apiserver/repository/lookup.hpp"
#include "apiserver/rest/page.hpp"

namespace causeway::api::discussion {

struct IssuePath : repository::RepositoryPath {
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(IssuePath, (repository::RepositoryPath), (number))
inline constexpr kube::Row kNumberRow{
    .member = "number", .doc = "Of the issue or discussion, in its repository.", .minimum = 1};
constexpr auto field_rows(const IssuePath*) {
  return std::array{repository::kOwnerRow, repository::kNameRow, kNumberRow};
}

struct CommentPath : IssuePath {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(CommentPath, (IssuePath), (id))
constexpr auto field_rows(const CommentPath*) {
  return std::array{repository::kOwnerRow, repository::kNameRow, kNumberRow,
                    kube::Row{.member = "id", .doc = "Of the comment.", .minimum = 1}};
}

inline constexpr kube::Row kBodyHtmlQueryRow{
    .member = "body_html", .doc = "Texts rendered as well, in `bodyHtml`.", .defaulted = true};

struct BodyQuery {
  bool body_html = false;
};
BOOST_DESCRIBE_STRUCT(BodyQuery, (), (body_html))
constexpr auto field_rows(const BodyQuery*) {
  return std::array{kBodyHtmlQueryRow};
}

struct IssueSummary {
  std::int64_t number = 0, comments = 0;
  std::string kind, title, author, state;
  std::vector<std::string> labels;
  bool locked = false, pinned = false;
  std::string created_at, active_at, closed_at;
  bool operator==(const IssueSummary&) const = default;
};
BOOST_DESCRIBE_STRUCT(IssueSummary, (),
                      (number, kind, title, author, state, labels, locked, pinned, comments, created_at, active_at,
                       closed_at))

inline constexpr kube::Row kIssueNumberRow{
    .member = "number", .doc = "In its repository; issues and discussions share one numbering.", .required = true};
inline constexpr kube::Row kIssueKindRow{.member = "kind", .doc = "`issue` or `discussion`.", .required = true};
inline constexpr kube::Row kIssueTitleRow{.member = "title", .doc = "What it is about.", .required = true};
inline constexpr kube::Row kAuthorRow{.member = "author",
                                      .doc = "Who wrote it: the account's name; absent: the account is gone."};
inline constexpr kube::Row kStateRow{.member = "state", .doc = "`open` or `closed`.", .required = true};
inline constexpr kube::Row kLabelsRow{.member = "labels", .doc = "What it belongs to.", .always = true};
inline constexpr kube::Row kLockedRow{
    .member = "locked", .doc = "Only those who may write to the repository comment.", .always = true};
inline constexpr kube::Row kPinnedRow{.member = "pinned", .doc = "Worth being seen first.", .always = true};
inline constexpr kube::Row kCreatedRow{
    .member = "created_at", .doc = "When it was written.", .required = true, .format = "date-time"};
inline constexpr kube::Row kClosedRow{
    .member = "closed_at", .doc = "When it was closed; absent: it is open.", .format = "date-time"};

constexpr auto field_rows(const IssueSummary*) {
  return std::array{
      kIssueNumberRow,
      kIssueKindRow,
      kIssueTitleRow,
      kAuthorRow,
      kStateRow,
      kLabelsRow,
      kLockedRow,
      kPinnedRow,
      kube::Row{.member = "comments", .doc = "How many it has.", .always = true},
      kCreatedRow,
      kube::Row{.member = "active_at",
                .doc = "When it was opened, commented on, closed or opened again last.",
                .required = true,
                .format = "date-time"},
      kClosedRow,
  };
}
IssueSummary summary_of(const Issue& issue);

// Without what is counted: who edits it is not in conflict with who comments (the ETag).
struct IssueView {
  std::int64_t number = 0;
  std::string kind, title, author, state;
  std::vector<std::string> labels;
  bool locked = false, pinned = false;
  std::string created_at, closed_at, closed_by, body, body_html;
  bool operator==(const IssueView&) const = default;
  static std::string schema_name() { return "Issue"; }
};
BOOST_DESCRIBE_STRUCT(IssueView, (),
                      (number, kind, title, author, state, labels, locked, pinned, created_at, closed_at, closed_by,
                       body, body_html))
constexpr auto field_rows(const IssueView*) {
  return std::array{
      kIssueNumberRow,
      kIssueKindRow,
      kIssueTitleRow,
      kAuthorRow,
      kStateRow,
      kLabelsRow,
      kLockedRow,
      kPinnedRow,
      kCreatedRow,
      kClosedRow,
      kube::Row{.member = "closed_by", .doc = "Who closed it: the account's name."},
      kube::Row{.member = "body", .doc = "Markdown.", .always = true},
      kube::Row{.member = "body_html", .doc = "The body, rendered; safe as it is. Where it was asked for."},
  };
}
IssueView view_of(const Issue& issue, bool rendered);
std::string etag_of(const Issue& issue);

struct CommentView {
  std::string id, author, body, body_html, created_at, edited_at;
  bool hidden = false;
  bool operator==(const CommentView&) const = default;
  static std::string schema_name() { return "Comment"; }
};
BOOST_DESCRIBE_STRUCT(CommentView, (), (id, author, body, body_html, hidden, created_at, edited_at))
constexpr auto field_rows(const CommentView*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kAuthorRow,
      kube::Row{.member = "body",
                .doc = "Markdown; absent of a hidden one, for all but its author and those who maintain the "
                       "repository."},
      kube::Row{.member = "body_html", .doc = "The body, rendered; safe as it is. Where it was asked for."},
      kube::Row{.member = "hidden", .doc = "Taken out of sight by those who maintain the repository.", .always = true},
      kCreatedRow,
      kube::Row{.member = "edited_at", .doc = "When its text was changed last.", .format = "date-time"},
  };
}
// `renderer`: null where nothing is rendered. `shown`: the text, though it is hidden.
CommentView view_of(const Comment& comment, BodyRenderer* renderer, bool shown);
std::string etag_of(const Comment& comment, bool shown);

}  // namespace causeway::api::discussion
