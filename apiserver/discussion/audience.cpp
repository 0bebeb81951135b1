#include "apiserver/discussion/audience.hpp"

namespace causeway::api::discussion {

using database::Transaction;

namespace {

// Those who wrote there, the latest first, those who maintain the repository, and those who want to know all of it.
constexpr std::string_view kConcerned =
    "SELECT c.id FROM ((SELECT author_id FROM issues WHERE id = $1 AND author_id IS NOT NULL)"
    " UNION (SELECT author_id FROM (SELECT author_id, max(id) AS latest FROM issue_comments"
    "  WHERE issue_id = $1 AND author_id IS NOT NULL GROUP BY author_id ORDER BY latest DESC LIMIT 500) AS commenters)"
    " UNION (SELECT u.id FROM repositories r JOIN users u ON u.id = r.owner_id WHERE r.id = $2)"
    " UNION (SELECT m.user_id FROM repositories r JOIN organisation_members m ON m.organisation_id = r.owner_id"
    "  WHERE r.id = $2 AND m.role IN ('owner', 'maintainer') ORDER BY m.id LIMIT 500)"
    " UNION (SELECT user_id FROM collaborators WHERE repository_id = $2 AND role IN ('maintain', 'admin'))"
    " UNION (SELECT user_id FROM watches w WHERE w.repository_id = $2 AND w.level = 'all' AND (w.issue_id = $1"
    "  OR (w.issue_id IS NULL AND NOT EXISTS (SELECT FROM watches o WHERE o.user_id = w.user_id AND o.issue_id = $1)))"
    "  ORDER BY w.id LIMIT 5000)) AS c (id) WHERE c.id <> ALL ($3::bigint[])";

// Of these, who wants to hear nothing: of the issue, or of the repository where they said nothing of the issue.
constexpr std::string_view kMuted =
    "SELECT user_id FROM (SELECT DISTINCT ON (user_id) user_id, level FROM watches WHERE user_id = ANY ($3::bigint[])"
    " AND repository_id = $2 AND (issue_id IS NULL OR issue_id = $1) ORDER BY user_id, issue_id IS NULL) AS said"
    " WHERE level = 'none'";

std::vector<std::int64_t> ids_of(const database::Rows& rows) {
  std::vector<std::int64_t> ids;
  for (const auto row : rows) ids.push_back(row.get<std::int64_t>(0));
  return ids;
}

std::vector<std::int64_t> named(Transaction& tx, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  return ids_of(tx.execute("SELECT id FROM accounts WHERE lower(name) = ANY($1::text[]) AND kind = 'user'", names));
}

void notify_others_than_muted(Transaction& tx, const activity::Happening& what, std::vector<std::int64_t> receivers) {
  if (receivers.empty()) return;
  for (const auto muted : ids_of(tx.execute(kMuted, what.issue, what.repository, receivers)))
    std::erase(receivers, muted);
  activity::notify(tx, what, receivers);
}

activity::Happening mentioning(const activity::Happening& what) {
  auto mention = what;
  mention.kind = "issue.mentioned";
  return mention;
}

}  // namespace

void tell_mentioned(Transaction& tx, const activity::Happening& what, const std::vector<std::string>& mentioned) {
  notify_others_than_muted(tx, mentioning(what), named(tx, mentioned));
}

void tell(Transaction& tx, const activity::Happening& what, const std::vector<std::string>& mentioned) {
  const auto meant = named(tx, mentioned);
  notify_others_than_muted(tx, mentioning(what), meant);
  notify_others_than_muted(tx, what, ids_of(tx.execute(kConcerned, what.issue, what.repository, meant)));
}

}  // namespace causeway::api::discussion
