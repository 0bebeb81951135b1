#pragma once
// What people do with each other, put together: discussions, stars, followers, what they are told, and the audit log.

#include <vector>

#include "apiserver/activity/activity_store.hpp"
#include "apiserver/activity/channel_store.hpp"
#include "apiserver/activity/deliverer.hpp"
#include "apiserver/activity/notification_store.hpp"
#include "apiserver/activity/webhook.hpp"
#include "apiserver/audit/audit_log.hpp"
#include "apiserver/discussion/comment_store.hpp"
#include "apiserver/discussion/issue_store.hpp"
#include "apiserver/limits.hpp"
#include "apiserver/repository/repository_routes.hpp"
#include "apiserver/social/follow_store.hpp"
#include "apiserver/social/star_store.hpp"

namespace causeway::api {

struct CommunityOptions {
  bool send_notifications = false;  // to webhooks and by mail: of one role, whose pods may reach the world
  activity::WebhookRules webhooks;  // of people
  std::string public_url;           // of links in mail
};

// Thread-safe.
class Community {
 public:
  // All of these outlive it. `mail`: null where none is sent.
  Community(const CommunityOptions& options, const Limits& limits, database::Pool& pool,
            repository::RepositoryStore& repositories, mail::Smtp* mail, const base::Clock& clock,
            base::MetricsRegistry& metrics);

  // Sends what is to be sent, in the background. Once; the tables have to be there.
  void start();
  void stop();

  std::vector<rest::Route> routes();
  audit::AuditLog& audit() { return audit_; }
  // Writes down what was done to a repository.
  void repository_deed(const rest::Call& call, const repository::RepositoryDeed& deed);
  // Removes what is too old; called now and then.
  void tidy(base::WallTime now);

 private:
  const CommunityOptions options_;
  database::Pool& pool_;
  repository::RepositoryStore& repositories_;
  audit::AuditLog audit_;
  activity::ActivityStore activities_;
  activity::NotificationStore notifications_;
  activity::ChannelStore channels_;
  activity::DeliveryStore deliveries_;
  activity::WebhookSender sender_;
  mail::Smtp* const mail_;
  activity::Deliverer deliverer_;
  discussion::IssueStore issues_;
  discussion::CommentStore comments_;
  social::FollowStore follows_;
  social::StarStore stars_;
};

}  // namespace causeway::api
