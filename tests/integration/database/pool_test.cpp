// The pool against a real server: what is read, written and refused.

#include "apiserver/database/pool.hpp"

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <vector>

#include "base/files.hpp"
#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::database {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DatabasePoolTest : public DatabaseTest {};

TEST_F(DatabasePoolTest, ValuesComeBackAsTheyWereGiven) {
  const auto pool = make_pool();
  const base::WallTime time{std::chrono::microseconds(1'764'064'800'123'456)};
  const boost::json::value json = boost::json::parse(R"({"a": [1, "ä\u0007", null]})");
  const std::vector<std::string> texts{"a", "b \"c\"\\", "", "NULL", "{,}", " x\n", "中文"};
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const auto same = pool->read([&](Transaction& tx) {
    const auto rows = tx.execute(
        "SELECT $1::boolean AS yes, $2::bigint AS big, $3::float8 AS real, $4::text AS text, $5::bytea AS bytes,"
        " $6::timestamptz AS time, $7::jsonb AS json, $8::text[] AS texts, $9::bigint[] AS numbers, $10::text AS "
        "nothing,"
        " $11::smallint AS small",
        true, std::numeric_limits<std::int64_t>::min(), 0.1, "it's; DROP TABLE \\ ü", Bytes{bytes}, time, json, texts,
        std::vector<std::int64_t>{1, -2}, std::nullopt, std::int16_t{-7});
    const Row row = rows.front();
    EXPECT_TRUE(row.get<bool>("yes"));
    EXPECT_EQ(row.get<std::int64_t>("big"), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(row.get<double>("real"), 0.1);
    EXPECT_EQ(row.get<std::string>("text"), "it's; DROP TABLE \\ ü");
    EXPECT_EQ(row.get<Bytes>("bytes").value, bytes);
    EXPECT_EQ(row.get<base::WallTime>("time"), time);
    EXPECT_EQ(row.get<boost::json::value>("json"), json);
    EXPECT_EQ(row.get<std::vector<std::string>>("texts"), texts);
    EXPECT_EQ(row.get<std::vector<std::int64_t>>("numbers"), (std::vector<std::int64_t>{1, -2}));
    EXPECT_TRUE(row.null("nothing"));
    EXPECT_EQ(row.get<std::optional<std::string>>("nothing"), std::nullopt);
    EXPECT_EQ(row.get<std::int16_t>("small"), -7);
    EXPECT_THROW((void)row.get<std::string>("nothing"), std::logic_error);
    EXPECT_THROW((void)row.get<std::string>("nowhere"), std::logic_error);
    EXPECT_THROW((void)rows[1], std::logic_error);
    return rows.size();
  });
  ASSERT_TRUE(same.ok()) << same.error().message;
  EXPECT_EQ(*same, 1u);
}

TEST_F(DatabasePoolTest, ATextWithNulIsRefusedAndNotCut) {
  const auto pool = make_pool();
  const auto done =
      pool->read([](Transaction& tx) { return tx.execute("SELECT $1::text", std::string("ad\0min", 6)).size(); });
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().kind, ErrorKind::kInvalid);
  const auto utf8 = pool->read([](Transaction& tx) { return tx.execute("SELECT $1::text", "\xff").size(); });
  ASSERT_FALSE(utf8.ok());
  EXPECT_EQ(utf8.error().kind, ErrorKind::kInvalid);
}

TEST_F(DatabasePoolTest, WritesAreKeptOrNot) {
  script("CREATE TABLE t (n int)");
  const auto pool = make_pool();
  int committed = 0;
  const auto insert = [&](bool keep) {
    return pool->write([&](Transaction& tx) {
      tx.execute("INSERT INTO t VALUES (1)");
      tx.after_commit([&] { ++committed; });
      if (!keep) tx.roll_back();
      return tx.execute("SELECT n FROM t").size();
    });
  };
  EXPECT_EQ(*insert(true), 1u);
  EXPECT_EQ(*insert(false), 2u) << "what was read is returned all the same";
  EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
  EXPECT_EQ(committed, 1);
  EXPECT_THROW((void)pool->write([](Transaction& tx) {
    tx.execute("INSERT INTO t VALUES (1)");
    throw std::runtime_error("a defect");
  }),
               std::runtime_error);
  EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
  EXPECT_EQ(metric(metrics, "causeway_database_connections_in_use"), 0);
  EXPECT_EQ(metric(metrics, "causeway_database_connections"), 1) << "one connection served them all";
}

TEST_F(DatabasePoolTest, AFailedStatementThatTheFunctionHidesFailsTheTransaction) {
  script("CREATE TABLE t (n int PRIMARY KEY)");
  const auto pool = make_pool();
  const auto done = pool->write([](Transaction& tx) {
    tx.execute("INSERT INTO t VALUES (1)");
    try {
      tx.execute("INSERT INTO t VALUES (1)");
    } catch (const Failure&) {
    }
    try {
      tx.execute("INSERT INTO t VALUES (2)");
      ADD_FAILURE() << "after a failure nothing is done any more";
    } catch (const Failure&) {
    }
  });
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().kind, ErrorKind::kUnique);
  EXPECT_EQ(number("SELECT count(*) FROM t"), 0);
}

TEST_F(DatabasePoolTest, ReadsCannotWrite) {
  script("CREATE TABLE t (n int)");
  const auto pool = make_pool();
  for (const bool one_state : {false, true}) {
    const auto insert = [](Transaction& tx) { tx.execute("INSERT INTO t VALUES (1)"); };
    const auto done = one_state ? pool->snapshot(insert) : pool->read(insert);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().sqlstate, "25006");
  }
  EXPECT_TRUE(pool->write([](Transaction& tx) { tx.execute("INSERT INTO t VALUES (1)"); }).ok());
  EXPECT_FALSE(pool->read([](Transaction& tx) { tx.execute("INSERT INTO t VALUES (1)"); }).ok())
      << "also on a connection that has written";
}

TEST_F(DatabasePoolTest, ASnapshotIsOneStateAndAReadIsNot) {
  script("CREATE TABLE t (n int)");
  const auto pool = make_pool();
  const auto twice = [&](Transaction& tx) {
    const auto before = tx.execute("SELECT n FROM t").size();
    script("INSERT INTO t VALUES (1)");
    return tx.execute("SELECT n FROM t").size() - before;
  };
  EXPECT_EQ(*pool->snapshot(twice), 0u);
  EXPECT_EQ(*pool->read(twice), 1u);
}

TEST_F(DatabasePoolTest, ViolationsAreTold) {
  script(
      "CREATE TABLE parents (id int PRIMARY KEY, name text NOT NULL CONSTRAINT short CHECK (length(name) < 5));"
      "CREATE UNIQUE INDEX parents_name_key ON parents (lower(name));"
      "CREATE TABLE children (parent int CONSTRAINT has_parent REFERENCES parents DEFERRABLE INITIALLY DEFERRED);"
      "INSERT INTO parents VALUES (1, 'ada'); INSERT INTO children VALUES (1)");
  const auto pool = make_pool();
  const auto failing = [&](const char* sql) {
    const auto done = pool->write([&](Transaction& tx) { tx.execute(sql); });
    EXPECT_FALSE(done.ok()) << sql;
    return done.ok() ? Error{} : done.error();
  };
  const auto unique = failing("INSERT INTO parents VALUES (2, 'ADA')");
  EXPECT_EQ(unique.kind, ErrorKind::kUnique);
  EXPECT_EQ(unique.constraint, "parents_name_key");
  EXPECT_THAT(unique.message, Not(HasSubstr("ada"))) << "values are not for the log";
  const auto check = failing("INSERT INTO parents VALUES (2, 'Augusta')");
  EXPECT_EQ(check.kind, ErrorKind::kCheck);
  EXPECT_EQ(check.constraint, "short");
  const auto null = failing("INSERT INTO parents VALUES (2, NULL)");
  EXPECT_EQ(null.kind, ErrorKind::kNotNull);
  EXPECT_EQ(null.column, "name");
  const auto key = failing("INSERT INTO children VALUES (7)");
  EXPECT_EQ(key.kind, ErrorKind::kForeignKey) << "found out by COMMIT";
  EXPECT_EQ(key.constraint, "has_parent");
  EXPECT_EQ(failing("SELECT 1 FROM nowhere").kind, ErrorKind::kOther);
  EXPECT_EQ(failing("SELECT 99999999999999999999::bigint").kind, ErrorKind::kInvalid);
  EXPECT_EQ(metric(metrics, "causeway_database_errors_total{kind=\"unique\"}"), 1);
  EXPECT_EQ(metric(metrics, "causeway_database_connections"), 1) << "the connection is none the worse for it";
}

TEST_F(DatabasePoolTest, AMigrationMayChangeWhatPreparedStatementsAnswer) {
  script("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
  const auto pool = make_pool();
  const auto read = [&] {
    return pool->read([](Transaction& tx) { return tx.execute("SELECT n FROM t").front().get<std::int64_t>(0); });
  };
  EXPECT_EQ(*read(), 1);
  script("ALTER TABLE t ALTER n TYPE bigint");
  const auto again = read();
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, 1);
}

TEST_F(DatabasePoolTest, ManyDifferentStatementsDoNotFillTheServer) {
  PoolOptions options;
  options.connections = 1;
  const auto pool = make_pool(options);
  const auto prepared = pool->read([](Transaction& tx) {
    for (int i = 0; i < 600; ++i) {
      EXPECT_EQ(tx.execute("SELECT $1::int + " + std::to_string(i), 1).front().get<std::int32_t>(0), i + 1);
    }
    return tx.execute("SELECT count(*) FROM pg_prepared_statements").front().get<std::int64_t>(0);
  });
  ASSERT_TRUE(prepared.ok()) << prepared.error().message;
  EXPECT_EQ(*prepared, 500);
}

TEST_F(DatabasePoolTest, ThePasswordComesFromAFileAndCanChange) {
  const base::TemporaryDirectory folder;
  settings.url.replace(settings.url.find("causeway@"), 8, "causeway_password");
  settings.password_file = folder.path() / "password";
  std::ofstream(settings.password_file) << "wrong\n";
  const auto pool = make_pool();
  const auto user = [&] {
    return pool->read(
        [](Transaction& tx) { return tx.execute("SELECT current_user::text").front().get<std::string>(0); });
  };
  const auto refused = user();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("password authentication failed"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("wrong")));
  std::filesystem::copy_file(test_path("CAUSEWAY_TEST_DATABASE_PASSWORD"), settings.password_file,
                             std::filesystem::copy_options::overwrite_existing);
  const auto allowed = user();
  ASSERT_TRUE(allowed.ok()) << allowed.error().message;
  EXPECT_EQ(*allowed, "causeway_password");
}

TEST_F(DatabasePoolTest, SessionsSayWhoTheyAre) {
  settings.application_name = "causeway-test";
  const auto pool = make_pool();
  ASSERT_TRUE(pool->ready().ok());
  EXPECT_EQ(backends("causeway-test").size(), 1u);
}

}  // namespace
}  // namespace causeway::api::database
