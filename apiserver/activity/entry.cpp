#include "apiserver/activity/entry.hpp"

namespace causeway::api::activity {

Entry entry_of(const database::Row& row) {
  const auto text = [&](std::string_view column) {
    return row.get<std::optional<std::string>>(column).value_or(std::string());
  };
  Entry entry;
  entry.id = row.get<std::int64_t>("id");
  entry.kind = row.get<std::string>("kind");
  entry.actor = text("actor");
  entry.repository = text("repository");
  entry.account = text("account");
  entry.subject = text("subject");
  entry.title = text("title");
  entry.number = row.get<std::optional<std::int64_t>>("number");
  entry.comment = row.get<std::optional<std::int64_t>>("comment");
  entry.created_at = row.get<base::WallTime>("created_at");
  return entry;
}

}  // namespace causeway::api::activity
