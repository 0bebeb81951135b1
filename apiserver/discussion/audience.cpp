#include "apiserver/discussion/audience.hpp"

#include <algorithm>

namespace causeway::api::discussion {

using database::Transaction;

namespace {

// Those who wrote there, the latest first, and those who maintain the repository.
constexpr std::string_view kConcerned =
    "(SELECT author_id FROM issues WHERE id = $1 AND author_id IS NOT NULL)"
    " UNION (SELECT author_id FROM (SELECT author_id, max(id) AS latest FROM issue_comments"
    "  WHERE issue_id = $1 AND author_id IS NOT NULL GROUP BY author_id ORDER BY latest DESC LIMIT 500) AS commenters)"
    " UNION (SELECT u.id FROM repositories r JOIN users u ON u.id = r.owner_id WHERE r.id = $2)"
    " UNION (SELECT m.user_id FROM repositories r JOIN organisation_members m ON m.organisation_id = r.owner_id"
    "  WHERE r.id = $2 AND m.role IN ('owner', 'maintainer') ORDER BY m.id LIMIT 500)"
    " UNION (SELECT user_id FROM collaborators WHERE repository_id = $2 AND role IN ('maintain', 'admin'))";

std::vector<std::int64_t> ids_of(const database::Rows& rows) {
  std::vector<std::int64_t> ids;
  for (const auto row : rows) ids.push_back(row.get<std::int64_t>(0));
  return ids;
}

std::vector<std::int64_t> named(Transaction& tx, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  return ids_of(tx.execute("SELECT id FROM accounts WHERE lower(name) = ANY($1::text[]) AND kind = 'user'", names));
}

activity::Happening mentioning(const activity::Happening& what) {
  auto mention = what;
  mention.kind = "issue.mentioned";
  return mention;
}

}  // namespace

void tell_mentioned(Transaction& tx, const activity::Happening& what, const std::vector<std::string>& mentioned) {
  activity::notify(tx, mentioning(what), named(tx, mentioned));
}

void tell(Transaction& tx, const activity::Happening& what, const std::vector<std::string>& mentioned) {
  const auto meant = named(tx, mentioned);
  activity::notify(tx, mentioning(what), meant);
  auto others = ids_of(tx.execute(kConcerned, what.issue, what.repository));
  std::erase_if(others, [&](std::int64_t id) { return std::find(meant.begin(), meant.end(), id) != meant.end(); });
  activity::notify(tx, what, others);
}

}  // namespace causeway::api::discussion
