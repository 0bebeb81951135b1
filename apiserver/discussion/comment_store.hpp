#pragma once
// Comments on issues and discussions (table `issue_comments`). Whoever may do what has been decided before.
// Thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/database/pool.hpp"
#include "apiserver/discussion/issue_store.hpp"

namespace causeway::api::discussion {

struct Comment {
  std::int64_t id = 0;
  std::int64_t author_id = 0;  // 0: the account is gone
  std::string author, body;
  bool hidden = false;
  std::optional<base::WallTime> edited_at;
  base::WallTime created_at, updated_at;
};

class CommentStore {
 public:
  explicit CommentStore(database::Pool& pool) : pool_(pool) {}

  // In the order they were written, behind the comment `after` (0: from the beginning), at most `limit`.
  database::Result<std::vector<Comment>> list(std::int64_t issue, std::int64_t after, std::size_t limit);
  database::Result<std::optional<Comment>> find(std::int64_t issue, std::int64_t comment);

  // Tells those whom it concerns; once with `key`. nullopt: the discussion was locked in this moment.
  database::Result<std::optional<Comment>> create(const Issue& issue, std::int64_t author, const std::string& body,
                                                  bool even_when_locked, const rest::IdempotencyKey* key = nullptr);
  // What it became; nullopt: it is not what `before` says any more. Absent values stay as they are.
  database::Result<std::optional<Comment>> change(const Issue& issue, const Comment& before, std::int64_t actor,
                                                  const std::optional<std::string>& body, std::optional<bool> hidden);
  // False: there is none.
  database::Result<bool> remove(const Issue& issue, const Comment& comment);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::discussion
