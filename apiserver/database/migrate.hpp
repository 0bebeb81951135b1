#pragma once
// Brings the database's schema to what this binary was built for. The rules for migrations: README.md.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/database/settings.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::api::database {

struct Migration {
  int number = 0;         // 1, 2, … without a gap
  std::string_view name;  // the file's, between number and ".sql"
  std::string_view sql;
};

// Those of the folder migrations/, built into the binary.
std::span<const Migration> embedded_migrations();

struct MigrateOptions {
  base::Duration patience = std::chrono::minutes(5);  // for another replica that is migrating
  int attempts = 10;  // of a migration that does not get a lock on a table in lock_timeout
};

// What is to be done, given what was: pure. `applied` in the order of its numbers.
struct AppliedMigration {
  int number = 0;
  std::string name, checksum;  // SHA-256 of the SQL, as hexadecimal digits
};
// The migrations that are missing. kInvalidArgument: the database is newer than the binary, has other migrations, or
// one that is applied was changed.
base::Result<std::vector<Migration>> plan_migrations(std::span<const Migration> known,
                                                     const std::vector<AppliedMigration>& applied);

// Applies what is missing, each migration in a transaction of its own; any number of replicas may do so at once.
// Returns the names of those it applied. Does not wait for a database that is not there: kUnavailable.
base::Result<std::vector<std::string>> migrate(const ConnectionSettings& settings,
                                               std::span<const Migration> migrations = embedded_migrations(),
                                               const MigrateOptions& options = {},
                                               const base::Clock& clock = base::system_clock());

}  // namespace causeway::api::database
