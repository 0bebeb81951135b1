#include "apiserver/social/person.hpp"

#include "apiserver/account/views.hpp"

namespace causeway::api::social {

Listed listed_of(const database::Row& row) {
  return {.id = row.get<std::int64_t>("id"),
          .name = row.get<std::string>("name"),
          .display_name = row.get<std::string>("display_name"),
          .kind = row.get<std::string>("kind"),
          .avatar = row.get<std::optional<std::string>>("avatar").value_or(""),
          .since = row.get<base::WallTime>("created_at")};
}

PersonView view_of(const Listed& listed) {
  return {.name = listed.name,
          .display_name = listed.display_name,
          .kind = listed.kind,
          .avatar = account::avatar_address(listed.name, listed.avatar),
          .since = base::format_time(listed.since)};
}

}  // namespace causeway::api::social
