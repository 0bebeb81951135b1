#pragma once
// What people do with each other, put together: discussions, stars, followers, what they are told, and the audit log.

#include <vector>

#include "apiserver/activity/activity_store.hpp"
#include "apiserver/activity/notification_store.hpp"
#include "apiserver/audit/audit_log.hpp"
#include "apiserver/discussion/comment_store.hpp"
#include "apiserver/discussion/issue_store.hpp"
#include "apiserver/repository/repository_routes.hpp"
#include "apiserver/social/follow_store.hpp"
#include "apiserver/social/star_store.hpp"

namespace causeway::api {

// Thread-safe.
class Community {
 public:
  // Both outlive it.
  Community(database::Pool& pool, repository::RepositoryStore& repositories);

  std::vector<rest::Route> routes();
  audit::AuditLog& audit() { return audit_; }
  // Writes down what was done to a repository.
  void repository_deed(const rest::Call& call, const repository::RepositoryDeed& deed);
  // Removes what is too old; called now and then.
  void tidy(base::WallTime now);

 private:
  database::Pool& pool_;
  repository::RepositoryStore& repositories_;
  audit::AuditLog audit_;
  activity::ActivityStore activities_;
  activity::NotificationStore notifications_;
  discussion::IssueStore issues_;
  discussion::CommentStore comments_;
  social::FollowStore follows_;
  social::StarStore stars_;
};

}  // namespace causeway::api
