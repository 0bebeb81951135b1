#include <gmock/gmock.h>

#include "apiserver/git_host/test_repository.hpp"

namespace causeway::api::git_host {
namespace {

using testing::ElementsAre;

class RefsTest : public RepositoryTest {
 protected:
  std::vector<std::string> branch_names(RefQuery query = {}) {
    std::vector<std::string> names;
    while (true) {
      const auto page = host.branches(name, query);
      EXPECT_TRUE(page.ok()) << (page ? "" : page.error().message);
      if (!page) return names;
      for (const auto& branch : page->items) names.push_back(branch.name + (branch.is_default ? "*" : ""));
      if (page->next.empty()) return names;
      query.after = page->next;
    }
  }
  template <class T>
  static std::string kind(const Result<T>& result) {
    return result ? "done" : std::string(to_string(result.error().kind));
  }
};

TEST_F(RefsTest, BranchesInPages) {
  const auto id = commit_and_push("one");
  for (const std::string branch : {"b", "a/x", "a-x", "Z"}) bare({"update-ref", "refs/heads/" + branch, id});
  bare({"pack-refs", "--all"});
  for (const std::string branch : {"c", "a/y"}) bare({"update-ref", "refs/heads/" + branch, id});
  const auto expected = ElementsAre("Z", "a-x", "a/x", "a/y", "b", "c", "main*");
  for (std::size_t limit = 1; limit < 9; ++limit) EXPECT_THAT(branch_names({.limit = limit}), expected) << limit;
  EXPECT_EQ(host.branches(name, {.limit = 1})->items.at(0).commit, id);
  EXPECT_EQ(host.usage(name)->branches, 7u);
}

TEST_F(RefsTest, BranchesAreMadeAndRemoved) {
  write("a", "1");
  const auto first = commit_and_push("one");
  write("a", "2");
  const auto second = commit_and_push("two");
  const auto made = host.create_branch(name, "feature/x", first);
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->commit, first);
  EXPECT_EQ(bare({"rev-parse", "refs/heads/feature/x"}), first + "\n");
  EXPECT_EQ(kind(host.create_branch(name, "feature/x", second)), "conflict");
  EXPECT_EQ(kind(host.create_branch(name, "feature", second)), "conflict");
  bare({"pack-refs", "--all"});
  EXPECT_EQ(kind(host.create_branch(name, "feature/x/y", second)), "conflict") << "also with a packed one";
  EXPECT_EQ(kind(host.create_branch(name, "a..b", second)), "invalid");
  EXPECT_EQ(kind(host.create_branch(name, "other", "none")), "no-revision");
  EXPECT_EQ(kind(host.delete_branch(name, "feature/x", second)), "conflict");
  const std::string smuggled = first + '\0' + "delete refs/heads/main" + '\0' + '\0';
  EXPECT_EQ(kind(host.delete_branch(name, "feature/x", smuggled)), "conflict");
  EXPECT_EQ(*host.resolve(name, "main"), second) << "no command for git is smuggled in";
  EXPECT_EQ(kind(host.delete_branch(name, "main", "")), "conflict") << "the default branch";
  EXPECT_EQ(kind(host.delete_branch(name, "none", "")), "no-revision");
  EXPECT_EQ(kind(host.delete_branch(name, "feature/x", first)), "done");
  EXPECT_THAT(branch_names(), ElementsAre("main*"));
}

TEST_F(RefsTest, RenamingTakesHeadAlong) {
  const auto id = commit_and_push("one");
  ASSERT_EQ(kind(host.rename_branch(name, "main", "trunk")), "done");
  EXPECT_EQ(bare({"symbolic-ref", "HEAD"}), "refs/heads/trunk\n");
  EXPECT_THAT(branch_names(), ElementsAre("trunk*"));
  ASSERT_EQ(kind(host.create_branch(name, "dev", "trunk")), "done");
  ASSERT_EQ(kind(host.rename_branch(name, "dev", "dev2")), "done");
  EXPECT_EQ(bare({"symbolic-ref", "HEAD"}), "refs/heads/trunk\n");
  EXPECT_EQ(kind(host.rename_branch(name, "dev2", "trunk")), "conflict");
  EXPECT_EQ(kind(host.rename_branch(name, "none", "x")), "no-revision");
  EXPECT_EQ(kind(host.rename_branch(name, "dev2", "dev2/x")), "conflict");
  EXPECT_EQ(*host.resolve(name, "dev2"), id);
}

TEST_F(RefsTest, TheDefaultBranch) {
  EXPECT_EQ(kind(host.set_default_branch(name, "trunk")), "done") << "nothing has a commit yet";
  EXPECT_EQ(host.head(name)->branch, "trunk");
  commit_and_push("one");
  EXPECT_EQ(kind(host.set_default_branch(name, "none")), "no-revision");
  EXPECT_EQ(kind(host.set_default_branch(name, "main")), "done");
  EXPECT_EQ(bare({"symbolic-ref", "HEAD"}), "refs/heads/main\n");
}

TEST_F(RefsTest, Tags) {
  const auto id = commit_and_push("one");
  EXPECT_EQ(kind(host.create_tag(name, {"v1", "main", "", {}})), "done");
  const auto annotated = host.create_tag(name, {"v2", "main", "The second", ada});
  ASSERT_TRUE(annotated.ok()) << annotated.error().message;
  EXPECT_EQ(annotated->target, id);
  EXPECT_EQ(annotated->message, "The second\n");
  EXPECT_EQ(annotated->tagger, ada);
  EXPECT_EQ(bare({"for-each-ref", "--format=%(refname:short) %(objecttype) %(taggername)", "refs/tags"}),
            "v1 commit \nv2 tag Ada Lovelace\n");
  EXPECT_EQ(kind(host.create_tag(name, {"v1", "main", "", {}})), "conflict");
  EXPECT_EQ(kind(host.create_tag(name, {"v 3", "main", "", {}})), "invalid");
  EXPECT_EQ(kind(host.create_tag(name, {"v3", "main", "whose?", {}})), "invalid");
  const auto page = host.tags(name, {.limit = 1});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->items.at(0).target, id);
  EXPECT_EQ(page->next, "v1");
  EXPECT_EQ(host.tags(name, {.after = "v1"})->items.at(0), *annotated);
  EXPECT_EQ(kind(host.delete_tag(name, "v2")), "done");
  EXPECT_EQ(kind(host.delete_tag(name, "v2")), "no-revision");
  EXPECT_TRUE(try_bare({"fsck", "--strict"}).status.success());
}

}  // namespace
}  // namespace causeway::api::git_host
