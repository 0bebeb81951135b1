#include <gmock/gmock.h>

#include "apiserver/git_host/test_repository.hpp"

namespace causeway::api::git_host {
namespace {

class HistoryTest : public RepositoryTest {
 protected:
  std::vector<std::string> ids(const std::string& revision, LogQuery query, const EmbeddedGitHost& asked) {
    std::vector<std::string> all;
    for (int page_count = 0; page_count < 1000; ++page_count) {
      const auto page = asked.log(name, revision, query);
      EXPECT_TRUE(page.ok()) << (page ? "" : page.error().message);
      if (!page) return all;
      EXPECT_LE(page->commits.size(), query.limit);
      for (const auto& one : page->commits) all.push_back(one.id);
      if (page->next.empty()) return all;
      query.after = page->next;
    }
    ADD_FAILURE() << "the pages do not end";
    return all;
  }
  // Two branches that touch the same and other files, merged twice, once without any change of its own.
  void fill() {
    write("a", "1");
    write("dir/x", "1");
    commit("first");
    write("b", "1");
    commit("b");
    git({"checkout", "--quiet", "-b", "side"});
    write("a", "side");
    commit("a on the side");
    write("dir/y", "1");
    commit("y on the side");
    git({"checkout", "--quiet", "main"});
    write("b", "2");
    commit("b again");
    git({"merge", "--quiet", "--no-ff", "--no-edit", "side"});
    git({"checkout", "--quiet", "side"});
    write("a", "3");
    commit("a once more");
    git({"checkout", "--quiet", "main"});
    git({"merge", "--quiet", "--no-ff", "--no-edit", "-s", "ours", "side"});
    git({"rm", "--quiet", "b"});
    commit("b is gone");
    write("b", "1");
    commit_and_push("b is back");
  }
};

TEST_F(HistoryTest, TheOrderIsThatOfGitLog) {
  fill();
  EXPECT_EQ(ids("main", {}, host), lines_of(bare({"log", "--format=%H", "main"})));
  for (std::size_t limit = 1; limit < 12; ++limit)
    EXPECT_EQ(ids("main", {.limit = limit}, host), lines_of(bare({"log", "--format=%H", "main"}))) << limit;
}

TEST_F(HistoryTest, APathsHistoryIsThatOfGitLog) {
  fill();
  for (const std::string path : {"a", "b", "dir", "dir/x", "dir/y", "none"}) {
    const auto expected = lines_of(bare({"log", "--format=%H", "main", "--", path}));
    EXPECT_EQ(ids("main", {.path = path}, host), expected) << path;
    EXPECT_EQ(ids("main", {.path = path, .limit = 1}, host), expected) << path;
  }
}

TEST_F(HistoryTest, PagesStayRightWhenTheBranchMoves) {
  fill();
  const auto expected = lines_of(bare({"log", "--format=%H", "main"}));
  const auto first = host.log(name, "main", {.limit = 3});
  ASSERT_TRUE(first.ok());
  write("new", "1");
  commit_and_push("meanwhile");
  const auto second = host.log(name, "main", {.after = first->next, .limit = 3});
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->commits.at(0).id, expected.at(3));
}

TEST_F(HistoryTest, ABudgetMakesShortPagesThatGoOn) {
  write("rare", "1");
  commit("rare");
  for (int i = 0; i < 10; ++i) {
    write("often", std::to_string(i));
    commit("often");
  }
  push();
  auto few = options;
  few.log.commits = 3;
  const EmbeddedGitHost impatient(few);
  const auto page = impatient.log(name, "main", {.path = "rare"});
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(page->commits.empty());
  EXPECT_NE(page->next, "");
  EXPECT_EQ(ids("main", {.path = "rare"}, impatient), lines_of(bare({"log", "--format=%H", "main", "--", "rare"})));
}

TEST_F(HistoryTest, CursorsOfOthersAreRefused) {
  commit_and_push("one");
  for (const std::string cursor :
       {"x", "0123-4", "0123456789012345678901234567890123456789-x", "0123456789012345678901234567890123456789-"}) {
    const auto page = host.log(name, "main", {.after = cursor});
    ASSERT_FALSE(page.ok()) << cursor;
    EXPECT_EQ(page.error().kind, ErrorKind::kInvalid) << cursor;
  }
}

TEST_F(HistoryTest, WhatACommitSays) {
  write("a", "1");
  const auto first = commit("first");
  write("a", "2");
  const auto second = commit_and_push("Recognise\na digit\n\nThe body\nof it");
  const auto found = host.commit(name, "main");
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->id, second);
  EXPECT_EQ(found->parents, std::vector<std::string>{first});
  EXPECT_EQ(found->tree + "\n", bare({"rev-parse", "main^{tree}"}));
  EXPECT_EQ(found->summary(), "Recognise a digit");
  EXPECT_EQ(found->message, "Recognise\na digit\n\nThe body\nof it\n");
  EXPECT_EQ(found->author.name, "Grace Hopper");
  EXPECT_EQ(found->author.email, "grace@example.org");
  EXPECT_EQ(found->author.offset_minutes, 120);
  EXPECT_EQ(base::format_time(found->committer.time),
            base::format_time(base::WallTime(std::chrono::seconds(1'780'000'120))));
}

TEST_F(HistoryTest, TextIsUtf8WhateverTheCommitIsIn) {
  const auto tree = bare({"mktree"}, "").substr(0, 40);
  const auto made = [&](const std::string& encoding, const std::string& message) {
    const auto id = bare({"hash-object", "-t", "commit", "-w", "--stdin", "--literally"},
                         "tree " + tree + "\nauthor Andr\xe9 <a@b> 0 -0330\ncommitter A <a@b> 0 +0000\n" +
                             (encoding.empty() ? "" : "encoding " + encoding + "\n") + "\n" + message);
    return host.commit(name, id.substr(0, 40));
  };
  const auto latin = made("ISO-8859-1", "caf\xe9\n");
  ASSERT_TRUE(latin.ok()) << latin.error().message;
  EXPECT_EQ(latin->message, "café\n");
  EXPECT_EQ(latin->author.name, "André");
  EXPECT_EQ(latin->author.offset_minutes, -210);
  EXPECT_EQ(made("", "caf\xe9\n")->message, "caf\xef\xbf\xbd\n");
  EXPECT_EQ(made("no-such-thing", "caf\xe9\n")->message, "caf\xef\xbf\xbd\n");
}

TEST_F(HistoryTest, Revisions) {
  write("a", "1");
  const auto first = commit("first");
  git({"tag", "v1"});
  git({"tag", "-a", "-m", "the second", "v2"});
  write("a", "2");
  const auto second = commit("second");
  git({"branch", "feature/x"});
  git({"tag", "twice", first});
  git({"branch", "twice", second});
  git({"branch", "agreed", first});
  git({"tag", "agreed", first});
  git({"tag", "leaf", "HEAD:a"});
  git({"push", "--quiet", "--all", "origin"});
  git({"push", "--quiet", "--tags", "origin"});
  for (const bool packed : {false, true}) {
    if (packed) bare({"pack-refs", "--all"});
    const auto is = [&](const std::string& revision) {
      const auto found = host.resolve(name, revision);
      return found ? *found : std::string(to_string(found.error().kind));
    };
    for (const std::string revision : {"", "HEAD", "main", "refs/heads/main", "feature/x"})
      EXPECT_EQ(is(revision), second);
    for (const std::string revision : {"v1", "v2", "refs/tags/v2", "agreed", "refs/tags/twice"})
      EXPECT_EQ(is(revision), first) << revision;
    EXPECT_EQ(is(second), second);
    EXPECT_EQ(is(second.substr(0, 10)), second);
    EXPECT_EQ(is(bare({"rev-parse", "refs/tags/v2"}).substr(0, 40)), first) << "the tag object's own id";
    EXPECT_EQ(is("twice"), "invalid");
    for (const std::string revision :
         {"none", "leaf", "refs/heads/none", "refs/heads/", "main~1", "main^{tree}", ":/first", "HEAD@{1}", "abc",
          "0123456789012345678901234567890123456789", "../../HEAD", "refs/../config", "a b", "-x"})
      EXPECT_EQ(is(revision), "no-revision") << revision;
    EXPECT_EQ(is(bare({"rev-parse", "main:a"}).substr(0, 40)), "no-revision") << "a file's id";
  }
}

TEST_F(HistoryTest, AnAbbreviationThatSeveralObjectsHaveIsRefused) {
  const auto one = git({"hash-object", "-w", "--stdin"}, "object 142").substr(0, 40);
  const auto other = git({"hash-object", "-w", "--stdin"}, "object 646").substr(0, 40);
  const auto shared = one.substr(0, 4);
  ASSERT_EQ(other.substr(0, 4), shared);
  const auto lines = "100644 blob " + one + "\tone" + '\0' + "100644 blob " + other + "\tother" + '\0';
  git({"push", "--quiet", "origin",
       git({"commit-tree", git({"mktree", "-z"}, lines).substr(0, 40), "-m", "x"}).substr(0, 40) + ":refs/heads/main"});
  const auto found = host.resolve(name, shared);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().kind, ErrorKind::kInvalid) << found.error().message;
}

TEST_F(HistoryTest, ADetachedHeadIsNoBranch) {
  const auto id = commit_and_push("one");
  ASSERT_TRUE(base::write_file_atomic(directory(name) / "HEAD", id + "\n").ok());
  const auto head = host.head(name);
  ASSERT_TRUE(head.ok()) << head.error().message;
  EXPECT_EQ(head->branch, "");
  EXPECT_EQ(head->commit, id);
  EXPECT_EQ(*host.resolve(name, ""), id);
}

}  // namespace
}  // namespace causeway::api::git_host
