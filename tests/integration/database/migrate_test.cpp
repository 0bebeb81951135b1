// Migrations on a real server: from nothing, at once, failing, changed, newer, and beside old replicas at work.

#include "apiserver/database/migrate.hpp"

#include <algorithm>
#include <future>

#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::database {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class DatabaseMigrateTest : public DatabaseTest {
 protected:
  base::Result<std::vector<std::string>> apply(const std::vector<Migration>& migrations, MigrateOptions options = {}) {
    return migrate(settings, migrations, options);
  }
  std::vector<std::string> tables() {
    std::vector<std::string> result;
    for (const Row row : query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")) {
      result.push_back(row.get<std::string>(0));
    }
    return result;
  }
};

const Migration kOne{1, "one", "CREATE TABLE one (n int); INSERT INTO one VALUES (1)"};
const Migration kTwo{2, "two", "CREATE TABLE two (n int)"};

TEST_F(DatabaseMigrateTest, FromNothingAndThenNothing) {
  const auto first = migrate(settings);
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first->size(), embedded_migrations().size());
  const auto second = migrate(settings);
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_THAT(*second, IsEmpty());
}

TEST_F(DatabaseMigrateTest, WhatIsMissingOnTopOfWhatWas) {
  ASSERT_THAT(*apply({kOne}), ElementsAre("one"));
  ASSERT_THAT(*apply({kOne, kTwo}), ElementsAre("two"));
  EXPECT_EQ(number("SELECT count(*) FROM one"), 1) << "applied once";
}

TEST_F(DatabaseMigrateTest, ReplicasThatStartAtOnce) {
  std::vector<std::future<base::Result<std::vector<std::string>>>> replicas;
  for (int i = 0; i < 6; ++i) {
    replicas.push_back(std::async(std::launch::async, [&] { return migrate(settings); }));
  }
  std::size_t applied = 0;
  for (auto& replica : replicas) {
    const auto done = replica.get();
    ASSERT_TRUE(done.ok()) << done.error().message;
    applied += done->size();
  }
  EXPECT_EQ(applied, embedded_migrations().size()) << "each was applied by one of them";
}

TEST_F(DatabaseMigrateTest, AFailingOneLeavesTheOneBefore) {
  const Migration broken{2, "broken", "CREATE TABLE half (n int); INSERT INTO one VALUES (2); SELECT 1/0"};
  const auto done = apply({kOne, broken});
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().message, HasSubstr("migration 2 (broken) failed, those before it are applied"));
  EXPECT_THAT(done.error().message, HasSubstr("division by zero"));
  EXPECT_THAT(tables(), ElementsAre("one", "schema_migrations"));
  EXPECT_EQ(number("SELECT count(*) FROM one"), 1);
  EXPECT_THAT(*apply({kOne, kTwo}), ElementsAre("two")) << "a corrected one goes on from there";
}

TEST_F(DatabaseMigrateTest, ChangedAndNewerDatabasesAreRefusedAndLeftAlone) {
  ASSERT_TRUE(apply({kOne, kTwo}).ok());
  const auto newer = apply({kOne});
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_THAT(newer.error().message, HasSubstr("newer program"));
  const Migration changed{1, "one", "CREATE TABLE one (n bigint)"};
  const auto other = apply({changed, kTwo, Migration{3, "three", "CREATE TABLE three (n int)"}});
  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.error().message, HasSubstr("was applied with another text"));
  EXPECT_THAT(tables(), ElementsAre("one", "schema_migrations", "two"));
}

TEST_F(DatabaseMigrateTest, WaitsForAReplicaThatMigratesButNotForEver) {
  script("CREATE TABLE pause (n int); INSERT INTO pause VALUES (1)");
  // The first replica stands still inside its migration, because a row that it wants is taken.
  const auto pool = make_pool();
  const Migration slow{1, "slow", "SET LOCAL lock_timeout = 0; UPDATE pause SET n = 2"};
  std::future<base::Result<std::vector<std::string>>> first;
  const auto held = pool->write([&](Transaction& tx) {
    tx.execute("UPDATE pause SET n = 3");
    first = std::async(std::launch::async, [&] { return apply({slow}); });
    EXPECT_TRUE(eventually([&] { return number("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1; }));
    MigrateOptions impatient;
    impatient.patience = 100ms;
    const auto second = apply({slow}, impatient);
    EXPECT_FALSE(second.ok());
    if (!second) {
      EXPECT_EQ(second.error().code, base::ErrorCode::kTimeout) << second.error().message;
    }
  });
  EXPECT_TRUE(held.ok()) << held.error().message;
  EXPECT_THAT(*first.get(), ElementsAre("slow"));
  EXPECT_THAT(*apply({slow}), IsEmpty()) << "the lock was given back";
}

TEST_F(DatabaseMigrateTest, ABusyTableIsAskedForAgain) {
  ASSERT_TRUE(apply({kOne}).ok());
  settings.lock_timeout = 50ms;
  const auto pool = make_pool();
  const Migration alter{2, "alter", "ALTER TABLE one ADD m int"};
  std::future<base::Result<std::vector<std::string>>> migration;
  const auto busy = pool->write([&](Transaction& tx) {
    tx.execute("UPDATE one SET n = 2");
    MigrateOptions once;
    once.attempts = 1;
    const auto refused = apply({kOne, alter}, once);
    EXPECT_FALSE(refused.ok());
    migration = std::async(std::launch::async, [&] { return apply({kOne, alter}); });
    // It has waited and given up once: others are let through meanwhile.
    EXPECT_TRUE(eventually([&] {
      return number(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'ROLLBACK'"
                 " AND state = 'idle' AND application_name LIKE '%(migrations)'") == 1;
    }));
  });
  EXPECT_TRUE(busy.ok()) << busy.error().message;
  const auto done = migration.get();
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_THAT(*done, ElementsAre("alter"));
}

TEST_F(DatabaseMigrateTest, SessionsFromBeforeSecondFactorsStay) {
  const auto all = embedded_migrations();
  const auto before = std::ranges::find(all, "second_factors", &Migration::name);
  ASSERT_NE(before, all.end());
  ASSERT_TRUE(apply({all.begin(), before}).ok());
  script(
      "INSERT INTO accounts (kind, name, namespace) VALUES ('user', 'ada', 'u-ada');"
      "INSERT INTO users (id, register_type) VALUES (1, 'email');"
      "INSERT INTO sessions (user_id, token_hash, method, expires_at, absolute_expires_at)"
      " VALUES (1, sha256('t'), 'code', now() + interval '1 hour', now() + interval '1 day')");
  const auto done = migrate(settings);
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE second_factor_id IS NULL"), 1);
  script("DELETE FROM accounts");
}

TEST_F(DatabaseMigrateTest, ADatabaseThatIsNotThere) {
  settings.url.replace(settings.url.find("?host=") + 6, 1, "/nowhere/");
  const auto done = migrate(settings);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, base::ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace causeway::api::database
