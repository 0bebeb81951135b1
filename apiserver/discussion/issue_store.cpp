#include "apiserver/discussion/issue_store.hpp"

#include "apiserver/database/like.hpp"
#include "apiserver/discussion/audience.hpp"
#include "apiserver/discussion/mention.hpp"
#include "apiserver/persistence/idempotency_store.hpp"

namespace causeway::api::discussion {

using activity::Happening;
using database::Parameter;
using database::Row;
using database::Transaction;

namespace {

constexpr std::string_view kSelect =
    "SELECT i.id, i.repository_id, i.number, i.kind, coalesce(i.author_id, 0) AS author_id,"
    " coalesce(author.name, '') AS author, i.title, i.state, coalesce(closer.name, '') AS closed_by, i.locked, "
    "i.pinned,"
    " i.labels, i.comment_count, i.closed_at, i.created_at, i.updated_at, i.active_at, ";
constexpr std::string_view kFrom =
    " FROM issues i LEFT JOIN accounts author ON author.id = i.author_id"
    " LEFT JOIN accounts closer ON closer.id = i.closed_by ";

const std::string& whole() {
  static const std::string kSql =
      std::string(kSelect) + "i.body" + std::string(kFrom) + "WHERE i.repository_id = $1 AND i.number = $2";
  return kSql;
}

Issue issue_of(const Row& row) {
  Issue issue;
  issue.id = row.get<std::int64_t>("id");
  issue.repository = row.get<std::int64_t>("repository_id");
  issue.number = row.get<std::int64_t>("number");
  issue.kind = row.get<std::string>("kind");
  issue.author_id = row.get<std::int64_t>("author_id");
  issue.author = row.get<std::string>("author");
  issue.title = row.get<std::string>("title");
  issue.body = row.get<std::string>("body");
  issue.state = row.get<std::string>("state");
  issue.closed_by = row.get<std::string>("closed_by");
  issue.locked = row.get<bool>("locked");
  issue.pinned = row.get<bool>("pinned");
  issue.labels = row.get<std::vector<std::string>>("labels");
  issue.comment_count = row.get<std::int64_t>("comment_count");
  issue.closed_at = row.get<std::optional<base::WallTime>>("closed_at");
  issue.created_at = row.get<base::WallTime>("created_at");
  issue.updated_at = row.get<base::WallTime>("updated_at");
  issue.active_at = row.get<base::WallTime>("active_at");
  return issue;
}

Happening happened(std::string_view kind, std::int64_t actor, const Issue& issue) {
  return {.kind = kind, .actor = actor, .repository = issue.repository, .issue = issue.id, .number = issue.number};
}

}  // namespace

database::Result<std::vector<Issue>> IssueStore::list(std::int64_t repository, const IssueFilter& filter,
                                                      const std::optional<IssuePosition>& after, std::size_t limit) {
  // The text depends on which filters there are, not on their values.
  std::string sql =
      std::string(kSelect) + "'' AS body" + std::string(kFrom) + "WHERE i.repository_id = $1 AND i.kind = $2";
  std::vector<Parameter> parameters{repository, filter.kind};
  const auto add = [&](std::string_view before, Parameter value, std::string_view behind = {}) {
    parameters.push_back(std::move(value));
    sql.append(" AND ").append(before).append("$").append(std::to_string(parameters.size())).append(behind);
  };
  if (!filter.state.empty()) add("i.state = ", filter.state);
  if (!filter.author.empty())
    add("i.author_id = (SELECT id FROM accounts WHERE lower(name) = lower(", filter.author, "))");
  if (!filter.label.empty()) add("", filter.label, " = ANY(i.labels)");
  if (!filter.text.empty()) add("lower(i.title) LIKE '%' || lower(", database::escaped_like(filter.text), ") || '%'");
  if (filter.pinned) add("i.pinned = ", *filter.pinned);
  if (after) {
    add("(i.active_at, i.id) < (", after->active_at, ", ");
    parameters.emplace_back(after->id);
    sql.append("$").append(std::to_string(parameters.size())).append(")");
  }
  parameters.emplace_back(limit);
  sql += " ORDER BY i.active_at DESC, i.id DESC LIMIT $" + std::to_string(parameters.size());
  return pool_.read([&](Transaction& tx) {
    std::vector<Issue> found;
    for (const auto row : tx.search(sql, parameters)) found.push_back(issue_of(row));
    return found;
  });
}

database::Result<std::optional<Issue>> IssueStore::find(std::int64_t repository, std::int64_t number) {
  return pool_.read([&](Transaction& tx) -> std::optional<Issue> {
    const auto rows = tx.execute(whole(), repository, number);
    if (rows.empty()) return std::nullopt;
    return issue_of(rows.front());
  });
}

database::Result<Issue> IssueStore::create(const NewIssue& wanted) {
  return pool_.write([&](Transaction& tx) {
    const auto number = tx.execute(
                              "INSERT INTO issues (repository_id, kind, author_id, title, body, labels)"
                              " VALUES ($1, $2, $3, $4, $5, $6) RETURNING number",
                              wanted.repository, wanted.kind, wanted.author, wanted.title, wanted.body, wanted.labels)
                            .front()
                            .get<std::int64_t>(0);
    const auto issue = issue_of(tx.execute(whole(), wanted.repository, number).front());
    const auto opened = happened("issue.opened", wanted.author, issue);
    activity::record(tx, opened);
    tell(tx, opened, mentions(wanted.body));
    persistence::done_under(tx, wanted.key);
    return issue;
  });
}

database::Result<std::optional<Issue>> IssueStore::change(const Issue& before, std::int64_t actor,
                                                          const IssueChange& change) {
  return pool_.write([&](Transaction& tx) -> std::optional<Issue> {
    const auto changed = tx.execute(
        "UPDATE issues SET title = coalesce($3, title), body = coalesce($4, body), state = coalesce($5, state),"
        " closed_at = CASE coalesce($5, state) WHEN 'closed' THEN coalesce(closed_at, clock_timestamp()) END,"
        " closed_by = CASE WHEN coalesce($5, state) = 'open' THEN NULL WHEN state = 'open' THEN $6::bigint"
        "  ELSE closed_by END,"
        " locked = coalesce($7, locked), pinned = coalesce($8, pinned), labels = coalesce($9::text[], labels),"
        " active_at = CASE WHEN $5 <> state THEN clock_timestamp() ELSE active_at END"
        " WHERE id = $1 AND updated_at = $2",
        before.id, before.updated_at, change.title, change.body, change.state, actor, change.locked, change.pinned,
        change.labels);
    if (changed.affected() == 0) return std::nullopt;
    auto issue = issue_of(tx.execute(whole(), before.repository, before.number).front());
    if (issue.state != before.state) {
      const auto what = happened(issue.state == "closed" ? "issue.closed" : "issue.reopened", actor, issue);
      activity::record(tx, what);
      tell(tx, what, {});
    }
    if (change.body)
      tell_mentioned(tx, happened("issue.mentioned", actor, issue), new_mentions(before.body, *change.body));
    return issue;
  });
}

}  // namespace causeway::api::discussion
