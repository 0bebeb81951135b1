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
    for (auto* of : {&ada, &eve, &mia}) {
      tokens.push_back(token(*of, "repository:write"));
      people.push_back(std::move(*of));
    }
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
  static std::string rule(const std::string& pattern) {
    return "/api/v1/repositories/ada/models/protected-branches" + (pattern.empty() ? "" : "/" + pattern);
  }
  int protect(Who who, const std::string& pattern, const std::string& push_role, bool allow_deletion = false) {
    return people[who]
        .send("PUT", rule(pattern), json::object{{"pushRole", push_role}, {"allowDeletion", allow_deletion}})
        .status;
  }
  // Of the site, which the role git answers.
  Browser at_git(Who who) {
    auto there = Browser(git->port(), *contract);
    there.cookies = people[who].cookies;
    return there;
  }

  std::vector<std::string> tokens;
  std::vector<Browser> people;
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
  ASSERT_EQ(protect(kMia, "release/*", "maintain", true), 204);
  ASSERT_EQ(protect(kAda, "main", "nobody"), 204);
  EXPECT_THAT(push(kEve, "main:release/1").err, HasSubstr("release/* is protected: pushing needs the role maintain"));
  EXPECT_TRUE(may(kMia, "main:release/1"));
  go_on();
  EXPECT_TRUE(may(kMia, "main:release/1"));
  rewrite();
  EXPECT_FALSE(may(kMia, "+main:release/1"));
  EXPECT_TRUE(may(kMia, ":release/1"));
  EXPECT_THAT(push(kAda, "main").err, HasSubstr("nobody pushes to it"));

  auto eve = at_git(kEve), mia = at_git(kMia);
  const auto commit = [&](const std::string& branch) {
    return eve.post("/api/v1/content/ada/models/commits",
                    {{"branch", branch},
                     {"message", "m"},
                     {"changes", json::array{{{"action", "put"}, {"path", "a"}, {"text", "b"}}}}});
  };
  EXPECT_EQ(commit("main").status, 403);
  EXPECT_EQ(commit("side").status, 201);

  const std::string branches = "/api/v1/content/ada/models/branches";
  EXPECT_EQ(eve.post(branches, {{"name", "release/2"}}).status, 403);
  EXPECT_EQ(mia.post(branches, {{"name", "release/2"}}).status, 201);
  EXPECT_EQ(eve.send("DELETE", branches + "/release/2").status, 403) << "who may not push may not delete either";
  ASSERT_EQ(protect(kMia, "release/*", "maintain", false), 204);
  EXPECT_EQ(mia.send("DELETE", branches + "/release/2").status, 403);
  ASSERT_EQ(people[kMia].send("DELETE", rule("release/*")).status, 204);
  EXPECT_EQ(eve.send("DELETE", branches + "/release/2").status, 204);
}

TEST_F(ProtectedBranchesTest, WhoMaintainsMakesRulesThatTheyMayKeep) {
  const auto patterns = [&](Browser& by) {
    std::vector<std::string> all;
    const auto list = object_of(by.get(rule("")));
    for (const auto& item : list.at("items").as_array())
      all.push_back(std::string(item.at("pattern").as_string()) + " " + std::string(item.at("pushRole").as_string()));
    return all;
  };
  auto visitor = browser();
  EXPECT_EQ(protect(kEve, "main", "write"), 403);
  EXPECT_EQ(visitor.send("PUT", rule("main"), json::object{}).status, 401);
  EXPECT_EQ(protect(kMia, "main", "write"), 204);
  EXPECT_EQ(protect(kMia, "main", "maintain"), 204) << "in its place";
  EXPECT_EQ(protect(kMia, "v%3F/*", "admin"), 403) << "more than they may themselves";
  EXPECT_EQ(protect(kAda, "v%3F/*", "nobody"), 204);
  EXPECT_EQ(protect(kMia, "v%3F/*", "write"), 403);
  EXPECT_EQ(people[kMia].send("DELETE", rule("v%3F/*")).status, 403);
  EXPECT_THAT(patterns(visitor), testing::ElementsAre("main maintain", "v?/* nobody"));
  EXPECT_EQ(slug(people[kAda].send("PUT", rule("a%20b"), json::object{})), "invalid");
  EXPECT_EQ(slug(people[kAda].send("PUT", rule("v%5B0"), json::object{})), "invalid");
  EXPECT_EQ(slug(people[kAda].send("PUT", rule("main"), json::object{{"pushRole", "king"}})), "invalid");
  EXPECT_EQ(people[kAda].send("DELETE", rule("v%3F/*")).status, 204);
  EXPECT_EQ(people[kAda].send("DELETE", rule("v%3F/*")).status, 404);
  EXPECT_THAT(patterns(visitor), testing::ElementsAre("main maintain"));
  EXPECT_EQ(number("SELECT count(*) FROM audit_log WHERE action = 'branch.protected'"), 3);
  EXPECT_EQ(number("SELECT count(*) FROM audit_log WHERE action = 'branch.unprotected'"
                   " AND detail -> 'change' ->> 'pattern' = 'v?/*'"),
            1);
  for (int i = 1; i < 50; ++i) ASSERT_EQ(protect(kAda, "b" + std::to_string(i), "write"), 204);
  EXPECT_EQ(protect(kAda, "b50", "write"), 409);
  EXPECT_EQ(protect(kAda, "b49", "maintain"), 204) << "one that is there";
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
