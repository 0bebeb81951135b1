#include "apiserver/discussion/comment_store.hpp"

#include "apiserver/discussion/audience.hpp"
#include "apiserver/discussion/mention.hpp"
#include "apiserver/persistence/idempotency_store.hpp"

namespace causeway::api::discussion {

using activity::Happening;
using database::Row;
using database::Transaction;

namespace {

constexpr std::string_view kSelect =
    "SELECT c.id, coalesce(c.author_id, 0) AS author_id, coalesce(a.name, '') AS author, c.body,"
    " c.hidden_at IS NOT NULL AS hidden, c.edited_at, c.created_at, c.updated_at"
    " FROM issue_comments c LEFT JOIN accounts a ON a.id = c.author_id WHERE c.issue_id = $1 AND ";

const std::string& one() {
  static const std::string kSql = std::string(kSelect) + "c.id = $2";
  return kSql;
}

Comment comment_of(const Row& row) {
  Comment comment;
  comment.id = row.get<std::int64_t>("id");
  comment.author_id = row.get<std::int64_t>("author_id");
  comment.author = row.get<std::string>("author");
  comment.body = row.get<std::string>("body");
  comment.hidden = row.get<bool>("hidden");
  comment.edited_at = row.get<std::optional<base::WallTime>>("edited_at");
  comment.created_at = row.get<base::WallTime>("created_at");
  comment.updated_at = row.get<base::WallTime>("updated_at");
  return comment;
}

Happening happened(std::string_view kind, std::int64_t actor, const Issue& issue, std::int64_t comment) {
  return {.kind = kind,
          .actor = actor,
          .repository = issue.repository,
          .issue = issue.id,
          .number = issue.number,
          .comment = comment};
}

}  // namespace

database::Result<std::vector<Comment>> CommentStore::list(std::int64_t issue, std::int64_t after, std::size_t limit) {
  static const std::string kSql = std::string(kSelect) + "c.id > $2 ORDER BY c.id LIMIT $3";
  return pool_.read([&](Transaction& tx) {
    std::vector<Comment> found;
    for (const auto row : tx.execute(kSql, issue, after, limit)) found.push_back(comment_of(row));
    return found;
  });
}

database::Result<std::optional<Comment>> CommentStore::find(std::int64_t issue, std::int64_t comment) {
  return pool_.read([&](Transaction& tx) -> std::optional<Comment> {
    const auto rows = tx.execute(one(), issue, comment);
    if (rows.empty()) return std::nullopt;
    return comment_of(rows.front());
  });
}

database::Result<std::optional<Comment>> CommentStore::create(const Issue& issue, std::int64_t author,
                                                              const std::string& body, bool even_when_locked,
                                                              const rest::IdempotencyKey* key) {
  return pool_.write([&](Transaction& tx) -> std::optional<Comment> {
    // Comments of one discussion come one after the other, so that a page which ends with the latest misses none.
    const auto place = tx.execute("SELECT locked FROM issues WHERE id = $1 FOR NO KEY UPDATE", issue.id);
    if (place.empty() || (place.front().get<bool>(0) && !even_when_locked)) return std::nullopt;
    const auto id =
        tx.execute("INSERT INTO issue_comments (issue_id, author_id, body) VALUES ($1, $2, $3) RETURNING id", issue.id,
                   author, body)
            .front()
            .get<std::int64_t>(0);
    const auto what = happened("issue.commented", author, issue, id);
    activity::record(tx, what);
    tell(tx, what, mentions(body));
    persistence::done_under(tx, key);
    return comment_of(tx.execute(one(), issue.id, id).front());
  });
}

database::Result<std::optional<Comment>> CommentStore::change(const Issue& issue, const Comment& before,
                                                              std::int64_t actor,
                                                              const std::optional<std::string>& body,
                                                              std::optional<bool> hidden) {
  return pool_.write([&](Transaction& tx) -> std::optional<Comment> {
    const auto changed = tx.execute(
        "UPDATE issue_comments SET body = coalesce($3, body),"
        " edited_at = CASE WHEN $3 <> body THEN clock_timestamp() ELSE edited_at END,"
        " hidden_at = CASE coalesce($4, hidden_at IS NOT NULL) WHEN true THEN coalesce(hidden_at, clock_timestamp()) "
        "END"
        " WHERE id = $1 AND updated_at = $2",
        before.id, before.updated_at, body, hidden);
    if (changed.affected() == 0) return std::nullopt;
    if (body)
      tell_mentioned(tx, happened("issue.mentioned", actor, issue, before.id), new_mentions(before.body, *body));
    return comment_of(tx.execute(one(), issue.id, before.id).front());
  });
}

database::Result<bool> CommentStore::remove(const Issue& issue, const Comment& comment) {
  return pool_.write([&](Transaction& tx) {
    if (tx.execute("DELETE FROM issue_comments WHERE id = $1", comment.id).affected() == 0) return false;
    activity::take_back(tx, happened("issue.commented", comment.author_id, issue, comment.id));
    activity::forget_comment(tx, issue.id, comment.id);
    return true;
  });
}

}  // namespace causeway::api::discussion
