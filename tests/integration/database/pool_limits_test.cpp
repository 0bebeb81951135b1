// The pool against a real server: who waits for whom, for how long, and what is tried again.

#include <atomic>
#include <barrier>
#include <future>
#include <latch>
#include <utility>
#include <vector>

#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::database {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

class DatabaseLimitsTest : public DatabaseTest {};

TEST_F(DatabaseLimitsTest, WhoFindsAllConnectionsInUseWaitsOrIsTurnedAway) {
  PoolOptions options;
  options.connections = 2;
  options.queue = 1;
  options.wait = 20s;
  const auto pool = make_pool(options);
  std::latch both(2);
  std::promise<void> go;
  const auto gone = go.get_future().share();
  std::vector<std::future<bool>> holders;
  for (int i = 0; i < 2; ++i) {
    holders.push_back(std::async(std::launch::async, [&] {
      return pool
          ->write([&](Transaction& tx) {
            tx.execute("SELECT 1");
            both.count_down();
            gone.wait();
          })
          .ok();
    }));
  }
  both.wait();
  const auto one = [](Transaction& tx) { return tx.execute("SELECT 1").size(); };
  auto waiting = std::async(std::launch::async, [&] { return pool->read(one).ok(); });
  EXPECT_TRUE(eventually([&] { return metric(metrics, "causeway_database_waiting") == 1; }));
  const auto refused = pool->read(one);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused.error().to_base().code, base::ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("too many wait"));
  EXPECT_EQ(metric(metrics, "causeway_database_connections_in_use"), 2);
  EXPECT_EQ(waiting.wait_for(0s), std::future_status::timeout);
  go.set_value();
  EXPECT_TRUE(waiting.get());
  for (auto& holder : holders) EXPECT_TRUE(holder.get());
  EXPECT_EQ(metric(metrics, "causeway_database_connections"), 2);
  EXPECT_TRUE(pool->read(one).ok());
}

TEST_F(DatabaseLimitsTest, NobodyWaitsForLongerThanAllowed) {
  PoolOptions options;
  options.connections = 1;
  options.wait = 20ms;
  const auto pool = make_pool(options);
  const auto done = pool->write([&](Transaction&) {
    const auto late = pool->read([](Transaction& tx) { tx.execute("SELECT 1"); });
    EXPECT_FALSE(late.ok());
    if (!late) {
      EXPECT_EQ(late.error().kind, ErrorKind::kUnavailable);
    }
  });
  EXPECT_TRUE(done.ok());
  EXPECT_TRUE(pool->read([](Transaction& tx) { tx.execute("SELECT 1"); }).ok());
}

TEST_F(DatabaseLimitsTest, AStatementHasALimit) {
  settings.statement_timeout = 100ms;
  const auto pool = make_pool();
  const auto slow = pool->read([](Transaction& tx) { tx.execute("SELECT pg_sleep(60)"); });
  ASSERT_FALSE(slow.ok());
  EXPECT_EQ(slow.error().kind, ErrorKind::kTimeout);
  EXPECT_EQ(slow.error().sqlstate, "57014");
  EXPECT_EQ(metric(metrics, "causeway_database_connections"), 1) << "the connection is none the worse for it";
}

TEST_F(DatabaseLimitsTest, WaitingForALockHasALimit) {
  script("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
  settings.lock_timeout = 50ms;
  const auto pool = make_pool();
  const auto holder = pool->write([&](Transaction& tx) {
    tx.execute("UPDATE t SET n = 2");
    const auto second = pool->write([](Transaction& other) { other.execute("UPDATE t SET n = 3"); });
    EXPECT_FALSE(second.ok());
    if (!second) {
      EXPECT_EQ(second.error().kind, ErrorKind::kTimeout);
      EXPECT_EQ(second.error().sqlstate, "55P03");
    }
  });
  EXPECT_TRUE(holder.ok()) << holder.error().message;
  EXPECT_EQ(number("SELECT n FROM t"), 2);
}

TEST_F(DatabaseLimitsTest, ATransactionThatDoesNothingHasALimit) {
  script("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
  settings.idle_in_transaction_timeout = 50ms;
  const auto pool = make_pool();
  int runs = 0;
  const auto idle = pool->write([&](Transaction& tx) {
    ++runs;
    tx.execute("UPDATE t SET n = 2");
    // The server ends the session; a statement of another one sees when.
    EXPECT_TRUE(eventually([&] {
      return number(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                 " AND application_name = 'causeway-apiserver'") == 0;
    }));
    tx.execute("SELECT 1");
  });
  ASSERT_FALSE(idle.ok());
  EXPECT_EQ(idle.error().kind, ErrorKind::kTimeout) << idle.error().message;
  EXPECT_EQ(runs, 1) << "it would be idle the next time as well";
  EXPECT_EQ(number("SELECT n FROM t"), 1);
}

TEST_F(DatabaseLimitsTest, ConflictsOfSerializableTransactionsAreTriedAgain) {
  script("CREATE TABLE t (n int)");
  const auto pool = make_pool();
  std::barrier both_have_read(2);
  std::atomic<int> runs = 0;
  const auto count_and_add = [&] {
    bool first = true;
    return pool->write(
        [&](Transaction& tx) {
          ++runs;
          const auto rows = static_cast<std::int64_t>(tx.execute("SELECT n FROM t").size());
          if (std::exchange(first, false)) both_have_read.arrive_and_wait();
          tx.execute("INSERT INTO t VALUES ($1)", rows);
        },
        Isolation::kSerializable);
  };
  auto other = std::async(std::launch::async, [&] { return count_and_add().ok(); });
  EXPECT_TRUE(count_and_add().ok());
  EXPECT_TRUE(other.get());
  EXPECT_EQ(number("SELECT count(DISTINCT n) FROM t"), 2) << "as if one had come after the other";
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(metric(metrics, "causeway_database_retries_total{reason=\"conflict\"}"), 1);
}

TEST_F(DatabaseLimitsTest, DeadlocksAreTriedAgain) {
  script("CREATE TABLE t (id int, n int); INSERT INTO t VALUES (1, 0), (2, 0)");
  const auto pool = make_pool();
  std::barrier both_have_one(2);
  const auto add = [&](int first_row, int second_row) {
    bool first = true;
    return pool->write([&](Transaction& tx) {
      tx.execute("UPDATE t SET n = n + 1 WHERE id = $1", first_row);
      if (std::exchange(first, false)) both_have_one.arrive_and_wait();
      tx.execute("UPDATE t SET n = n + 1 WHERE id = $1", second_row);
    });
  };
  auto other = std::async(std::launch::async, [&] { return add(2, 1).ok(); });
  EXPECT_TRUE(add(1, 2).ok());
  EXPECT_TRUE(other.get());
  EXPECT_EQ(number("SELECT sum(n) FROM t"), 4);
}

TEST_F(DatabaseLimitsTest, AConflictWithoutEndIsReported) {
  PoolOptions options;
  options.attempts = 3;
  const auto pool = make_pool(options);
  int runs = 0;
  const auto done = pool->write([&](Transaction& tx) {
    ++runs;
    tx.execute("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$");
  });
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(runs, 3);
}

}  // namespace
}  // namespace causeway::api::database
