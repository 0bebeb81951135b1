// The schema: what it refuses, what happens to rows when what they name goes, what triggers keep.

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "tests/integration/database/database_fixture.hpp"
#include "tests/integration/database/schema_rules.hpp"

namespace causeway::api::database {
namespace {

class DatabaseSchemaTest : public MigratedDatabaseTest {
 protected:
  void SetUp() override {
    MigratedDatabaseTest::SetUp();
    if (IsSkipped()) return;
    script(kSeed);
  }

  std::set<std::string> names(const std::string& sql) {
    std::set<std::string> result;
    for (const Row row : query(sql)) result.insert(row.get<std::string>(0));
    return result;
  }
};

TEST_F(DatabaseSchemaTest, EveryRuleRefusesWhatBreaksIt) {
  const auto pool = make_pool();
  for (const auto& rule : kRules) {
    if (rule.statement.empty()) continue;
    const auto done = pool->write([&](Transaction& tx) {
      // One statement at a time; what breaks a rule is the last one, or the commit.
      for (std::size_t begin = 0, end = 0; begin < rule.statement.size(); begin = end + 1) {
        end = std::min(rule.statement.find(';', begin), rule.statement.size());
        tx.execute(rule.statement.substr(begin, end - begin));
      }
    });
    ASSERT_FALSE(done.ok()) << rule.constraint << " allows: " << rule.statement;
    EXPECT_EQ(done.error().constraint, rule.constraint) << rule.statement << ": " << done.error().message;
    EXPECT_TRUE(done.error().kind == ErrorKind::kCheck || done.error().kind == ErrorKind::kUnique) << rule.constraint;
  }
}

TEST_F(DatabaseSchemaTest, EveryRuleIsInTheTable) {
  std::set<std::string> tested;
  for (const auto& rule : kRules) tested.insert(rule.constraint);
  // CHECKs; unique constraints and indexes, but for primary keys.
  for (const auto& name : names("SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
                                " AND contype = 'c' UNION SELECT indexrelid::regclass::text FROM pg_index"
                                " JOIN pg_class ON pg_class.oid = indexrelid WHERE indisunique AND NOT indisprimary"
                                " AND relnamespace = 'public'::regnamespace")) {
    EXPECT_TRUE(tested.contains(name)) << name << " is not in schema_rules.cpp";
  }
}

TEST_F(DatabaseSchemaTest, EveryTableHasIdAndTimes) {
  EXPECT_EQ(names("SELECT tablename FROM pg_tables WHERE schemaname = 'public' EXCEPT SELECT table_name"
                  " FROM information_schema.columns WHERE column_name = 'id' AND data_type = 'bigint'"),
            std::set<std::string>{});
  for (const char* column : {"created_at", "updated_at"}) {
    EXPECT_EQ(
        names("SELECT tablename FROM pg_tables WHERE schemaname = 'public' EXCEPT SELECT table_name"
              " FROM information_schema.columns WHERE data_type = 'timestamp with time zone' AND is_nullable = 'NO'"
              " AND column_default IS NOT NULL AND column_name = '" +
              std::string(column) + "'"),
        std::set<std::string>{})
        << column;
  }
  for (const auto& table : names("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
    EXPECT_GE(number("SELECT count(*) FROM " + table), 1) << table << " has no row in kSeed";
    if (table == "audit_log") continue;  // nothing in it changes
    const auto rows =
        query("BEGIN; UPDATE " + table +
              " SET created_at = 'epoch', updated_at = '2000-01-01' RETURNING updated_at > now() - interval"
              " '1 day' AND created_at > 'epoch' AS kept");
    ASSERT_FALSE(rows.empty()) << table;
    EXPECT_TRUE(rows.front().get<bool>("kept")) << table << ": created_at stays and updated_at is kept";
  }
}

TEST_F(DatabaseSchemaTest, UpdatedAtOnlyGrowsAndCountingLeavesItAlone) {
  script("UPDATE repositories SET description = 'a' WHERE id = 1");
  const auto changed = [&] {
    return query("SELECT updated_at FROM repositories WHERE id = 1").front().get<base::WallTime>(0);
  };
  const auto before = changed();
  script(
      "BEGIN; UPDATE repositories SET description = 'b' WHERE id = 1; UPDATE repositories SET description = 'c' WHERE "
      "id = 1;"
      "COMMIT");
  EXPECT_GT(changed(), before);
  const auto between = changed();
  script(
      "DELETE FROM stars WHERE user_id = 2; INSERT INTO issues (repository_id, kind, title) VALUES (1, 'issue', 'x')");
  EXPECT_EQ(changed(), between) << "who edits settings is not in conflict with who stars";
}

TEST_F(DatabaseSchemaTest, ForeignKeysSayWhatHappensAndHaveAnIndex) {
  // c: goes with it; n: stays without it; r: keeps it from being deleted.
  const std::map<std::string, std::string> expected{
      {"access_tokens_user_fkey", "c"},
      {"activities_account_fkey", "c"},
      {"activities_actor_fkey", "c"},
      {"activities_repository_fkey", "c"},
      {"avatars_account_fkey", "c"},
      {"collaborators_repository_fkey", "c"},
      {"collaborators_user_fkey", "c"},
      {"credentials_user_fkey", "c"},
      {"demo_visits_demo_page_fkey", "c"},
      {"follows_account_fkey", "c"},
      {"follows_follower_fkey", "c"},
      {"former_names_account_id_fkey", "c"},
      {"identities_user_fkey", "c"},
      {"imports_repository_fkey", "c"},
      {"imports_requested_by_fkey", "n"},
      {"issue_comments_author_fkey", "n"},
      {"issue_comments_issue_fkey", "c"},
      {"issues_author_fkey", "n"},
      {"issues_closed_by_fkey", "n"},
      {"issues_repository_fkey", "c"},
      {"lfs_locks_owner_fkey", "c"},
      {"lfs_locks_repository_fkey", "c"},
      {"lfs_objects_repository_fkey", "c"},
      {"lfs_objects_uploaded_by_fkey", "n"},
      {"notification_channels_user_fkey", "c"},
      {"notification_deliveries_channel_fkey", "c"},
      {"notification_deliveries_notification_fkey", "c"},
      {"notifications_actor_fkey", "n"},
      {"notifications_issue_fkey", "c"},
      {"notifications_repository_fkey", "c"},
      {"notifications_user_fkey", "c"},
      {"oauth_attempts_user_fkey", "c"},
      {"one_time_codes_user_fkey", "c"},
      {"organisation_invitations_invited_by_fkey", "n"},
      {"organisation_invitations_organisation_fkey", "c"},
      {"organisation_invitations_user_fkey", "c"},
      {"organisation_members_organisation_fkey", "c"},
      {"organisation_members_user_fkey", "c"},
      {"organisations_account_fkey", "c"},
      {"organisations_created_by_fkey", "n"},
      {"protected_branches_repository_fkey", "c"},
      {"recovery_codes_second_factor_fkey", "c"},
      {"repositories_created_by_fkey", "n"},
      {"repositories_owner_fkey", "r"},
      {"repository_days_repository_fkey", "c"},
      {"repository_redirects_repository_fkey", "c"},
      {"repository_reservations_owner_fkey", "c"},
      {"second_factors_user_fkey", "c"},
      {"sessions_second_factor_fkey", "n"},
      {"sessions_user_fkey", "c"},
      {"stars_repository_fkey", "c"},
      {"stars_user_fkey", "c"},
      {"users_account_fkey", "c"},
      {"watches_issue_fkey", "c"},
      {"watches_repository_fkey", "c"},
      {"watches_user_fkey", "c"},
  };
  std::map<std::string, std::string> found;
  for (const Row row : query("SELECT conname::text, confdeltype::text FROM pg_constraint WHERE contype = 'f'")) {
    found[row.get<std::string>(0)] = row.get<std::string>(1);
  }
  EXPECT_EQ(found, expected);
  // Without an index, deleting what is named would read the whole table.
  EXPECT_EQ(names("SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT EXISTS (SELECT FROM pg_index"
                  " WHERE indrelid = conrelid AND indkey[0] = conkey[1] AND indpred IS NULL)"),
            std::set<std::string>{});
}

TEST_F(DatabaseSchemaTest, AForeignKeyIsToldByName) {
  const auto pool = make_pool();
  const auto none =
      pool->write([](Transaction& tx) { tx.execute("INSERT INTO stars (repository_id, user_id) VALUES (99, 1)"); });
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().kind, ErrorKind::kForeignKey);
  EXPECT_EQ(none.error().constraint, "stars_repository_fkey");
  // An organisation is no user, and the other way round.
  const auto confused =
      pool->write([](Transaction& tx) { tx.execute("INSERT INTO users (id, register_type) VALUES (3, 'email')"); });
  ASSERT_FALSE(confused.ok());
  EXPECT_EQ(confused.error().constraint, "users_account_fkey");
  const auto owner = pool->write([](Transaction& tx) { tx.execute("DELETE FROM accounts WHERE id = 2"); });
  ASSERT_FALSE(owner.ok());
  EXPECT_EQ(owner.error().constraint, "repositories_owner_fkey") << "bob still owns a repository";
  const auto nobody = pool->write(
      [](Transaction& tx) { tx.execute("INSERT INTO issues (repository_id, kind, title) VALUES (99, 'issue', 't')"); });
  ASSERT_FALSE(nobody.ok());
  EXPECT_EQ(nobody.error().constraint, "issues_repository_fkey");
}

TEST_F(DatabaseSchemaTest, AUserGoesAndWhatWasWrittenStays) {
  script("DELETE FROM repositories WHERE owner_id = 2; DELETE FROM accounts WHERE id = 2");
  EXPECT_EQ(number("SELECT count(*) FROM users WHERE id = 2"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM stars WHERE user_id = 2"), 0);
  EXPECT_EQ(number("SELECT star_count FROM repositories WHERE id = 1"), 1) << "bob's star is gone, Ada's is there";
  EXPECT_EQ(number("SELECT count(*) FROM issues WHERE author_id IS NULL"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM issue_comments WHERE author_id IS NULL"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM audit_log"), 1);
}

TEST_F(DatabaseSchemaTest, ARepositoryGoesWithAllThatIsItsOwn) {
  script("DELETE FROM repositories WHERE id = 1");
  for (const char* table :
       {"stars", "issues", "issue_comments", "collaborators", "protected_branches", "lfs_objects", "lfs_locks",
        "imports", "repository_days", "repository_redirects", "notifications", "watches"}) {
    EXPECT_EQ(number(std::string("SELECT count(*) FROM ") + table), 0) << table;
  }
}

TEST_F(DatabaseSchemaTest, ARenamedAccountKeepsItsOldName) {
  script("UPDATE accounts SET name = 'Lovelace' WHERE id = 1");
  EXPECT_EQ(names("SELECT name FROM former_names WHERE account_id = 1"), (std::set<std::string>{"augusta", "Ada"}));
  EXPECT_EQ(names("SELECT path FROM repositories WHERE owner_id = 1"), std::set<std::string>{"Lovelace/Digits"});
  EXPECT_EQ(number("SELECT count(*) FROM repositories WHERE search_text LIKE '%lovelace/dig%'"), 1);
  script("UPDATE accounts SET name = 'ADA' WHERE id = 1");
  EXPECT_EQ(names("SELECT name FROM former_names WHERE account_id = 1"), (std::set<std::string>{"augusta", "Lovelace"}))
      << "a name in use is no former one";
}

TEST_F(DatabaseSchemaTest, AnAddressThatIsNotVerifiedKeepsNobodyOut) {
  script(
      "UPDATE users SET email_verified_at = NULL WHERE id = 1; UPDATE users SET email = 'ada@example.org' WHERE id = "
      "2");
}

TEST_F(DatabaseSchemaTest, IssuesAreNumberedAndCountedPerRepository) {
  script(
      "INSERT INTO issues (repository_id, kind, title) VALUES (2, 'issue', 'a'), (1, 'issue', 'b'), (2, 'discussion', "
      "'c')");
  EXPECT_EQ(number("SELECT number FROM issues WHERE title = 'a'"), 1);
  EXPECT_EQ(number("SELECT number FROM issues WHERE title = 'b'"), 3);
  EXPECT_EQ(number("SELECT number FROM issues WHERE title = 'c'"), 2);
  script("UPDATE issues SET state = 'closed', closed_at = now() WHERE title = 'b'");
  EXPECT_EQ(number("SELECT issue_count FROM repositories WHERE id = 1"), 1) << "open ones";
  EXPECT_EQ(number("SELECT discussion_count FROM repositories WHERE id = 1"), 1);
  script(
      "UPDATE issues SET state = 'open', closed_at = NULL WHERE title = 'b'; DELETE FROM issues WHERE title = 'one'");
  EXPECT_EQ(number("SELECT issue_count FROM repositories WHERE id = 1"), 1);
  script("DELETE FROM issue_comments; INSERT INTO issue_comments (issue_id, body) SELECT id, 'x' FROM issues");
  EXPECT_EQ(number("SELECT sum(comment_count)::bigint FROM issues"), number("SELECT count(*) FROM issue_comments"));
}

TEST_F(DatabaseSchemaTest, TwoOwnersCannotRemoveEachOtherAtTheSameTime) {
  script("UPDATE organisation_members SET role = 'owner'");
  const auto pool = make_pool();
  const auto outer = pool->write([&](Transaction& tx) {
    tx.execute("UPDATE organisation_members SET role = 'member' WHERE user_id = 1");
    tx.execute("SET CONSTRAINTS ALL IMMEDIATE");  // has seen that bob is left
    std::thread([&] {
      // The second waits for the first to end, in its commit.
      const auto inner = pool->write([](Transaction& other) {
        other.execute("SET LOCAL lock_timeout = '100ms'");
        other.execute("UPDATE organisation_members SET role = 'member' WHERE user_id = 2");
      });
      EXPECT_FALSE(inner.ok());
      if (!inner) {
        EXPECT_EQ(inner.error().kind, ErrorKind::kTimeout) << inner.error().message;
      }
    }).join();
  });
  EXPECT_TRUE(outer.ok());
  const auto later =
      pool->write([](Transaction& tx) { tx.execute("UPDATE organisation_members SET role = 'member'"); });
  ASSERT_FALSE(later.ok());
  EXPECT_EQ(later.error().constraint, "organisation_members_owner_remains");
}

}  // namespace
}  // namespace causeway::api::database
