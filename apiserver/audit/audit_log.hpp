#pragma once
// Who did what that matters (table `audit_log`): nothing in it is changed or removed, and it outlives what it tells of.
// Thread-safe.

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/database/pool.hpp"
#include "apiserver/rest/call.hpp"

namespace causeway::api::audit {

enum class Outcome { kAllowed, kRefused, kFailed };
std::string_view to_string(Outcome outcome);

// What a deed was done to: an account or a repository by its id, "" where it is none.
struct Target {
  std::string kind, id;
};
Target account_target(std::int64_t account);

struct Deed {
  std::string_view action;  // "session.begun"
  Outcome outcome = Outcome::kAllowed;
  Target target{};
  boost::json::object detail{};  // never a secret, nor what somebody typed where a secret belongs
  std::int64_t actor = 0;        // 0: the caller, if it is somebody
};

struct Record {
  std::int64_t id = 0;
  base::WallTime created_at;
  std::optional<std::int64_t> actor;
  std::string actor_name, action, outcome, target_kind, target_id, address, user_agent, request_id;
  boost::json::value detail;
};

struct Filter {
  std::string actor;  // an account's name as it is now, or was when it was written down; "": any
  std::string action, target_kind, target_id;
  std::optional<base::WallTime> from, until;
};

class AuditLog {
 public:
  explicit AuditLog(database::Pool& pool) : pool_(pool) {}

  // With the request's address, browser and id, and as a line in the log, without detail and browser. It is done by
  // then, so a failure is a line of level error, with all of it, and not the request's.
  void write(const rest::Call& call, const Deed& deed);

  // The latest first, behind the record `after` (0: from the beginning), at most `limit`.
  database::Result<std::vector<Record>> list(const Filter& filter, std::int64_t after, std::size_t limit);
  // What a user did, and what was done to their account.
  database::Result<std::vector<Record>> of_user(std::int64_t user, std::int64_t after, std::size_t limit);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::audit
