// The lists that the design names, over many repositories: each through an index, whatever the order and the page.

#include <string>

#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::database {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DatabaseQueryPlanTest : public MigratedDatabaseTest {
 protected:
  std::string plan(const std::string& sql) {
    std::string text;
    for (const Row row : query("EXPLAIN " + sql)) text += row.get<std::string>(0) + "\n";
    return text;
  }
};

TEST_F(DatabaseQueryPlanTest, ListsAndSearchReadNoWholeTable) {
  script(R"sql(
    INSERT INTO accounts (kind, name, namespace) SELECT 'user', 'user' || n, 'u-user' || n FROM generate_series(1, 500) n;
    INSERT INTO users (id, register_type) SELECT id, 'email' FROM accounts;
    INSERT INTO repositories (owner_id, type, name, resource_namespace, resource_name, visibility, tags, star_count,
                              download_count, trending_score, active_at)
      SELECT 1 + n % 500, (ARRAY['model', 'dataset', 'space'])[1 + n % 3], md5(n::text), 'u-user' || n % 500, 'r' || n,
             CASE n % 5 WHEN 0 THEN 'private' ELSE 'public' END, ARRAY['tag' || n % 300], n % 1000, n % 2000, n % 3000,
             now() - n * interval '1 minute'
      FROM generate_series(1, 20000) n;
    INSERT INTO collaborators (repository_id, user_id, role) SELECT id, 1 + id % 500, 'write' FROM repositories;
    INSERT INTO stars (repository_id, user_id) SELECT id, 1 + id % 500 FROM repositories WHERE id <= 2000;
    ANALYZE)sql");
  struct List {
    const char* sql;
    const char* index;
  };
  const List lists[] = {
      {"SELECT id FROM repositories WHERE visibility = 'public' ORDER BY star_count DESC, id DESC LIMIT 30",
       "repositories_by_stars"},
      {"SELECT id FROM repositories WHERE visibility = 'public' AND (star_count, id) < (500, 1000)"
       " ORDER BY star_count DESC, id DESC LIMIT 30",
       "repositories_by_stars"},
      {"SELECT id FROM repositories WHERE visibility = 'public' AND type = 'space'"
       " ORDER BY active_at DESC, id DESC LIMIT 30",
       "repositories_by_recent"},
      {"SELECT id FROM repositories WHERE visibility = 'public' ORDER BY trending_score DESC, id DESC LIMIT 30",
       "repositories_by_trending"},
      {"SELECT id FROM repositories WHERE visibility = 'public' ORDER BY download_count DESC, id DESC LIMIT 30",
       "repositories_by_downloads"},
      // Of one who is signed in: public ones, own ones, and those worked on together.
      {"SELECT id FROM repositories WHERE visibility = 'public' OR owner_id = 7"
       " OR id IN (SELECT repository_id FROM collaborators WHERE user_id = 7)"
       " ORDER BY star_count DESC, id DESC LIMIT 30",
       "repositories_by_stars"},
      {"SELECT id FROM repositories WHERE owner_id = 7 ORDER BY active_at DESC, id DESC LIMIT 30",
       "repositories_by_owner"},
      {"SELECT id FROM repositories WHERE lower(path) = 'user7/x' AND type = 'model'", "repositories_path"},
      {"SELECT id FROM repositories WHERE search_text LIKE '%abcdef%'", "repositories_search"},
      {"SELECT id FROM repositories WHERE tags @> '{tag17}' ORDER BY star_count DESC, id DESC LIMIT 30",
       "repositories_tags"},
      {"SELECT id FROM accounts WHERE lower(name) = 'user7'", "accounts_name_key"},
      {"SELECT repository_id FROM stars WHERE user_id = 7 ORDER BY id DESC LIMIT 30", "stars_user"},
      {"SELECT role FROM collaborators WHERE repository_id = 7 AND user_id = 8", "Index"},
  };
  for (const auto& list : lists) {
    const auto text = plan(list.sql);
    EXPECT_THAT(text, HasSubstr(list.index)) << list.sql;
    EXPECT_THAT(text, Not(HasSubstr("Seq Scan on repositories"))) << list.sql;
  }
}

}  // namespace
}  // namespace causeway::api::database
