#include "apiserver/discussion/views.hpp"

#include "apiserver/rest/etag.hpp"
#include "base/encoding.hpp"

namespace causeway::api::discussion {
namespace {

template <class View>
View of(const Issue& issue) {
  View view;
  view.number = issue.number;
  view.kind = issue.kind;
  view.title = issue.title;
  view.author = issue.author;
  view.state = issue.state;
  view.labels = issue.labels;
  view.locked = issue.locked;
  view.pinned = issue.pinned;
  view.created_at = base::format_time(issue.created_at);
  if (issue.closed_at) view.closed_at = base::format_time(*issue.closed_at);
  return view;
}

std::string tag_of(const std::string& what) {
  return rest::strong_etag(base::sha256_hex(what).substr(0, 32));
}

}  // namespace

IssueSummary summary_of(const Issue& issue) {
  auto view = of<IssueSummary>(issue);
  view.comments = issue.comment_count;
  view.active_at = base::format_time(issue.active_at);
  return view;
}

IssueView view_of(const Issue& issue, bool rendered) {
  auto view = of<IssueView>(issue);
  view.closed_by = issue.closed_by;
  view.body = issue.body;
  if (rendered) view.body_html = BodyRenderer().html(issue.body);
  return view;
}

std::string etag_of(const Issue& issue) {
  // Names change without the row.
  return tag_of(base::format_micro_time(issue.updated_at) + "/" + issue.author + "/" + issue.closed_by);
}

CommentView view_of(const Comment& comment, BodyRenderer* renderer, bool shown) {
  CommentView view;
  view.id = std::to_string(comment.id);
  view.author = comment.author;
  view.hidden = comment.hidden;
  view.created_at = base::format_time(comment.created_at);
  if (comment.edited_at) view.edited_at = base::format_time(*comment.edited_at);
  if (comment.hidden && !shown) return view;
  view.body = comment.body;
  if (renderer) view.body_html = renderer->html(comment.body);
  return view;
}

std::string etag_of(const Comment& comment, bool shown) {
  return tag_of(base::format_micro_time(comment.updated_at) + "/" + comment.author +
                (comment.hidden && !shown ? "/hidden" : ""));
}

}  // namespace causeway::api::discussion
