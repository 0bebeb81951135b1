#pragma once
// An activity or a notification as it is read: with the names of what it speaks of as they are now.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "apiserver/database/rows.hpp"

namespace causeway::api::activity {

struct Entry {
  std::int64_t id = 0;
  std::string kind, actor;          // `actor` "": the account is gone
  std::string repository, account;  // path, name; "": it is about none
  std::string subject, title;       // "issue" or "discussion"; "": it is about none
  std::optional<std::int64_t> number, comment;
  base::WallTime created_at;
  std::optional<base::WallTime> read_at;  // of a notification
};

// What entry_of() reads, out of `e` (the entry), `actor`, `r` (a repository), `target` (an account) and `i` (an issue).
inline constexpr std::string_view kEntryColumns =
    "e.id, e.kind, e.created_at, actor.name AS actor, r.path AS repository, target.name AS account,"
    " i.kind AS subject, i.title, i.number, (e.detail ->> 'comment')::bigint AS comment";

Entry entry_of(const database::Row& row);

}  // namespace causeway::api::activity
