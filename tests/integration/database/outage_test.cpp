// The server goes away, comes back, stands still, or has no room: what was said to be kept is kept, once.

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <future>
#include <map>
#include <thread>

#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::database {
namespace {

using namespace std::chrono_literals;

class DatabaseOutageTest : public DatabaseTest {};

TEST_F(DatabaseOutageTest, KilledUnderLoadLosesNothingAndDoesNothingTwice) {
  // No constraint helps: a transaction that is done twice leaves two rows.
  script(
      "CREATE TABLE ledger (writer int, n int); CREATE TABLE sums (writer int, total bigint);"
      "INSERT INTO sums SELECT generate_series(0, 7), 0");
  PoolOptions options;
  options.connections = 4;  // fewer than there are writers
  const auto pool = make_pool(options);
  constexpr int kWriters = 8;
  struct Outcome {
    std::map<int, ErrorKind> failed;
    int tried = 0;
  };
  std::vector<Outcome> outcomes(kWriters);
  std::atomic<int> acknowledged = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      auto& mine = outcomes[static_cast<std::size_t>(w)];
      while (!stop) {
        const int n = mine.tried++;
        const auto done = pool->write([&](Transaction& tx) {
          tx.execute("INSERT INTO ledger VALUES ($1, $2)", w, n);
          tx.execute("UPDATE sums SET total = total + 1 WHERE writer = $1", w);
        });
        if (done) {
          ++acknowledged;
        } else {
          mine.failed[n] = done.error().kind;
          base::system_clock().sleep_for(2ms, {});  // as a client does that is told to come back later
        }
      }
    });
  }
  for (int kills = 0; kills < 4; ++kills) {
    const int before = acknowledged;
    EXPECT_TRUE(eventually([&] { return acknowledged > before + 200; })) << "work goes on after kill " << kills;
    if (kills % 2 == 0) {
      kill_server(true);
    } else {
      const Held held;
      kill_server(false);
    }
  }
  const int before = acknowledged;
  EXPECT_TRUE(eventually([&] { return acknowledged > before + 200; }));
  stop = true;
  for (auto& writer : writers) writer.join();

  std::map<std::pair<int, int>, int> rows;
  for (const Row row : query("SELECT writer, n FROM ledger"))
    ++rows[{row.get<std::int32_t>(0), row.get<std::int32_t>(1)}];
  int unknown = 0;
  for (int w = 0; w < kWriters; ++w) {
    const auto& mine = outcomes[static_cast<std::size_t>(w)];
    std::int64_t kept = 0;
    for (int n = 0; n < mine.tried; ++n) {
      const int times = rows.contains({w, n}) ? rows[{w, n}] : 0;
      kept += times;
      const auto failed = mine.failed.find(n);
      if (failed == mine.failed.end()) {
        EXPECT_EQ(times, 1) << "acknowledged, writer " << w << " number " << n;
      } else if (failed->second == ErrorKind::kUnknownOutcome) {
        ++unknown;
        EXPECT_LE(times, 1) << "unknown, writer " << w << " number " << n;
      } else {
        EXPECT_EQ(failed->second, ErrorKind::kUnavailable);
        EXPECT_EQ(times, 0) << "refused, writer " << w << " number " << n;
      }
    }
    EXPECT_EQ(number("SELECT total FROM sums WHERE writer = " + std::to_string(w)), kept);
  }
  EXPECT_EQ(metric(metrics, "causeway_database_connections_in_use"), 0);
  EXPECT_EQ(metric(metrics, "causeway_database_waiting"), 0);
  EXPECT_LE(metric(metrics, "causeway_database_connections"), 4);
  RecordProperty("unknown", unknown);
}

TEST_F(DatabaseOutageTest, IdleConnectionsThatWereCutAreNotUsed) {
  PoolOptions options;
  options.connections = 3;
  const auto pool = make_pool(options);
  // Three at once, so that three are open.
  ASSERT_TRUE(pool->write([&](Transaction&) {
                    (void)pool->write(
                        [&](Transaction&) { (void)pool->read([](Transaction& tx) { tx.execute("SELECT 1"); }); });
                  })
                  .ok());
  EXPECT_EQ(metric(metrics, "causeway_database_connections"), 3);
  kill_server();
  int runs = 0;
  const auto done = pool->read([&](Transaction& tx) {
    ++runs;
    tx.execute("SELECT 1");
  });
  EXPECT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(runs, 1);
}

TEST_F(DatabaseOutageTest, AConnectionLostBeforeTheCommitIsTriedAgain) {
  script("CREATE TABLE t (n int)");
  const auto pool = make_pool();
  int runs = 0;
  const auto done = pool->write([&](Transaction& tx) {
    tx.execute("INSERT INTO t VALUES (1)");
    if (++runs == 1) {
      const auto pid = tx.execute("SELECT pg_backend_pid()").front().get<std::int32_t>(0);
      query("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 10000)");
      tx.execute("SELECT 1");
    }
  });
  EXPECT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
  EXPECT_EQ(metric(metrics, "causeway_database_retries_total{reason=\"connection\"}"), 1);
}

TEST_F(DatabaseOutageTest, AConnectionLostInTheCommitIsReportedAndNotTriedAgain) {
  script(
      "CREATE TABLE t (n int);"
      "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';"
      "CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
      " EXECUTE FUNCTION linger()");
  settings.statement_timeout = 2min;
  const auto pool = make_pool();
  std::atomic<int> runs = 0, ended = 0;
  auto writing = std::async(std::launch::async, [&] {
    return pool->write([&](Transaction& tx) {
      ++runs;
      tx.execute("INSERT INTO t VALUES (1)");
      tx.after_commit([&] { ++ended; });
    });
  });
  EXPECT_TRUE(eventually([&] {
    return number(
               "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
               " AND query = 'COMMIT' AND wait_event = 'PgSleep'") == 1;
  }));
  const auto done = writing.get();
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().kind, ErrorKind::kUnknownOutcome) << done.error().message;
  EXPECT_EQ(done.error().to_base().code, base::ErrorCode::kInternal) << "not one that callers try again";
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(ended, 1) << "who has to be told if it was kept is told";
}

TEST_F(DatabaseOutageTest, WhileItIsAwayNothingWaitsAndThenItWorks) {
  const auto pool = make_pool();
  ASSERT_TRUE(pool->ready().ok());
  {
    const Held held;
    kill_server(false);
    const auto done = pool->read([](Transaction& tx) { tx.execute("SELECT 1"); });
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().kind, ErrorKind::kUnavailable);
    // Once what was answered last is too long ago.
    EXPECT_TRUE(eventually([&] { return !pool->ready().ok(); }));
  }
  EXPECT_TRUE(eventually([&] { return pool->ready().ok(); }));
  EXPECT_GE(metric(metrics, "causeway_database_errors_total{kind=\"unavailable\"}"), 1);
}

TEST_F(DatabaseOutageTest, AServerThatStandsStillHoldsATransactionOnlyForItsLimit) {
  PoolOptions options;
  options.transaction_limit = 300ms;
  const auto pool = make_pool(options);
  pid_t stopped = 0;
  int runs = 0;
  const auto done = pool->write([&](Transaction& tx) {
    ++runs;
    stopped = tx.execute("SELECT pg_backend_pid()").front().get<std::int32_t>(0);
    ASSERT_EQ(::kill(stopped, SIGSTOP), 0);
    tx.execute("SELECT 1");
  });
  ASSERT_EQ(::kill(stopped, SIGCONT), 0);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().kind, ErrorKind::kTimeout) << done.error().message;
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(metric(metrics, "causeway_database_aborted_total"), 1);
  EXPECT_TRUE(pool->read([](Transaction& tx) { tx.execute("SELECT 1"); }).ok());
}

TEST_F(DatabaseOutageTest, AFullDiskRefusesWritesAndKeepsWhatWas) {
  const char* tablespace = std::getenv("CAUSEWAY_TEST_SMALL_TABLESPACE");
  if (tablespace == nullptr) GTEST_SKIP() << "a disk that is small is mounted by root only";
  script("CREATE TABLE t (n int, filling text) TABLESPACE " + std::string(tablespace) +
         "; ALTER TABLE t ALTER filling SET STORAGE EXTERNAL");
  const auto pool = make_pool();
  Error error;
  int kept = 0;
  for (; kept < 1000; ++kept) {
    const auto done =
        pool->write([&](Transaction& tx) { tx.execute("INSERT INTO t SELECT $1, repeat('x', 1000000)", kept); });
    if (!done) {
      error = done.error();
      break;
    }
  }
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable) << error.message;
  EXPECT_EQ(error.sqlstate, "53100");
  EXPECT_GT(kept, 3);
  EXPECT_EQ(
      *pool->read([](Transaction& tx) { return tx.execute("SELECT count(*) FROM t").front().get<std::int64_t>(0); }),
      kept);
  EXPECT_EQ(metric(metrics, "causeway_database_connections"), 1) << "nothing is wrong with the connection";
  script("DROP TABLE t");
  script("CREATE TABLE t (n int, filling text) TABLESPACE " + std::string(tablespace));
  EXPECT_TRUE(pool->write([](Transaction& tx) { tx.execute("INSERT INTO t VALUES (1, 'room again')"); }).ok());
}

}  // namespace
}  // namespace causeway::api::database
