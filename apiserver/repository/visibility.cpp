#include "apiserver/repository/visibility.hpp"

namespace causeway::api::repository {

std::string may_see(std::string_view user, std::string_view administrator) {
  const std::string who(user);
  // Of an owner who is disabled nobody sees anything but administrators.
  return "(" + std::string(administrator) + " OR ((r.visibility = 'public' OR r.owner_id = " + who +
         " OR EXISTS (SELECT FROM organisation_members om WHERE om.organisation_id = r.owner_id AND om.user_id = " +
         who + ") OR EXISTS (SELECT FROM collaborators oc WHERE oc.repository_id = r.id AND oc.user_id = " + who +
         ")) AND NOT EXISTS (SELECT FROM accounts oa WHERE oa.id = r.owner_id AND oa.disabled_at IS NOT NULL)))";
}

}  // namespace causeway::api::repository
