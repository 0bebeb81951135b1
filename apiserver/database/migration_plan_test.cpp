#include <cstdio>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>
#include <set>

#include "apiserver/database/migrate.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"

namespace causeway::api::database {
namespace {

using ::testing::HasSubstr;

const std::vector<Migration> kKnown{{1, "one", "CREATE 1"}, {2, "two", "CREATE 2"}, {3, "three", "CREATE 3"}};

AppliedMigration applied(int number, std::string name, std::string_view sql) {
  return {number, std::move(name), base::sha256_hex(sql)};
}

std::vector<int> numbers(const std::vector<Migration>& migrations) {
  std::vector<int> result;
  for (const auto& migration : migrations) result.push_back(migration.number);
  return result;
}

TEST(MigrationPlan, WhatIsMissingInOrder) {
  EXPECT_EQ(numbers(*plan_migrations(kKnown, {})), (std::vector{1, 2, 3}));
  EXPECT_EQ(numbers(*plan_migrations(kKnown, {applied(1, "one", "CREATE 1")})), (std::vector{2, 3}));
  EXPECT_TRUE(plan_migrations(kKnown, {applied(1, "one", "CREATE 1"), applied(2, "two", "CREATE 2"),
                                       applied(3, "three", "CREATE 3")})
                  ->empty());
}

TEST(MigrationPlan, RefusesWhatItDoesNotKnow) {
  const auto newer =
      plan_migrations(std::span(kKnown).first(1), {applied(1, "one", "CREATE 1"), applied(2, "two", "x")});
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_THAT(newer.error().message,
              HasSubstr("migration 2 (two) was applied by a newer program, and this one knows 1"));

  const auto changed = plan_migrations(kKnown, {applied(1, "one", "CREATE one")});
  ASSERT_FALSE(changed.ok());
  EXPECT_THAT(changed.error().message, HasSubstr("migration 1 (one) was applied with another text"));

  const auto gap = plan_migrations(kKnown, {applied(1, "one", "CREATE 1"), applied(3, "three", "CREATE 3")});
  ASSERT_FALSE(gap.ok());
  EXPECT_THAT(gap.error().message, HasSubstr("migration 2 is missing, though 3 was applied"));

  const std::vector<Migration> misnumbered{{1, "one", ""}, {3, "three", ""}};
  EXPECT_FALSE(plan_migrations(misnumbered, {}).ok());
}

TEST(EmbeddedMigrations, AreTheFolders) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(CAUSEWAY_MIGRATIONS)) {
    files.insert(entry.path().filename().string());
  }
  int number = 0;
  for (const auto& migration : embedded_migrations()) {
    EXPECT_EQ(migration.number, ++number);
    char name[100];
    std::snprintf(name, sizeof(name), "%04d_%s.sql", migration.number, std::string(migration.name).c_str());
    EXPECT_EQ(files.erase(name), 1u) << name;
    const auto text = base::read_file(std::filesystem::path(CAUSEWAY_MIGRATIONS) / name);
    ASSERT_TRUE(text.ok()) << text.error().message;
    EXPECT_EQ(*text, migration.sql) << name;
  }
  EXPECT_TRUE(files.empty()) << *files.begin() << " is not in CMakeLists.txt";
}

TEST(EmbeddedMigrations, DoNotEndTheirTransaction) {
  const std::regex control(R"((^|\n|;)\s*(COMMIT|ROLLBACK|BEGIN\s*;|START TRANSACTION|END\s*;\s*\n(?!\$)))",
                           std::regex::icase);
  for (const auto& migration : embedded_migrations()) {
    const std::string sql(migration.sql);
    std::smatch found;
    EXPECT_FALSE(std::regex_search(sql, found, control)) << migration.name << ": " << found.str();
  }
}

}  // namespace
}  // namespace causeway::api::database
