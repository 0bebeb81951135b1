#pragma once
// What people did, and what they are told of it (/api/v1/users/…/activity, /api/v1/me/notifications,
// /api/v1/me/webhooks).

#include <vector>

#include "apiserver/activity/activity_store.hpp"
#include "apiserver/activity/channel_store.hpp"
#include "apiserver/activity/notification_store.hpp"
#include "apiserver/activity/webhook.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::activity {

// What is given has to outlive the routes.
std::vector<rest::Route> activity_routes(database::Pool& pool, repository::RepositoryStore& repositories,
                                         ActivityStore& activities);
std::vector<rest::Route> notification_routes(NotificationStore& notifications);
std::vector<rest::Route> channel_routes(ChannelStore& channels, WebhookRules rules);
// `sends`: there is a mail server.
std::vector<rest::Route> mail_routes(ChannelStore& channels, bool sends);

}  // namespace causeway::api::activity
