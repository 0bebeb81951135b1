#include "apiserver/activity/views.hpp"

namespace causeway::api::activity {
namespace {

template <class View>
View of(const Entry& entry) {
  View view;
  view.id = std::to_string(entry.id);
  view.kind = entry.kind;
  view.actor = entry.actor;
  view.repository = entry.repository;
  view.subject = entry.subject;
  view.number = entry.number.value_or(0);
  view.title = entry.title;
  if (entry.comment) view.comment = std::to_string(*entry.comment);
  view.created_at = base::format_time(entry.created_at);
  return view;
}

}  // namespace

ActivityView activity_view(const Entry& entry) {
  auto view = of<ActivityView>(entry);
  view.account = entry.account;
  return view;
}

NotificationView notification_view(const Entry& entry) {
  auto view = of<NotificationView>(entry);
  view.read = entry.read_at.has_value();
  if (entry.read_at) view.read_at = base::format_time(*entry.read_at);
  return view;
}

}  // namespace causeway::api::activity
