#include <gmock/gmock.h>

#include "apiserver/git_host/test_repository.hpp"

namespace causeway::api::git_host {
namespace {

class DifferenceTest : public RepositoryTest {
 protected:
  static std::string numbered(int from, int to) {
    std::string text;
    for (int i = from; i < to; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
  }
  // As `git diff --numstat -z -M` has it: additions, deletions, path, or both paths of a rename.
  static std::vector<std::string> numstat(const Diff& diff) {
    std::vector<std::string> lines;
    for (const auto& file : diff.files) {
      const bool binary = file.omitted == Omitted::kBinary;
      const auto counts = binary ? std::string("-\t-\t")
                                 : std::to_string(file.additions) + "\t" + std::to_string(file.deletions) + "\t";
      if (file.kind == ChangeKind::kRenamed) {
        lines.insert(lines.end(), {counts, file.old_path, file.new_path});
      } else {
        lines.push_back(counts + file.new_path);
      }
    }
    return lines;
  }
  static std::string patch(const FileDiff& file) {
    std::string text;
    for (const auto& hunk : file.hunks) {
      text += "@@ -" + std::to_string(hunk.old_start) + "," + std::to_string(hunk.old_lines) + " +" +
              std::to_string(hunk.new_start) + "," + std::to_string(hunk.new_lines) + " @@" + hunk.heading + "\n";
      for (const auto& line : hunk.lines) text += line.origin + line.text + "\n" + (line.no_newline ? "\\\n" : "");
    }
    return text;
  }
};

TEST_F(DifferenceTest, TheFilesAreThoseOfGitDiff) {
  write("edited", numbered(0, 50));
  write("moved", numbered(100, 150));
  write("gone", numbered(200, 203));
  write("blob", std::string("\0\1", 2));
  write("a/b/c", "x\n");
  write("script", "x\n");
  commit("before");
  write("edited", numbered(0, 10) + "new\n" + numbered(12, 50));
  git({"mv", "moved", "a/moved"});
  write("a/moved", numbered(100, 149) + "the end\n");
  git({"rm", "--quiet", "gone"});
  write("blob", std::string("\0\2", 2));
  write("added \"odd\" name\n", "x\n");
  std::filesystem::permissions(work / "script", std::filesystem::perms::owner_all);
  const auto id = commit_and_push("after");
  const auto diff = host.diff(name, "main", {});
  ASSERT_TRUE(diff.ok()) << diff.error().message;
  EXPECT_TRUE(diff->complete);
  EXPECT_EQ(diff->changed_files, 6u);
  EXPECT_EQ(numstat(*diff), lines_of(bare({"diff", "--numstat", "-z", "-M", id + "^", id}), '\0'));
  const auto find = [&](const std::string& path) {
    for (const auto& file : diff->files) {
      if (file.new_path == path) return file;
    }
    ADD_FAILURE() << path;
    return FileDiff{};
  };
  EXPECT_EQ(find("script").old_mode, 0100644u);
  EXPECT_EQ(find("script").new_mode, 0100755u);
  EXPECT_TRUE(find("script").hunks.empty());
  EXPECT_EQ(find("a/moved").old_path, "moved");
  EXPECT_GT(find("a/moved").similarity, 80);
  EXPECT_EQ(find("gone").kind, ChangeKind::kDeleted);
  EXPECT_EQ(find("gone").new_id, "");
  EXPECT_EQ(find("edited").hunks.size(), 1u);
  EXPECT_EQ(
      patch(find("edited")),
      "@@ -8,8 +8,7 @@line 6\n line 7\n line 8\n line 9\n-line 10\n-line 11\n+new\n line 12\n line 13\n line 14\n");
  const auto lines = find("edited").hunks.at(0).lines;
  EXPECT_EQ(lines[0].old_number, 8);
  EXPECT_EQ(lines[5].new_number, 11);
  EXPECT_EQ(lines[5].old_number, -1);
}

TEST_F(DifferenceTest, AFirstCommitAndLinesWithoutAnEnd) {
  write("a", "one\ntwo");
  commit_and_push("first");
  const auto first = host.diff(name, "main", {});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(patch(first->files.at(0)), "@@ -0,0 +1,2 @@\n+one\n+two\n\\\n");
  EXPECT_EQ(first->files.at(0).old_id, "");
  write("a", "one\nTwo\n");
  commit_and_push("second");
  EXPECT_EQ(patch(host.diff(name, "main", {})->files.at(0)), "@@ -1,2 +1,2 @@\n one\n-two\n\\\n+Two\n");
}

TEST_F(DifferenceTest, AMergeIsComparedWithItsFirstParent) {
  write("a", "1\n");
  commit("one");
  git({"checkout", "--quiet", "-b", "side"});
  write("b", "1\n");
  commit("side");
  git({"checkout", "--quiet", "main"});
  write("c", "1\n");
  commit("main");
  git({"merge", "--quiet", "--no-ff", "--no-edit", "side"});
  push();
  const auto diff = host.diff(name, "main", {});
  ASSERT_TRUE(diff.ok());
  EXPECT_EQ(numstat(*diff), (std::vector<std::string>{"1\t0\tb"}));
}

TEST_F(DifferenceTest, LimitsLeaveOutAndSaySo) {
  for (int i = 0; i < 5; ++i) write("f" + std::to_string(i), numbered(0, 10));
  write("large", std::string(3000, 'x'));
  commit_and_push("files");
  const auto some = host.diff(name, "main", {.files = 3});
  ASSERT_TRUE(some.ok());
  EXPECT_EQ(some->files.size(), 3u);
  EXPECT_EQ(some->changed_files, 6u);
  EXPECT_FALSE(some->complete);
  const auto lines = host.diff(name, "main", {.lines = 25, .file_bytes = 2000});
  ASSERT_TRUE(lines.ok());
  EXPECT_FALSE(lines->complete);
  EXPECT_EQ(lines->files.at(1).omitted, Omitted::kNothing);
  EXPECT_EQ(lines->files.at(2).omitted, Omitted::kLimit);
  EXPECT_TRUE(lines->files.at(2).hunks.empty());
  EXPECT_EQ(lines->files.at(2).additions, 10u) << "counted all the same";
  EXPECT_EQ(lines->files.at(5).omitted, Omitted::kTooLarge);
  EXPECT_FALSE(host.diff(name, "main", {.bytes = 10})->complete);
}

TEST_F(DifferenceTest, SymlinksSubmodulesAndChangedTypes) {
  write("a", "1\n");
  write("b", "1\n");
  commit("one");
  std::filesystem::remove(work / "a");
  std::filesystem::create_symlink("b", work / "a");
  git({"update-index", "--add", "--cacheinfo", "160000,1234567890123456789012345678901234567890,vendor"});
  git({"add", "a"});
  git({"commit", "--quiet", "-m", "two"});
  push();
  const auto diff = host.diff(name, "main", {});
  ASSERT_TRUE(diff.ok()) << diff.error().message;
  ASSERT_EQ(diff->files.size(), 2u);
  EXPECT_EQ(diff->files[0].kind, ChangeKind::kTypeChanged);
  EXPECT_EQ(diff->files[0].new_mode, 0120000u);
  EXPECT_EQ(diff->files[1].new_mode, 0160000u);
  EXPECT_EQ(diff->files[1].new_id, "1234567890123456789012345678901234567890");
}

TEST_F(DifferenceTest, ComparingBeginsWhereTheyParted) {
  write("a", "1\n");
  const auto base = commit("base");
  git({"checkout", "--quiet", "-b", "side"});
  write("b", "1\n");
  commit("side");
  write("b", "1\n2\n");
  commit("side again");
  git({"checkout", "--quiet", "main"});
  write("a", "2\n");
  commit("main");
  push("main");
  push("side");
  const auto compared = host.compare(name, "main", "side", {});
  ASSERT_TRUE(compared.ok()) << compared.error().message;
  EXPECT_EQ(compared->merge_base, base);
  EXPECT_EQ(compared->ahead, 2u);
  EXPECT_EQ(compared->behind, 1u);
  std::vector<std::string> ids;
  for (const auto& commit : compared->commits) ids.push_back(commit.id);
  EXPECT_EQ(ids, lines_of(bare({"log", "--format=%H", "main..side"})));
  EXPECT_EQ(numstat(compared->diff), lines_of(bare({"diff", "--numstat", "-z", "-M", "main...side"}), '\0'));
  git({"checkout", "--quiet", "--orphan", "alone"});
  commit("alone");
  push("alone");
  const auto unrelated = host.compare(name, "main", "alone", {});
  ASSERT_TRUE(unrelated.ok()) << unrelated.error().message;
  EXPECT_EQ(unrelated->merge_base, "");
  EXPECT_EQ(host.compare(name, "main", "none", {}).error().kind, ErrorKind::kNoRevision);
}

}  // namespace
}  // namespace causeway::api::git_host
