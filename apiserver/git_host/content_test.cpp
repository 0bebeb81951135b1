#include <fstream>
#include <gmock/gmock.h>
#include <mutex>
#include <thread>

#include "apiserver/git/test_pack.hpp"
#include "apiserver/git_host/test_repository.hpp"

namespace causeway::api::git_host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kPointer =
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    "size 12345\n";

class ContentTest : public RepositoryTest {
 protected:
  // "100644 blob ID    SIZE\tPATH" of git ls-tree -l.
  static std::string as_ls_tree(const Entry& entry) {
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%06o", entry.mode);
    const char* type = entry.kind == EntryKind::kDirectory   ? "tree"
                       : entry.kind == EntryKind::kSubmodule ? "commit"
                                                             : "blob";
    std::string size = type == std::string("blob") ? std::to_string(entry.size) : "-";
    size.insert(0, 7 - std::min<std::size_t>(7, size.size()), ' ');
    return std::string(mode.data()) + " " + type + " " + entry.id + " " + size + "\t" + entry.path;
  }
  std::vector<std::string> pages(const std::string& path, TreeQuery query, std::size_t* count = nullptr) {
    std::vector<std::string> all;
    while (true) {
      const auto page = host.list_tree(name, "main", path, query);
      EXPECT_TRUE(page.ok()) << (page ? "" : page.error().message);
      if (!page) return all;
      EXPECT_LE(page->entries.size(), query.limit);
      for (const auto& entry : page->entries) all.push_back(as_ls_tree(entry));
      if (count) ++*count;
      if (page->next.empty()) return all;
      query.after = page->next;
    }
  }
  void fill() {
    write("README.md", "# Digits\n");
    write("app/main.py", "print(1)\n");
    write("app/deep/er/x", "");
    write("app.txt", "sorts before app/\n");
    write("app0", "sorts behind app/\n");
    write("run.sh", "#!/bin/sh\n");
    write("model.bin", kPointer);
    std::filesystem::permissions(work / "run.sh", std::filesystem::perms::owner_all);
    std::filesystem::create_symlink("README.md", work / "link");
    git({"update-index", "--add", "--cacheinfo", "160000,1234567890123456789012345678901234567890,vendor"});
    git({"add", "--all", "--", ":!vendor"});
    git({"commit", "--quiet", "--message", "all kinds"});
    push();
  }
};

TEST_F(ContentTest, ADirectoryIsListedAsGitListsIt) {
  fill();
  EXPECT_EQ(pages("", {}), lines_of(bare({"ls-tree", "-l", "main"})));
  EXPECT_EQ(pages("app", {}), lines_of(bare({"ls-tree", "-l", "main", "app/"})));
  EXPECT_EQ(pages("", {.recursive = true}), lines_of(bare({"ls-tree", "-l", "-r", "-t", "main"})));
}

TEST_F(ContentTest, PagesOfEverySizeGiveEveryEntryOnce) {
  fill();
  const auto flat = lines_of(bare({"ls-tree", "-l", "main"}));
  const auto deep = lines_of(bare({"ls-tree", "-l", "-r", "-t", "main"}));
  auto below = lines_of(bare({"ls-tree", "-l", "-r", "-t", "main", "app/"}));
  below.erase(below.begin());  // app itself
  for (std::size_t limit = 1; limit < deep.size() + 2; ++limit) {
    EXPECT_EQ(pages("", {.limit = limit}), flat) << limit;
    EXPECT_EQ(pages("", {.recursive = true, .limit = limit}), deep) << limit;
    EXPECT_EQ(pages("app", {.recursive = true, .limit = limit}), below) << limit;
  }
}

TEST_F(ContentTest, TenThousandEntriesComeInPages) {
  const auto id = blob("x");
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += "100644 blob " + id + "\tfile-" + std::to_string(i) + '\0';
  commit_tree(lines, "main");
  std::size_t count = 0;
  EXPECT_EQ(pages("", {}, &count), lines_of(bare({"ls-tree", "-l", "main"})));
  EXPECT_EQ(count, 10u);
}

TEST_F(ContentTest, KindsPointersAndSizes) {
  fill();
  const auto info = [&](const std::string& path) {
    auto found = host.file_info(name, "main", path);
    EXPECT_TRUE(found.ok()) << path << (found ? "" : found.error().message);
    return found ? *found : FileInfo{};
  };
  EXPECT_EQ(info("README.md").entry.kind, EntryKind::kFile);
  EXPECT_EQ(info("README.md").entry.size, 9u);
  EXPECT_FALSE(info("README.md").binary);
  EXPECT_EQ(info("run.sh").entry.mode, 0100755u);
  EXPECT_EQ(info("link").entry.kind, EntryKind::kSymlink);
  EXPECT_EQ(info("vendor").entry.kind, EntryKind::kSubmodule);
  EXPECT_EQ(info("vendor").entry.id, "1234567890123456789012345678901234567890");
  EXPECT_EQ(info("app").entry.kind, EntryKind::kDirectory);
  EXPECT_EQ(info("").entry.kind, EntryKind::kDirectory);
  ASSERT_TRUE(info("model.bin").entry.lfs.has_value());
  EXPECT_EQ(info("model.bin").entry.lfs->size, 12345u);
  EXPECT_EQ(host.read_file(name, "main", "link", 100)->bytes, "README.md");
}

TEST_F(ContentTest, WhatIsNotThereSaysSo) {
  fill();
  const auto kind = [&](const std::string& revision, const std::string& path) {
    const auto read = host.read_file(name, revision, path, 100);
    return read ? "read" : std::string(to_string(read.error().kind));
  };
  EXPECT_EQ(kind("main", "nothing"), "no-path");
  EXPECT_EQ(kind("main", "README.md/x"), "no-path");
  EXPECT_EQ(kind("main", "app//main.py"), "no-path");
  EXPECT_EQ(kind("main", "../x"), "no-path");
  EXPECT_EQ(kind("main", std::string("README.md\0x", 11)), "no-path");
  EXPECT_EQ(kind("main", "app"), "invalid");
  EXPECT_EQ(kind("main", "vendor"), "invalid");
  EXPECT_EQ(kind("main", "model.bin"), "too-large");
  EXPECT_EQ(kind("none", "README.md"), "no-revision");
  EXPECT_EQ(host.list_tree(name, "main", "README.md", {}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(host.list_tree(name, "main", "nothing", {}).error().kind, ErrorKind::kNoPath);
  EXPECT_EQ(host.list_tree({"ada", "none"}, "main", "", {}).error().kind, ErrorKind::kNoRepository);
  EXPECT_EQ(host.list_tree({"..", "ada"}, "main", "", {}).error().kind, ErrorKind::kNoRepository);
}

TEST_F(ContentTest, NamesAreTheBytesThatGitHas) {
  const auto id = blob("here");
  const std::vector<std::string> names{"a space", "new\nline", "z\xff\xfe not UTF-8", "\xe4\xb8\xad\xe6\x96\x87"};
  std::string lines;
  for (const auto& one : names) lines += "100644 blob " + id + "\t" + one + '\0';
  commit_tree(lines, "main");
  const auto page = host.list_tree(name, "main", "", {});
  ASSERT_TRUE(page.ok()) << page.error().message;
  EXPECT_THAT(page->entries,
              ElementsAre(testing::Field(&Entry::path, names[0]), testing::Field(&Entry::path, names[1]),
                          testing::Field(&Entry::path, names[2]), testing::Field(&Entry::path, names[3])));
  for (const auto& one : names) {
    const auto read = host.read_file(name, "main", one, 100);
    ASSERT_TRUE(read.ok()) << one;
    EXPECT_EQ(read->bytes, "here");
  }
}

TEST_F(ContentTest, AnEmptyRepositoryHasEmptyListsAndNothingElse) {
  const auto page = host.list_tree(name, "", "", {});
  ASSERT_TRUE(page.ok()) << page.error().message;
  EXPECT_EQ(page->commit, "");
  EXPECT_TRUE(page->entries.empty());
  EXPECT_TRUE(host.list_tree(name, "main", "", {}).ok());
  EXPECT_EQ(host.list_tree(name, "dev", "", {}).error().kind, ErrorKind::kNoRevision);
  EXPECT_EQ(host.read_file(name, "", "README.md", 10).error().kind, ErrorKind::kNoRevision);
  EXPECT_TRUE(host.log(name, "", {})->commits.empty());
  EXPECT_TRUE(host.branches(name, {})->items.empty());
  EXPECT_EQ(host.head(name)->branch, "main");
  EXPECT_EQ(host.head(name)->commit, "");
}

TEST_F(ContentTest, LastCommitsAreThoseOfGitLog) {
  write("a", "1");
  write("b", "1");
  write("dir/x", "1");
  commit("first");
  write("b", "2");
  commit("b again");
  git({"checkout", "--quiet", "-b", "side"});
  write("a", "side");
  write("dir/y", "1");
  commit("on the side");
  git({"checkout", "--quiet", "main"});
  write("c", "1");
  commit("c");
  write("b", "3");
  commit("b once more");
  git({"merge", "--quiet", "--no-ff", "--no-edit", "side"});
  write("d", "1");
  commit_and_push("d");
  for (const std::string path : {"", "dir"}) {
    const auto page = host.list_tree(name, "main", path, {.last_commits = true});
    ASSERT_TRUE(page.ok()) << page.error().message;
    EXPECT_TRUE(page->last_commits_complete);
    EXPECT_FALSE(page->entries.empty());
    for (const auto& entry : page->entries) {
      ASSERT_TRUE(entry.last.has_value()) << entry.path;
      EXPECT_EQ(entry.last->id + "\n", bare({"log", "-1", "--format=%H", "main", "--", entry.path})) << entry.path;
    }
  }
}

TEST_F(ContentTest, LastCommitsGiveUpAndSaySo) {
  write("old", "1");
  commit("first");
  for (int i = 0; i < 5; ++i) {
    write("new", std::to_string(i));
    commit("again");
  }
  push();
  auto few = options;
  few.last_commits.commits = 3;
  const auto page = EmbeddedGitHost(few).list_tree(name, "main", "", {.last_commits = true});
  ASSERT_TRUE(page.ok()) << page.error().message;
  EXPECT_FALSE(page->last_commits_complete);
  ASSERT_EQ(page->entries.size(), 2u);
  EXPECT_TRUE(page->entries[0].last.has_value());
  EXPECT_FALSE(page->entries[1].last.has_value());
}

TEST_F(ContentTest, BytesAndRanges) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + "\n";  // 2 MB: beyond what is read in the process
  write("large", text);
  write("small", text.substr(0, 200'000));
  write("binary", std::string(7999, 'x') + '\0');
  write("late", std::string(8000, 'x') + '\0');
  commit_and_push("files");
  for (const bool packed : {false, true}) {
    if (packed) bare({"repack", "-adq"});
    for (const std::string path : {"large", "small"}) {
      const auto whole = host.read_file(name, "main", path, 10u << 20);
      ASSERT_TRUE(whole.ok()) << whole.error().message;
      const std::string expected = path == "large" ? text : text.substr(0, 200'000);
      EXPECT_TRUE(whole->bytes == expected);
      for (const auto& range : {ByteRange{0, 10}, ByteRange{70'000, 130'000}, ByteRange{199'990, {}}, ByteRange{5, 0},
                                ByteRange{10'000'000, 5}, ByteRange{199'999, ~0ull}}) {
        std::string got;
        const auto streamed = host.stream_file(name, "main", path, range,
                                               [&](std::string_view piece) {
                                                 EXPECT_LE(piece.size(), 64u * 1024);
                                                 got += piece;
                                                 return true;
                                               },
                                               {});
        ASSERT_TRUE(streamed.ok()) << streamed.error().message;
        EXPECT_TRUE(got == (range.offset > expected.size()
                                ? ""
                                : expected.substr(range.offset, range.length.value_or(std::string::npos))))
            << path << " " << range.offset;
      }
    }
    EXPECT_TRUE(host.file_info(name, "main", "binary")->binary);
    EXPECT_FALSE(host.file_info(name, "main", "late")->binary);
    EXPECT_FALSE(host.file_info(name, "main", "large")->binary);
  }
}

TEST_F(ContentTest, ASinkOrAStopTokenEndsAStream) {
  write("large", std::string(3u << 20, 'x'));
  commit_and_push("large");
  int pieces = 0;
  EXPECT_TRUE(host.stream_file(name, "main", "large", {}, [&](std::string_view) { return ++pieces < 3; }, {}).ok());
  EXPECT_EQ(pieces, 3);
  std::stop_source stop;
  const auto stopped = host.stream_file(
      name, "main", "large", {},
      [&](std::string_view) {
        stop.request_stop();
        return true;
      },
      stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().kind, ErrorKind::kCancelled);
}

// The greatest amount of memory that the process had since reset_peak(), in KiB.
long peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  return -1;
}
void reset_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

TEST_F(ContentTest, MemoryStaysFlatForALargeFile) {
  const auto file = (folder.path() / "large").string();
  base::ProcessSpec make;
  make.argv = {"sh", "-c", "head -c 52428800 /dev/urandom >'" + file + "'"};
  ASSERT_TRUE(base::run_checked(make).ok());
  const auto id = bare({"hash-object", "-w", file}).substr(0, 40);
  commit_tree("100644 blob " + id + "\tlarge" + '\0', "main");
  for (const bool packed : {false, true}) {
    if (packed) bare({"repack", "-adq"});
    ASSERT_TRUE(host.file_info(name, "main", "large").ok());
    reset_peak();
    const long before = peak_memory();
    std::ifstream expected(file, std::ios::binary);
    std::uint64_t size = 0;
    bool same = true;
    std::string other;
    const auto streamed = host.stream_file(name, "main", "large", {},
                                           [&](std::string_view piece) {
                                             other.resize(piece.size());
                                             expected.read(other.data(), static_cast<std::streamsize>(other.size()));
                                             same = same && other == piece;
                                             size += piece.size();
                                             return true;
                                           },
                                           {});
    ASSERT_TRUE(streamed.ok()) << streamed.error().message;
    EXPECT_EQ(size, 52'428'800u);
    EXPECT_TRUE(same);
    EXPECT_LT(peak_memory() - before, 10 * 1024) << "KiB more than before, packed: " << packed;
  }
}

TEST_F(ContentTest, ASmallFileThatIsADeltaOfALargeOneIsNotUnpackedHere) {
  constexpr std::uint64_t kBase = 80u << 20;  // more than libgit2 gets
  git::TestPack pack;
  pack.delta(pack.blob_of_nuls(kBase), kBase, 0, "hello\n");
  bare({"index-pack", "--stdin"}, pack.bytes());
  const auto id = bare({"hash-object", "--stdin"}, "hello\n").substr(0, 40);
  commit_tree("100644 blob " + id + "\tsmall" + '\0', "main");
  EXPECT_TRUE(host.file_info(name, "main", "small").ok());
  reset_peak();
  const long before = peak_memory();
  const auto content = host.read_file(name, "main", "small", 100);
  ASSERT_TRUE(content.ok()) << content.error().message;
  EXPECT_EQ(content->bytes, "hello\n");
  EXPECT_FALSE(content->info.binary);
  const auto diff = host.diff(name, "main", {});
  ASSERT_TRUE(diff.ok()) << diff.error().message;
  EXPECT_EQ(diff->files.at(0).omitted, Omitted::kTooLarge);
  EXPECT_FALSE(diff->complete);
  EXPECT_LT(peak_memory() - before, 20 * 1024) << "KiB more than before";

  const EmbeddedGitHost poor({.data = options.data, .child = {32u << 20, 60}});
  const auto refused = poor.read_file(name, "main", "small", 100);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kTooLarge) << refused.error().message;
}

TEST_F(ContentTest, ReadersDoNotNoticeRepackingAndPushes) {
  write("a", "same");
  for (int i = 0; i < 20; ++i) {
    write("file" + std::to_string(i), std::to_string(i));
    commit("one more");
  }
  push();
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  std::mutex mutex;
  std::vector<std::string> failures;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      const auto note = [&](const Error& error) {
        const std::lock_guard lock(mutex);
        failures.push_back(std::string(to_string(error.kind)) + ": " + error.message);
      };
      while (!done) {
        if (const auto page = host.list_tree(name, "main", "", {.last_commits = true}); !page) note(page.error());
        if (const auto read = host.read_file(name, "main", "a", 100); !read) note(read.error());
        if (const auto log = host.log(name, "main", {}); !log) note(log.error());
        ++reads;
      }
    });
  }
  for (int i = 0; i < 6; ++i) {
    write("pushed", std::to_string(i));
    commit_and_push("pushed");
    bare({"pack-refs", "--all"});
    bare(i % 2 == 0 ? std::vector<std::string>{"repack", "-adq"} : std::vector<std::string>{"gc", "-q", "--prune=now"});
  }
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_GT(reads.load(), 3);
  EXPECT_THAT(failures, testing::IsEmpty());
}

TEST_F(ContentTest, ObjectsOfAlternatesAreFound) {
  write("a", "borrowed");
  const auto id = commit_and_push("a");
  ASSERT_TRUE(host.create({"ada", "fork"}, {}).ok());
  const auto fork = directory({"ada", "fork"});
  ASSERT_TRUE(
      base::write_file_atomic(fork / "objects/info/alternates", (directory(name) / "objects").string() + "\n").ok());
  ASSERT_TRUE(base::write_file_atomic(fork / "refs/heads/main", id + "\n").ok());
  const auto read = host.read_file({"ada", "fork"}, "main", "a", 100);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->bytes, "borrowed");
}

}  // namespace
}  // namespace causeway::api::git_host
