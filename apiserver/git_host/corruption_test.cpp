#include <fstream>
#include <gmock/gmock.h>

#include "apiserver/git_host/test_repository.hpp"

namespace causeway::api::git_host {
namespace {

namespace fs = std::filesystem;

// Whatever is broken, every call answers; what needs the broken part says so.
class CorruptionTest : public RepositoryTest {
 protected:
  void SetUp() override {
    write("a", "content of a\n");
    write("dir/b", std::string(3u << 20, 'b'));
    commit("one");
    write("a", "other content of a\n");
    commit_and_push("two");
  }
  fs::path loose(const std::string& revision) {
    const auto id = bare({"rev-parse", revision}).substr(0, 40);
    return directory(name) / "objects" / id.substr(0, 2) / id.substr(2);
  }
  void overwrite(const fs::path& file, const std::string& bytes) {
    fs::remove(file);
    std::ofstream(file, std::ios::binary) << bytes;
  }
  void overwrite_end(const fs::path& file) {
    const auto bytes = *base::read_file(file);
    overwrite(file, bytes.substr(0, bytes.size() / 2));
  }
  // Calls everything that reads; returns what list, file, history, difference and branches said.
  std::vector<std::string> ask() {
    const auto said = [](const auto& result) { return result ? "ok" : std::string(to_string(result.error().kind)); };
    static_cast<void>(host.head(name));
    static_cast<void>(host.file_info(name, "main", "dir/b"));
    static_cast<void>(host.list_tree(name, "main", "", {.last_commits = true}));
    static_cast<void>(host.list_tree(name, "main", "", {.recursive = true}));
    static_cast<void>(host.log(name, "main", {.path = "dir/b"}));
    static_cast<void>(host.compare(name, "main", "HEAD", {}));
    static_cast<void>(host.tags(name, {}));
    static_cast<void>(host.usage(name));
    return {said(host.list_tree(name, "main", "", {})), said(host.read_file(name, "main", "a", 1u << 20)),
            said(host.log(name, "main", {})), said(host.diff(name, "main", {})), said(host.branches(name, {}))};
  }
  using All = std::vector<std::string>;
};

TEST_F(CorruptionTest, NothingIsWrong) {
  EXPECT_EQ(ask(), (All{"ok", "ok", "ok", "ok", "ok"}));
}

TEST_F(CorruptionTest, AMissingFile) {
  fs::remove(loose("main:a"));
  EXPECT_EQ(ask(), (All{"corrupt", "corrupt", "ok", "corrupt", "ok"}));
}

TEST_F(CorruptionTest, ATruncatedFile) {
  overwrite_end(loose("main:a"));
  EXPECT_EQ(ask()[1], "corrupt");
  EXPECT_EQ(ask()[4], "ok");
}

// However much of it is there: nothing, a part of the header, all but the last byte.
TEST_F(CorruptionTest, ACommitCutAnywhere) {
  const auto file = loose("main");
  const auto whole = *base::read_file(file);
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    overwrite(file, whole.substr(0, length));
    EXPECT_EQ(host.commit(name, "main").error().kind, ErrorKind::kCorrupt) << length;
  }
  overwrite(file, whole.substr(0, whole.size() - 1));
  EXPECT_FALSE(host.commit(name, "main").ok()) << "zlib's checksum is not whole";
}

TEST_F(CorruptionTest, ATruncatedLargeFileIsNoShorterFile) {
  overwrite_end(loose("main:dir/b"));
  const auto streamed = host.stream_file(name, "main", "dir/b", {}, [](std::string_view) { return true; }, {});
  ASSERT_FALSE(streamed.ok());
  EXPECT_EQ(streamed.error().kind, ErrorKind::kCorrupt);
}

TEST_F(CorruptionTest, AFileThatIsAnother) {
  fs::copy_file(loose("main~1:a"), directory(name) / "x");
  const auto bytes = *base::read_file(directory(name) / "x");
  overwrite(loose("main:a"), bytes);
  EXPECT_EQ(ask()[1], "corrupt");
}

TEST_F(CorruptionTest, AMissingDirectoryAndAMissingCommit) {
  const auto parent = loose("main~1");
  fs::remove(loose("main^{tree}"));
  EXPECT_EQ(ask(), (All{"corrupt", "corrupt", "ok", "corrupt", "ok"}));
  fs::remove(parent);
  EXPECT_EQ(ask()[2], "corrupt");
}

TEST_F(CorruptionTest, TheCommitOfABranchIsMissing) {
  fs::remove(loose("main"));
  EXPECT_EQ(ask(), (All{"corrupt", "corrupt", "corrupt", "corrupt", "corrupt"}));
}

TEST_F(CorruptionTest, RefsThatAreNone) {
  overwrite(directory(name) / "refs/heads/main", "no id\n");
  EXPECT_EQ(ask()[0], "corrupt");
  overwrite(directory(name) / "HEAD", "nonsense\n");
  EXPECT_NE(ask()[0], "ok");
  fs::remove(directory(name) / "HEAD");
  EXPECT_NE(ask()[0], "ok");
}

TEST_F(CorruptionTest, PackedRefsThatAreNone) {
  bare({"pack-refs", "--all"});
  overwrite(directory(name) / "packed-refs", "# pack-refs with: peeled\nxyz refs/heads/main\n");
  EXPECT_NE(ask()[0], "ok");
}

TEST_F(CorruptionTest, PacksThatAreCut) {
  bare({"repack", "-adq"});
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory(name) / "objects/pack")) files.push_back(entry.path());
  ASSERT_FALSE(files.empty());
  for (const std::string end : {".pack", ".idx"}) {
    for (const auto& file : files) {
      if (file.extension() == end) overwrite_end(file);
    }
    EXPECT_NE(ask()[0], "ok") << end;
  }
}

// Wrong bytes anywhere in a pack: an answer every time, and never a file with other bytes.
TEST_F(CorruptionTest, PacksWithWrongBytes) {
  bare({"repack", "-adq"});
  fs::path pack;
  for (const auto& entry : fs::directory_iterator(directory(name) / "objects/pack")) {
    if (entry.path().extension() == ".pack") pack = entry.path();
  }
  const auto whole = *base::read_file(pack);
  for (std::size_t at = 12; at < whole.size(); at += 1 + whole.size() / 60) {
    auto bytes = whole;
    for (std::size_t i = at; i < std::min(at + 3, bytes.size()); ++i) bytes[i] = static_cast<char>(~bytes[i]);
    overwrite(pack, bytes);
    ask();
    const auto read = host.read_file(name, "main", "a", 100);
    if (read) {
      EXPECT_EQ(read->bytes, "other content of a\n") << at;
    }
  }
}

TEST_F(CorruptionTest, AConfigurationThatIsNone) {
  overwrite(directory(name) / "config", "[core\nbare = \xff\n");
  for (const auto& one : ask()) EXPECT_NE(one, "ok");
}

TEST_F(CorruptionTest, ACommitIntoABrokenRepositoryFails) {
  fs::remove(loose("main^{tree}"));
  CommitRequest wanted;
  wanted.branch = "main";
  wanted.changes = {PutFile{"x", "1", {}}};
  wanted.message = "x";
  wanted.author = wanted.committer = ada;
  const auto before = *base::read_file(directory(name) / "refs/heads/main");
  const auto done = host.commit_changes(name, wanted);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().kind, ErrorKind::kCorrupt) << done.error().message;
  EXPECT_EQ(*base::read_file(directory(name) / "refs/heads/main"), before);
}

}  // namespace
}  // namespace causeway::api::git_host
