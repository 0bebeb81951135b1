#include "apiserver/community.hpp"

#include <iterator>

#include "apiserver/activity/activity_routes.hpp"
#include "apiserver/audit/audit_routes.hpp"
#include "apiserver/discussion/discussion_routes.hpp"
#include "apiserver/session/signed_in.hpp"
#include "apiserver/social/social_routes.hpp"
#include "base/log.hpp"

namespace causeway::api {
namespace {

// An activity is for looking back a year; what nobody has read in half a year is not read any more.
constexpr auto kKeepActivities = std::chrono::hours(24 * 365);
constexpr auto kKeepNotifications = std::chrono::hours(24 * 180);

}  // namespace

Community::Community(const CommunityOptions& options, const Limits& limits, database::Pool& pool,
                     repository::RepositoryStore& repositories, mail::Smtp* mail, const base::Clock& clock,
                     base::MetricsRegistry& metrics)
    : options_(options),
      pool_(pool),
      repositories_(repositories),
      audit_(pool),
      activities_(pool),
      notifications_(pool),
      channels_(pool, limits.webhooks),
      deliveries_(pool),
      sender_({.rules = options.webhooks}),
      mail_(mail),
      deliverer_(deliveries_, sender_, mail, options.public_url, clock, metrics),
      issues_(pool),
      comments_(pool),
      follows_(pool),
      stars_(pool) {}

void Community::start() {
  if (options_.send_notifications) deliverer_.start();
}

void Community::stop() {
  deliverer_.stop();
}

std::vector<rest::Route> Community::routes() {
  std::vector<rest::Route> routes;
  const auto add = [&](std::vector<rest::Route> more) {
    std::move(more.begin(), more.end(), std::back_inserter(routes));
  };
  add(discussion::issue_routes(repositories_, issues_));
  add(discussion::comment_routes(repositories_, issues_, comments_));
  add(discussion::watch_routes(pool_, repositories_, issues_));
  add(social::star_routes(pool_, repositories_, stars_));
  add(social::follow_routes(pool_, follows_));
  add(activity::activity_routes(pool_, repositories_, activities_));
  add(activity::notification_routes(notifications_));
  add(activity::channel_routes(channels_, options_.webhooks));
  add(activity::mail_routes(channels_, mail_ != nullptr));
  add(audit::audit_routes(audit_));
  return routes;
}

void Community::repository_deed(const rest::Call& call, const repository::RepositoryDeed& deed) {
  boost::json::object detail{{"path", deed.repository.path}};
  if (!deed.change.empty()) detail["change"] = deed.change;
  audit_.write(call, {.action = deed.action,
                      .target = {"repository", std::to_string(deed.repository.id)},
                      .detail = std::move(detail)});
  if (deed.action != "repository.created") return;
  const activity::Happening made{
      .kind = deed.action, .actor = session::signed_in(call)->person.id, .repository = deed.repository.id};
  if (auto recorded = activities_.record(made); !recorded)
    base::log::warn("an activity was not recorded", {{"error", recorded.error().message}});
}

void Community::tidy(base::WallTime now) {
  const auto log = [](const char* what, const auto& removed) {
    if (!removed) base::log::warn("what is over was not removed", {{"of", what}, {"error", removed.error().message}});
  };
  log("activities", activities_.expire(now - kKeepActivities));
  log("notifications", notifications_.expire(now - kKeepNotifications));
}

}  // namespace causeway::api
