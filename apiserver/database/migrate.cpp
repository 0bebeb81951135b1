#include "apiserver/database/migrate.hpp"

#include <cstdint>
#include <memory>

#include "apiserver/database/connection.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::api::database {
namespace {

constexpr std::int64_t kMigrationLock = 0x6361757365776179;  // "causeway"
constexpr std::int64_t kOldestServer = 140000;               // PostgreSQL 14

constexpr const char* kTable = R"(
CREATE TABLE IF NOT EXISTS schema_migrations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  number integer NOT NULL UNIQUE CHECK (number > 0),
  name text NOT NULL,
  checksum text NOT NULL
))";

Rows run(Connection& connection, std::string_view sql, const std::vector<Parameter>& parameters = {}) {
  return connection.run(sql, parameters);
}

void set_lock_timeout(Connection& connection, base::Duration d) {
  run(connection, "SELECT set_config('lock_timeout', $1, false)",
      {Parameter(std::to_string(std::chrono::ceil<std::chrono::milliseconds>(d).count()))});
}

// The session's: given back when it ends, however it ends.
void take_lock(Connection& connection, const ConnectionSettings& settings, const MigrateOptions& options) {
  set_lock_timeout(connection, options.patience);
  run(connection, "SELECT pg_advisory_lock($1)", {Parameter(kMigrationLock)});
  set_lock_timeout(connection, settings.lock_timeout);
}

std::vector<AppliedMigration> read_applied(Connection& connection) {
  std::vector<AppliedMigration> applied;
  for (const Row row : run(connection, "SELECT number, name, checksum FROM schema_migrations ORDER BY number")) {
    applied.push_back(
        {row.get<std::int32_t>("number"), row.get<std::string>("name"), row.get<std::string>("checksum")});
  }
  return applied;
}

void apply(Connection& connection, const Migration& migration) {
  connection.begin("BEGIN");
  try {
    connection.script(std::string(migration.sql));
    run(connection, "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
        {Parameter(migration.number), Parameter(migration.name), Parameter(base::sha256_hex(migration.sql))});
    connection.commit();
  } catch (const Failure&) {
    connection.roll_back();
    throw;
  }
}

// A lock on a busy table is asked for again and again, each time not for long: whoever waits for one stops all others.
void apply_patiently(Connection& connection, const Migration& migration, const MigrateOptions& options,
                     const base::Clock& clock) {
  for (int attempt = 1;; ++attempt) {
    try {
      return apply(connection, migration);
    } catch (const Failure& failure) {
      const bool again = failure.error().sqlstate == "55P03" || failure.error().kind == ErrorKind::kConflict;
      if (!again || attempt >= options.attempts) throw;
      base::log::warn("a migration waits for a lock", {{"migration", migration.name}, {"attempt", attempt}});
    }
    clock.sleep_for(std::chrono::seconds(1), {});
  }
}

base::Result<std::vector<std::string>> migrate_on(Connection& connection, const ConnectionSettings& settings,
                                                  std::span<const Migration> migrations, const MigrateOptions& options,
                                                  const base::Clock& clock) {
  const auto version =
      run(connection, "SELECT current_setting('server_version_num')::bigint").front().get<std::int64_t>(0);
  if (version < kOldestServer) {
    return base::Error{base::ErrorCode::kInvalidArgument,
                       "the database server is older than PostgreSQL 14 (" + std::to_string(version) + ")"};
  }
  take_lock(connection, settings, options);
  connection.script(kTable);
  const auto missing = plan_migrations(migrations, read_applied(connection));
  if (!missing) return missing.error();
  std::vector<std::string> names;
  for (const auto& migration : *missing) {
    try {
      apply_patiently(connection, migration, options, clock);
    } catch (const Failure& failure) {
      return failure.error().to_base().wrap("migration " + std::to_string(migration.number) + " (" +
                                            std::string(migration.name) + ") failed, those before it are applied");
    }
    base::log::info("migration applied", {{"number", migration.number}, {"migration", migration.name}});
    names.emplace_back(migration.name);
  }
  return names;
}

}  // namespace

base::Result<std::vector<std::string>> migrate(const ConnectionSettings& settings,
                                               std::span<const Migration> migrations, const MigrateOptions& options,
                                               const base::Clock& clock) {
  ConnectionSettings session = settings;
  session.statement_timeout = {};  // an index over many rows takes its time
  session.idle_in_transaction_timeout = {};
  session.read_only_by_default = false;
  session.application_name += " (migrations)";
  auto connection = Connection::open(session);
  if (!connection) return connection.error().to_base();
  try {
    return migrate_on(**connection, session, migrations, options, clock);
  } catch (const Failure& failure) {
    return failure.error().to_base();
  }
}

}  // namespace causeway::api::database
