// The hooks as git runs them, on repositories made here.
#include "apiserver/git/push_hooks.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/git/environment.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/process.hpp"

namespace causeway::api::git {
namespace {

using repository::BranchAction;
using testing::HasSubstr;
using testing::Not;

class PushHooksTest : public testing::Test {
 protected:
  PushHooksTest() : hooks(write_push_hooks(folder.path()).value()) {
    git({"init", "-q", "--bare", "-b", "main", bare}, "");
    git({"init", "-q", "-b", "main", tree}, "");
    commit("one");
    EXPECT_TRUE(push({}, {"main", "main:side"}).status.success());
  }

  base::RunOutput git(std::vector<std::string> argv, const std::string& cwd, const PushRules& rules = {}) {
    base::ProcessSpec spec;
    spec.argv = {"git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"};
    spec.argv.insert(spec.argv.end(), argv.begin(), argv.end());
    spec.cwd = cwd;
    spec.env = clean_environment();
    const auto environment = hook_environment(rules);
    spec.env->insert(environment.begin(), environment.end());
    auto ran = base::run(spec);
    return ran ? *ran : base::RunOutput{.status = {.code = 255}, .out = {}, .err = ran.error().message};
  }
  void commit(const std::string& content) {
    std::ofstream(tree + "/file") << content;
    git({"add", "."}, tree);
    EXPECT_TRUE(git({"commit", "-q", "-m", content.substr(0, 10)}, tree).status.success());
  }
  base::RunOutput push(const PushRules& rules, std::vector<std::string> refs) {
    git({"--git-dir", bare, "config", "core.hooksPath", hooks.string()}, "");
    git({"--git-dir", bare, "config", "receive.denyDeleteCurrent", "ignore"}, "");
    std::vector<std::string> argv{"push", bare};
    argv.insert(argv.end(), refs.begin(), refs.end());
    return git(argv, tree, rules);
  }

  base::TemporaryDirectory folder{"causeway-hooks"};
  const std::string bare = folder.path() / "bare.git", tree = folder.path() / "tree";
  const std::filesystem::path hooks;
};

TEST_F(PushHooksTest, WhatIsNotRewrittenGoesOn) {
  const PushRules rules{
      {{BranchAction::kRewrite, "main", "main stays as it was"}, {BranchAction::kDelete, "main", "main stays"}}};
  commit("two");
  EXPECT_TRUE(push(rules, {"main"}).status.success());
  git({"reset", "-q", "--hard", "HEAD~"}, tree);
  commit("three");
  const auto rewritten = push(rules, {"+main"});
  EXPECT_FALSE(rewritten.status.success());
  EXPECT_THAT(rewritten.err, HasSubstr("remote: main stays as it was"));
  EXPECT_THAT(push(rules, {":main"}).err, HasSubstr("remote: main stays"));
  EXPECT_TRUE(push(rules, {"+main:side"}).status.success()) << "of others nothing is said";
  EXPECT_TRUE(push(rules, {":side"}).status.success());
  EXPECT_TRUE(push({}, {"+main"}).status.success());
  EXPECT_TRUE(push({}, {":main"}).status.success());
}

TEST_F(PushHooksTest, AllOrNothing) {
  const PushRules rules{{{BranchAction::kPush, "release/*", "not yours"}}};
  EXPECT_FALSE(push(rules, {"main:other", "main:release/1/0"}).status.success());
  EXPECT_EQ(git({"--git-dir", bare, "for-each-ref", "refs/heads/other"}, "").out, "");
  EXPECT_TRUE(push(rules, {"main:other", "main:release", "main:refs/tags/release/1"}).status.success());
}

TEST_F(PushHooksTest, AQuotaIsOfWhatThereIsAndWhatComes) {
  commit(base::base64_encode(base::random_bytes(300 << 10)));
  const PushRules small{{}, 256 << 10, 0}, large{{}, 4 << 20, 0};
  const auto refused = push(small, {"main"});
  EXPECT_FALSE(refused.status.success());
  EXPECT_THAT(refused.err, HasSubstr("it may take 0 MiB"));
  EXPECT_TRUE(push(large, {"main"}).status.success());
  EXPECT_TRUE(push(small, {":side"}).status.success()) << "nothing comes";
}

TEST_F(PushHooksTest, AFileThatIsTooLargeUnpackedIsNamed) {
  const PushRules rules{{}, 0, 1u << 20};
  std::filesystem::create_directories(tree + "/models");
  for (const auto& [name, size] : {std::pair{"just fits", 1u << 20}, std::pair{"models/too large", (2u << 20) + 1}})
    std::ofstream(tree + "/" + name) << std::string(size, '\0');
  commit("zeros, which take a few KiB packed");
  const auto id = git({"rev-parse", "HEAD:models/too large"}, tree).out.substr(0, 40);
  const auto refused = push(rules, {"main", "main:side"});
  EXPECT_FALSE(refused.status.success());
  EXPECT_THAT(refused.err, HasSubstr("the file models/too large (" + id + ") has 3 MiB, unpacked; it may have 1 MiB."));
  EXPECT_THAT(refused.err, HasSubstr("Git LFS"));
  EXPECT_THAT(refused.err, Not(HasSubstr("just fits")));
  EXPECT_FALSE(git({"--git-dir", bare, "cat-file", "-e", id}, "").status.success()) << "nothing of it is kept";

  EXPECT_TRUE(push({}, {"main"}).status.success());
  EXPECT_TRUE(push(rules, {"main:other"}).status.success()) << "what is there already is not judged again";
  git({"rm", "-q", "models/too large"}, tree);
  commit("without it");
  EXPECT_TRUE(push(rules, {"main"}).status.success());
}

TEST_F(PushHooksTest, WhatADeltaIsOfIsNotPushedAgain) {
  const auto text = base::base64_encode(base::random_bytes(1200 << 10));
  commit(text);
  ASSERT_TRUE(push({}, {"main"}).status.success());
  // Kept as a pack, which then has the large file as well: what is pushed is a delta of it.
  git({"--git-dir", bare, "config", "receive.unpackLimit", "1"}, "");
  commit(text.substr(0, 900 << 10));
  const auto pushed = push({{}, 0, 1u << 20}, {"main"});
  EXPECT_TRUE(pushed.status.success()) << pushed.err;
  EXPECT_THAT(git({"--git-dir", bare, "count-objects", "-v"}, "").out, HasSubstr("packs: 1"));
}

TEST_F(PushHooksTest, WhatCannotBeLookedThroughIsRefused) {
  // A git that cannot do it, before the real one.
  const auto broken = folder.path() / "bin";
  std::filesystem::create_directories(broken);
  ASSERT_TRUE(base::write_file_atomic(broken / "git",
                                      "#!/bin/sh\n[ \"$1\" != cat-file ] || exit 128\nexec " +
                                          base::find_program("git").value() + " \"$@\"\n",
                                      0755)
                  .ok());
  ASSERT_TRUE(base::write_file_atomic(hooks / "real", base::read_file(hooks / "pre-receive").value(), 0755).ok());
  ASSERT_TRUE(base::write_file_atomic(
                  hooks / "pre-receive",
                  "#!/bin/sh\nPATH=" + broken.string() + ":$PATH exec " + (hooks / "real").string() + "\n", 0755)
                  .ok());
  commit("two");
  EXPECT_THAT(push({{}, 0, 1u << 20}, {"main"}).err, HasSubstr("cannot be looked through"));
  EXPECT_TRUE(push({}, {"main"}).status.success()) << "and where nothing is to be looked for it is not";
}

TEST_F(PushHooksTest, TheRepositorysOwnHooksAreAsked) {
  const auto own = std::filesystem::path(bare) / "hooks";
  std::filesystem::create_directories(own);
  const auto seen = (folder.path() / "seen").string();
  for (const char* name : {"pre-receive", "post-receive"})
    ASSERT_TRUE(base::write_file_atomic(own / name,
                                        "#!/bin/sh\necho " + std::string(name) + " >>" + seen + "\ncat >>" + seen +
                                            "\n[ \"$GIT_PUSH_OPTION_0\" != no ]\n",
                                        0755)
                    .ok());
  git({"--git-dir", bare, "config", "receive.advertisePushOptions", "true"}, "");
  commit("two");
  const auto head = git({"rev-parse", "HEAD"}, tree).out.substr(0, 40);
  EXPECT_FALSE(git({"push", "-o", "no", bare, "main"}, tree).status.success());
  EXPECT_TRUE(git({"push", "-o", "yes", bare, "main"}, tree).status.success());
  const auto text = base::read_file(seen).value();
  EXPECT_THAT(text, HasSubstr("pre-receive\n"));
  EXPECT_THAT(text, HasSubstr("post-receive\n"));
  EXPECT_THAT(text.substr(text.find("post-receive")), HasSubstr(head + " refs/heads/main\n"));
}

TEST_F(PushHooksTest, NothingInARuleIsRun) {
  const auto trap = (folder.path() / "trap").string();
  const PushRules rules{
      {{BranchAction::kPush, "$(touch${IFS}" + trap + ")", "$(touch " + trap + ") `touch " + trap + "`"},
       {BranchAction::kPush, "ma?n", "`touch " + trap + "` \"'"},
       {BranchAction::kPush, "a b", "no pattern"}}};
  const auto refused = push(rules, {"main:mann"});
  EXPECT_THAT(refused.err, HasSubstr("`touch"));
  EXPECT_FALSE(std::filesystem::exists(trap));
}

TEST_F(PushHooksTest, TheyAreWrittenAgainWhenTheyAreNotAsTheyHaveToBe) {
  ASSERT_TRUE(base::write_file_atomic(hooks / "pre-receive", "#!/bin/sh\n", 0755).ok());
  EXPECT_EQ(write_push_hooks(folder.path()).value(), hooks);
  EXPECT_THAT(base::read_file(hooks / "pre-receive").value(), HasSubstr("Written by Causeway"));
}

}  // namespace
}  // namespace causeway::api::git
