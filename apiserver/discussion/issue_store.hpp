#pragma once
// Issues and discussions of repositories (table `issues`). Whoever may do what has been decided before. Thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/database/pool.hpp"

namespace causeway::api::rest {
struct IdempotencyKey;
}

namespace causeway::api::discussion {

struct Issue {
  std::int64_t id = 0, repository = 0, number = 0;
  std::string kind;            // "issue" or "discussion"
  std::int64_t author_id = 0;  // 0: the account is gone
  std::string author, title, body, state, closed_by;
  bool locked = false, pinned = false;
  std::vector<std::string> labels;
  std::int64_t comment_count = 0;
  std::optional<base::WallTime> closed_at;
  base::WallTime created_at, updated_at, active_at;
};

struct IssueFilter {
  std::string kind;                  // one of both
  std::string state, author, label;  // "": any
  std::string text;                  // a part of the title; "": any
  std::optional<bool> pinned;
};

// Where a page begins: behind this one, in the list's order.
struct IssuePosition {
  base::WallTime active_at;
  std::int64_t id = 0;
};

struct NewIssue {
  std::int64_t repository = 0, author = 0;
  std::string kind, title, body;
  std::vector<std::string> labels;
  const rest::IdempotencyKey* key = nullptr;  // under which it is made once
};

// Absent members stay as they are.
struct IssueChange {
  std::optional<std::string> title, body, state;
  std::optional<bool> locked, pinned;
  std::optional<std::vector<std::string>> labels;
};

class IssueStore {
 public:
  explicit IssueStore(database::Pool& pool) : pool_(pool) {}

  // The latest active first, at most `limit`; without their bodies.
  database::Result<std::vector<Issue>> list(std::int64_t repository, const IssueFilter& filter,
                                            const std::optional<IssuePosition>& after, std::size_t limit);
  database::Result<std::optional<Issue>> find(std::int64_t repository, std::int64_t number);

  // With the repository's next number. Tells those whom it concerns.
  database::Result<Issue> create(const NewIssue& issue);
  // What it became; nullopt: it is not what `before` says any more. Tells those whom it concerns.
  database::Result<std::optional<Issue>> change(const Issue& before, std::int64_t actor, const IssueChange& change);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::discussion
