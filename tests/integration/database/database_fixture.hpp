#pragma once
// A database of its own for each test, on the server of CAUSEWAY_TEST_DATABASE (tests/integration/postgresql.sh).

#include <chrono>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

#include "apiserver/database/migrate.hpp"
#include "apiserver/database/pool.hpp"
#include "base/metrics.hpp"

namespace causeway::api::database {

// Polls until `done`; false after `limit`, which only a defect lets pass.
bool eventually(const std::function<bool()>& done, base::Duration limit = std::chrono::seconds(30));

// The path that an environment variable of postgresql.sh names.
std::string test_path(const char* variable);

// An empty database.
class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  ConnectionSettings settings;

  std::unique_ptr<Pool> make_pool(PoolOptions options = {});
  // One statement or several, without a pool, with every right that the role has. Fails the test when it fails.
  void script(const std::string& sql);
  Rows query(const std::string& sql);
  std::int64_t number(const std::string& sql);  // the first column of the first row

  // Of the server's processes that run a session of this database, by the application_name it gave.
  std::vector<pid_t> backends(const std::string& application_name);
  // Kills the server and all of its processes; waits until a new one answers unless it is held back.
  void kill_server(bool wait = true);
  // While it lives, a server that ended stays away.
  class Held {
   public:
    Held();
    ~Held();
  };

  base::MetricsRegistry metrics;

  // Without a server the test is skipped.
  void make_database(bool migrated);

 private:
  std::string database_;
  ConnectionSettings admin_;
};

// A database with every table; a copy of what the first test on this server made, as the migrations take longer than
// most tests do.
class MigratedDatabaseTest : public DatabaseTest {
 protected:
  void SetUp() override;
};

// The value of a metric in Prometheus' text format, by its whole name with labels; -1 when it is not there.
double metric(const base::MetricsRegistry& registry, const std::string& name);

}  // namespace causeway::api::database
