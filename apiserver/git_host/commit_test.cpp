#include <barrier>
#include <fstream>
#include <gmock/gmock.h>
#include <thread>

#include "apiserver/git_host/test_repository.hpp"

namespace causeway::api::git_host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CommitTest : public RepositoryTest {
 protected:
  CommitRequest request(std::vector<Change> changes) const {
    CommitRequest wanted;
    wanted.branch = "main";
    wanted.changes = std::move(changes);
    wanted.message = "Change it";
    wanted.author = wanted.committer = ada;
    return wanted;
  }
  std::string kind(const CommitRequest& wanted) {
    const auto done = host.commit_changes(name, wanted);
    return done ? "committed" : std::string(to_string(done.error().kind));
  }
  void expect_sound() {
    const auto checked = try_bare({"fsck", "--strict", "--no-dangling", "--full"});
    EXPECT_TRUE(checked.status.success()) << checked.out << checked.err;
    EXPECT_EQ(checked.err, "");
  }
  std::vector<std::string> files() { return lines_of(bare({"ls-tree", "-r", "--name-only", "main"})); }
};

TEST_F(CommitTest, TheFirstCommitOfAnEmptyRepository) {
  const auto done = host.commit_changes(name, request({PutFile{"README.md", "# Digits\n", {}}}));
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(done->before, "");
  EXPECT_EQ(bare({"rev-parse", "HEAD"}), done->commit + "\n");
  EXPECT_EQ(bare({"log", "--format=%an <%ae> %ai|%cn|%P|%B", "main"}),
            "Ada Lovelace <ada@example.org> 2026-09-21 16:13:20 +0200|Ada Lovelace||Change it\n\n");
  EXPECT_EQ(bare({"cat-file", "blob", "main:README.md"}), "# Digits\n");
  expect_sound();
}

TEST_F(CommitTest, EverySortOfChangeAtOnce) {
  write("keep", "1");
  write("edit", "1");
  write("run.sh", "1");
  write("gone/a", "1");
  write("gone/b", "1");
  write("only/child", "1");
  write("moved/deep/x", "1");
  write("file-to-dir", "1");
  write("dir-to-file/x", "1");
  std::filesystem::permissions(work / "run.sh", std::filesystem::perms::owner_all);
  const auto before = commit_and_push("before");
  const LfsPointer pointer{std::string(64, 'a'), 7};
  auto wanted =
      request({PutFile{"edit", "2", {}}, PutFile{"run.sh", "2", {}}, PutFile{"tool", "x", FileMode::kExecutable},
               PutFile{"link", "keep", FileMode::kSymlink}, PutPointer{"model.bin", pointer},
               PutFile{"new/deep/file", "", {}}, Remove{"gone"}, Remove{"only/child"}, Move{"moved/deep", "there"},
               Remove{"file-to-dir"}, PutFile{"file-to-dir/x", "1", {}}, Remove{"dir-to-file"}, Move{"keep", "kept"}});
  wanted.expected_head = before;
  const auto done = host.commit_changes(name, wanted);
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(done->before, before);
  EXPECT_EQ(done->tree + "\n", bare({"rev-parse", "main^{tree}"}));
  EXPECT_EQ(bare({"rev-parse", "main^"}), before + "\n");
  EXPECT_THAT(files(), ElementsAre("edit", "file-to-dir/x", "kept", "link", "model.bin", "new/deep/file", "run.sh",
                                   "there/x", "tool"));
  EXPECT_THAT(lines_of(bare({"ls-tree", "--format=%(objectmode) %(path)", "main", "run.sh", "tool", "link", "edit"})),
              ElementsAre("100644 edit", "120000 link", "100755 run.sh", "100755 tool"));
  EXPECT_EQ(host.file_info(name, "main", "model.bin")->entry.lfs, pointer);
  expect_sound();
  // The work tree of a client follows.
  git({"pull", "--quiet", "origin", "main"});
  EXPECT_EQ(*base::read_file(work / "file-to-dir/x"), "1");
}

TEST_F(CommitTest, AnEditedFileStaysWhatItIs) {
  std::filesystem::create_symlink("a", work / "link");
  write("script", "1");
  std::filesystem::permissions(work / "script", std::filesystem::perms::owner_all);
  commit_and_push("one");
  ASSERT_EQ(kind(request({PutFile{"link", "b", {}}, PutFile{"script", "2", {}}})), "committed");
  EXPECT_THAT(lines_of(bare({"ls-tree", "--format=%(objectmode) %(path)", "main"})),
              ElementsAre("120000 link", "100755 script"));
  ASSERT_EQ(kind(request({PutFile{"link", "b", FileMode::kRegular}})), "committed");
  EXPECT_EQ(host.file_info(name, "main", "link")->entry.kind, EntryKind::kFile);
}

// As the first versions of git wrote them: libgit2 reads them and does not write them.
TEST_F(CommitTest, FilesWithFormerModesCanBeMovedAndEdited) {
  const auto id = blob("1");
  std::string entry;  // of a tree's content: "100664 old\0" and the id's bytes; mktree would mend the mode
  for (const std::string one : {"old", "other"}) {
    entry += "100664 " + one + '\0';
    for (std::size_t i = 0; i < id.size(); i += 2) entry += static_cast<char>(std::stoi(id.substr(i, 2), nullptr, 16));
  }
  const auto tree = bare({"hash-object", "-t", "tree", "-w", "--stdin", "--literally"}, entry).substr(0, 40);
  bare({"update-ref", "refs/heads/main", bare({"commit-tree", tree, "-m", "old"}).substr(0, 40)});
  EXPECT_EQ(host.file_info(name, "main", "old")->entry.mode, 0100664u);
  ASSERT_EQ(kind(request({Move{"old", "new"}, PutFile{"other", "3", {}}})), "committed");
  EXPECT_THAT(lines_of(bare({"ls-tree", "--format=%(objectmode) %(path)", "main"})),
              ElementsAre("100644 new", "100644 other"));
}

TEST_F(CommitTest, RemovingEverythingLeavesAnEmptyCommit) {
  write("a/b", "1");
  commit_and_push("one");
  ASSERT_EQ(kind(request({Remove{"a"}})), "committed");
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_TRUE(host.list_tree(name, "main", "", {})->entries.empty());
  expect_sound();
}

TEST_F(CommitTest, WhatIsNotAsTheChangeNeedsItIsRefusedAndChangesNothing) {
  write("file", "1");
  write("dir/x", "1");
  const auto before = commit_and_push("one");
  EXPECT_EQ(kind(request({})), "invalid");
  EXPECT_EQ(kind(request({PutFile{"file", "1", {}}})), "invalid") << "nothing would change";
  EXPECT_EQ(kind(request({PutFile{"dir", "1", {}}})), "conflict");
  EXPECT_EQ(kind(request({PutFile{"file/x", "1", {}}})), "conflict");
  EXPECT_EQ(kind(request({Move{"file", "dir/x"}})), "conflict");
  EXPECT_EQ(kind(request({Remove{"none"}})), "no-path");
  EXPECT_EQ(kind(request({Remove{"dir/none"}})), "no-path");
  EXPECT_EQ(kind(request({Move{"none", "new"}})), "no-path");
  EXPECT_EQ(kind(request({Move{"none", "a"}})), "no-path") << "the target comes first in the directory";
  EXPECT_EQ(kind(request({PutFile{"../x", "1", {}}})), "invalid");
  EXPECT_EQ(kind(request({PutFile{".gIt/config", "1", {}}})), "invalid");
  for (const std::string one : {".gitmodules", ".GITMODULES", "gitmod~1", ".git\u200cmodules"})
    EXPECT_EQ(kind(request({PutFile{one, "1", {}}})), "invalid") << one;
  auto other = request({PutFile{"file", "2", {}}});
  other.branch = "none";
  EXPECT_EQ(kind(other), "no-revision");
  other.branch = "a..b";
  EXPECT_EQ(kind(other), "invalid");
  other = request({PutFile{"file", "2", {}}});
  other.message = " ";
  EXPECT_EQ(kind(other), "invalid");
  other.message = "x";
  other.author.name = "A <b>";
  EXPECT_EQ(kind(other), "invalid");
  EXPECT_EQ(bare({"rev-parse", "main"}), before + "\n");
}

TEST_F(CommitTest, AMoveInAnEmptyRepositoryFindsNothing) {
  EXPECT_EQ(kind(request({Move{"b", "a"}})), "no-path");
  EXPECT_EQ(kind(request({Move{"a", "b"}})), "no-path");
}

TEST_F(CommitTest, ANewBranchBeginsWhereItIsTold) {
  write("a", "1");
  const auto first = commit_and_push("one");
  write("a", "2");
  commit_and_push("two");
  auto wanted = request({PutFile{"b", "1", {}}});
  wanted.branch = "feature/b";
  wanted.start = first;
  wanted.expected_head = "";
  const auto done = host.commit_changes(name, wanted);
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(done->before, "");
  EXPECT_EQ(bare({"rev-parse", "feature/b^"}), first + "\n");
  wanted.changes = {PutFile{"c", "1", {}}};
  EXPECT_EQ(kind(wanted), "conflict") << "it is not new any more";
  wanted.branch = "feature";
  EXPECT_EQ(kind(wanted), "conflict") << "feature/b is there";
}

TEST_F(CommitTest, AnotherHeadThanExpectedIsAConflict) {
  write("a", "1");
  const auto first = commit_and_push("one");
  write("a", "2");
  const auto second = commit_and_push("two");
  auto wanted = request({PutFile{"b", "1", {}}});
  wanted.expected_head = first;
  const auto done = host.commit_changes(name, wanted);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(done.error().message, HasSubstr("is at " + second + ", not at " + first));
}

TEST_F(CommitTest, OfSeveralWithTheSameExpectationOneWins) {
  write("a", "1");
  const auto head = commit_and_push("one");
  constexpr int kWriters = 6;
  std::barrier together(kWriters);
  std::array<std::string, kWriters> outcomes;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      auto wanted = request({PutFile{"b" + std::to_string(i), "1", {}}});
      wanted.expected_head = head;
      together.arrive_and_wait();
      outcomes[static_cast<std::size_t>(i)] = kind(wanted);
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "committed"), 1);
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "conflict"), kWriters - 1);
  EXPECT_EQ(bare({"rev-list", "--count", "main"}), "2\n");
  expect_sound();
}

TEST_F(CommitTest, CommitsBesidePushesLoseNothing) {
  write("a", "1");
  commit_and_push("one");
  std::atomic<int> committed = 0;
  std::thread writer([&] {
    for (int i = 0; i < 8; ++i)
      committed += kind(request({PutFile{"web" + std::to_string(i), "1", {}}})) == "committed";
  });
  // Every push goes to a branch of its own and to main, as far as git lets it.
  int pushed = 0;
  for (int i = 0; i < 4; ++i) {
    git({"fetch", "--quiet", "origin"});
    git({"reset", "--quiet", "--hard", "origin/main"});
    write("git" + std::to_string(i), "1");
    commit("pushed");
    git({"push", "--quiet", "origin", "HEAD:refs/heads/b" + std::to_string(i)});
    base::ProcessSpec spec;
    spec.argv = {"git", "-C", work.string(), "push", "--quiet", "origin", "HEAD:main"};
    spec.err = base::ProcessSpec::Stream::kNull;
    const auto ran = base::run(spec);
    pushed += ran && ran->status.success();
  }
  writer.join();
  EXPECT_GT(committed.load(), 0);
  std::size_t web = 0, by_git = 0;
  for (const auto& file : files()) {
    web += file.starts_with("web");
    by_git += file.starts_with("git");
  }
  EXPECT_EQ(web, static_cast<std::size_t>(committed.load()));
  EXPECT_EQ(by_git, static_cast<std::size_t>(pushed));
  EXPECT_EQ(bare({"rev-list", "--count", "main"}), std::to_string(1 + committed.load() + pushed) + "\n");
  expect_sound();
}

TEST_F(CommitTest, ThePostReceiveHookHearsOfIt) {
  const auto hooks = directory(name) / "hooks";
  std::filesystem::create_directories(hooks);
  ASSERT_TRUE(base::write_file_atomic(hooks / "post-receive", "#!/bin/sh\ncat >>../told\n", 0755).ok());
  const auto first = host.commit_changes(name, request({PutFile{"a", "1", {}}}));
  ASSERT_TRUE(first.ok());
  const auto second = host.commit_changes(name, request({PutFile{"a", "2", {}}}));
  ASSERT_TRUE(second.ok());
  const std::string zeros(40, '0');
  EXPECT_EQ(
      *base::read_file(options.data / "ada/told"),
      zeros + " " + first->commit + " refs/heads/main\n" + first->commit + " " + second->commit + " refs/heads/main\n");
  // A hook that fails takes nothing back.
  ASSERT_TRUE(base::write_file_atomic(hooks / "post-receive", "#!/bin/sh\nexit 3\n", 0755).ok());
  EXPECT_EQ(kind(request({PutFile{"a", "3", {}}})), "committed");
}

TEST_F(CommitTest, LooseObjectsArePackedAndFoundAgain) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(kind(request({PutFile{"a", std::to_string(i), {}}})), "committed");
  bare({"gc", "--quiet", "--prune=now"});
  EXPECT_EQ(host.log(name, "main", {})->commits.size(), 3u);
  ASSERT_EQ(kind(request({PutFile{"a", "4", {}}})), "committed");
  expect_sound();
}

}  // namespace
}  // namespace causeway::api::git_host
