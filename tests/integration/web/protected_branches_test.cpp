// Who may do what with branches: pushes with the real git, and commits on the site.

#include "tests/integration/web/lfs_fixture.hpp"

namespace causeway::api {
namespace {

using testing::HasSubstr;

class ProtectedBranchesTest : public GitClientTest {
 protected:
  void SetUp() override {
    GitClientTest::SetUp();
    if (IsSkipped()) return;
    auto ada = user("ada"), eve = user("eve"), mia = user("mia");
    make_shared();
    for (auto* of : {&ada, &eve, &mia}) tokens.push_back(token(*of, "repository:write"));
    eves_cookies = eve.cookies;
    tree = work_tree("models", tokens[0]);
    git_must({"git", "push", "-q", "origin", "main", "main:side"}, tree);
  }
  enum Who { kAda, kEve, kMia };
  base::RunOutput push(Who who, const std::string& refs) {
    return git_run({"git", "push", remote("models", tokens[who]), refs}, tree);
  }
  bool may(Who who, const std::string& refs) { return push(who, refs).status.success(); }
  // Another commit in place of the last one.
  void rewrite() {
    git_must({"git", "commit", "-q", "--amend", "--allow-empty", "-m", "Other " + base::random_hex(8)}, tree);
  }
  void go_on() { git_must({"git", "commit", "-q", "--allow-empty", "-m", "Next " + base::random_hex(8)}, tree); }
  void protect(const std::string& values) {
    script(
        "INSERT INTO protected_branches (repository_id, pattern, push_role, allow_force_push, allow_deletion)"
        " SELECT id, " +
        values + " FROM repositories WHERE name = 'models'");
  }

  std::vector<std::string> tokens;
  std::map<std::string, std::string> eves_cookies;
  std::string tree;
};

TEST_F(ProtectedBranchesTest, TheDefaultBranchIsOfThoseWhoMaintain) {
  go_on();
  EXPECT_TRUE(may(kEve, "main"));
  rewrite();
  const auto rewritten = push(kEve, "+main");
  EXPECT_FALSE(rewritten.status.success());
  EXPECT_THAT(rewritten.err,
              HasSubstr("remote: main is the default branch: rewriting its history needs the role maintain"));
  EXPECT_THAT(push(kEve, ":main").err, HasSubstr("deleting it needs the role maintain"));
  EXPECT_TRUE(may(kEve, "+main:side"));
  EXPECT_TRUE(may(kEve, ":side"));
  EXPECT_TRUE(may(kMia, "+main"));
  EXPECT_TRUE(may(kMia, ":main"));
  EXPECT_TRUE(may(kAda, "main"));
}

TEST_F(ProtectedBranchesTest, RulesAreOfPushesAndOfTheSite) {
  protect("'release/*', 'maintain', false, true");
  protect("'main', 'nobody', false, false");
  EXPECT_THAT(push(kEve, "main:release/1").err, HasSubstr("release/* is protected: pushing needs the role maintain"));
  EXPECT_TRUE(may(kMia, "main:release/1"));
  go_on();
  EXPECT_TRUE(may(kMia, "main:release/1"));
  rewrite();
  EXPECT_FALSE(may(kMia, "+main:release/1"));
  EXPECT_TRUE(may(kMia, ":release/1"));
  EXPECT_THAT(push(kAda, "main").err, HasSubstr("nobody pushes to it"));

  auto eve = Browser(git->port(), *contract);
  eve.cookies = eves_cookies;
  const auto commit = [&](const std::string& branch) {
    return eve.post("/api/v1/content/ada/models/commits",
                    {{"branch", branch},
                     {"message", "m"},
                     {"changes", json::array{{{"action", "put"}, {"path", "a"}, {"text", "b"}}}}});
  };
  EXPECT_EQ(commit("main").status, 403);
  EXPECT_EQ(commit("side").status, 201);
}

TEST_F(ProtectedBranchesTest, OfTwoAtOnceOneWins) {
  std::vector<std::string> trees;
  for (int i = 0; i < 4; ++i) {
    trees.push_back((folder.path() / ("racer-" + std::to_string(i))).string());
    git_must({"git", "clone", "-q", remote("models", tokens[kEve]), trees.back()});
    git_must({"git", "commit", "-q", "--allow-empty", "-m", "Racer " + std::to_string(i)}, trees.back());
  }
  std::vector<base::RunOutput> ended(trees.size());
  {
    std::vector<std::jthread> racers;
    for (std::size_t i = 0; i < trees.size(); ++i)
      racers.emplace_back([&, i] { ended[i] = git_run({"git", "push", "origin", "main"}, trees[i]); });
  }
  int won = 0;
  for (const auto& one : ended) {
    won += one.status.success();
    if (one.status.success()) continue;
    EXPECT_THAT(one.err, testing::AnyOf(HasSubstr("[rejected]"), HasSubstr("[remote rejected]")));
  }
  EXPECT_EQ(won, 1);
}

}  // namespace
}  // namespace causeway::api
