// The hooks as git runs them, on repositories made here.
#include "apiserver/git/push_hooks.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/git/environment.hpp"
#include "apiserver/malware/fake_clamd.hpp"
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
    (*spec.env)["PATH"] += ":" CAUSEWAY_BIN;
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

class ScannedPushTest : public PushHooksTest {
 protected:
  PushRules rules() const { return {{}, 0, 0, daemon.options(), report}; }
  ScanReport told() const { return parse_scan_report(base::read_file(report).value_or("")); }
  std::string id_of(const std::string& path) { return git({"rev-parse", "HEAD:" + path}, tree).out.substr(0, 40); }
  const std::string malware{malware::test::kMalware};
  malware::test::FakeClamd daemon;
  const std::filesystem::path report = folder.path() / "report";
};

TEST_F(ScannedPushTest, MalwareIsRefusedAndNamed) {
  std::filesystem::create_directories(tree + "/bin");
  std::ofstream(tree + "/bin/a tool") << "MZ" << malware;
  commit("two");
  git({"rm", "-q", "bin/a tool"}, tree);
  commit("gone again, but in the history");
  const auto id = git({"rev-parse", "HEAD~:bin/a tool"}, tree).out.substr(0, 40);
  const auto refused = push(rules(), {"main", "main:other"});
  EXPECT_FALSE(refused.status.success());
  EXPECT_THAT(refused.err, HasSubstr("remote: the file bin/a tool (" + id + ") is malware: Fake.Malware"));
  EXPECT_FALSE(git({"--git-dir", bare, "cat-file", "-e", id}, "").status.success()) << "nothing of it is kept";
  ASSERT_EQ(told().found.size(), 1u);
  EXPECT_EQ(told().found[0].name, "Fake.Malware");
  EXPECT_EQ(told().found[0].where, "bin/a tool");
  EXPECT_EQ(told().failure, "");
}

TEST_F(ScannedPushTest, APathIsNoLineOfTheReport) {
  std::ofstream(tree + "/a\\nfailed") << malware;
  commit("two");
  EXPECT_FALSE(push(rules(), {"main"}).status.success());
  ASSERT_EQ(told().found.size(), 1u);
  EXPECT_EQ(told().found[0].where, "a\\nfailed");
  EXPECT_EQ(told().failure, "");
}

TEST_F(ScannedPushTest, WhatIsCleanIsKeptAndOnlyWhatComesIsLookedThrough) {
  commit("two");
  EXPECT_TRUE(push(rules(), {"main"}).status.success());
  EXPECT_EQ(daemon.contents(), 1);
  EXPECT_TRUE(push(rules(), {"main:other", ":side"}).status.success());
  EXPECT_EQ(daemon.contents(), 1) << "nothing came";
  EXPECT_TRUE(told().found.empty());
  EXPECT_EQ(told().failure, "");
}

TEST_F(ScannedPushTest, WhatNoBranchLeadsToIsLookedThroughAsWell) {
  // A pack may hold what no commit names.
  std::ofstream(tree + "/stray") << malware;
  const auto id = git({"hash-object", "-w", "stray"}, tree).out.substr(0, 40);
  std::filesystem::remove(tree + "/stray");
  commit("two");
  const auto tip = git({"rev-parse", "HEAD"}, tree).out.substr(0, 40);
  const auto before = git({"rev-parse", "HEAD~"}, tree).out.substr(0, 40);
  const auto pack = (folder.path() / "pack").string();
  base::ProcessSpec spec;
  // Of a push by hand: the command, a flush, the pack.
  const auto line = before + " " + tip + " refs/heads/main\\0report-status";
  spec.argv = {"sh", "-c",
               "{ printf '%04x' " + std::to_string(4 + 40 + 1 + 40 + 1 + 15 + 1 + 13) + "; printf '" + line +
                   "'; printf 0000; { printf '" + id + "\\n'; git rev-list --objects " + before + ".." + tip +
                   "; } | git pack-objects --stdout -q; } > " + pack + " && git -c core.hooksPath=" + hooks.string() +
                   " receive-pack --stateless-rpc " + bare + " < " + pack};
  spec.cwd = tree;
  spec.env = clean_environment();
  (*spec.env)["PATH"] += ":" CAUSEWAY_BIN;
  const auto environment = hook_environment(rules());
  spec.env->insert(environment.begin(), environment.end());
  const auto ran = base::run(spec);
  ASSERT_TRUE(ran) << ran.error().message;
  EXPECT_THAT(ran->err, HasSubstr("the file without a path (" + id + ") is malware"));
  ASSERT_EQ(told().found.size(), 1u) << ran->out << ran->err;
  EXPECT_EQ(told().found[0].where, id);
  EXPECT_EQ(git({"--git-dir", bare, "rev-parse", "main"}, "").out.substr(0, 40), before);
}

TEST_F(ScannedPushTest, WhatIsThereAlreadyDoesNotStandInTheWay) {
  const auto text = base::base64_encode(base::random_bytes(100 << 10));
  commit(text + malware);
  ASSERT_TRUE(push({}, {"main"}).status.success()) << "before anybody looked";
  git({"--git-dir", bare, "config", "receive.unpackLimit", "1"}, "");
  commit(text);  // as a delta of the other, which is kept beside it
  const auto pushed = push(rules(), {"main"});
  EXPECT_TRUE(pushed.status.success()) << pushed.err;
}

TEST_F(ScannedPushTest, WhileNobodyAnswersNothingIsTaken) {
  commit("two");
  auto nobody = rules();
  nobody.scan.socket = "/nonexistent/clamd";
  const auto refused = push(nobody, {"main"});
  EXPECT_FALSE(refused.status.success());
  EXPECT_THAT(refused.err, HasSubstr("remote: the push cannot be looked through for malware now: try again"));
  EXPECT_THAT(refused.err, Not(HasSubstr("nonexistent"))) << "where it is is nobody's business";
  EXPECT_THAT(told().failure, HasSubstr("/nonexistent/clamd"));
  EXPECT_TRUE(push(nobody, {":side"}).status.success()) << "nothing comes";
}

TEST(ScanReport, IsReadLineByLine) {
  const auto report = parse_scan_report("found A.B-1 a file with spaces\nfound C d\n");
  ASSERT_EQ(report.found.size(), 2u);
  EXPECT_EQ(report.found[0].where, "a file with spaces");
  EXPECT_EQ(report.failure, "");
  EXPECT_EQ(parse_scan_report("causeway-scan-objects: no\nfailed\n").failure, "causeway-scan-objects: no");
  EXPECT_NE(parse_scan_report("failed\n").failure, "");
  EXPECT_TRUE(parse_scan_report("").found.empty());
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
