#include "apiserver/repository/views.hpp"

namespace causeway::api::repository {

RepositoryView view_of(const Repository& r) {
  RepositoryView v;
  v.id = std::to_string(r.id);
  v.path = r.path;
  v.type = r.type;
  v.visibility = r.visibility;
  v.display_name = r.display_name;
  v.description = r.description;
  v.website = r.website;
  v.license = r.license;
  v.default_branch = r.default_branch;
  v.sdk = r.sdk;
  v.head_commit = r.head_commit;
  v.tags = r.tags;
  v.stars = r.star_count;
  v.downloads = r.download_count;
  v.issues = r.issue_count;
  v.discussions = r.discussion_count;
  v.size_bytes = r.size_bytes;
  v.archived = r.archived;
  v.starred = r.starred;
  v.right = to_string(r.right);
  v.ns = r.resource_namespace;
  v.resource = r.resource_name;
  v.created_at = base::format_time(r.created_at);
  v.active_at = base::format_time(r.active_at);
  return v;
}

}  // namespace causeway::api::repository
