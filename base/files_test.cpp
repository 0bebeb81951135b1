#include "base/files.hpp"

#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace causeway::base {
namespace {

namespace fs = std::filesystem;

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(ReadFile, GivesTheWholeContent) {
  const TemporaryDirectory folder;
  std::string content(100'000, 'x');
  content[50'000] = '\0';
  std::ofstream(folder.path() / "a", std::ios::binary) << content;
  EXPECT_EQ(*read_file(folder.path() / "a"), content);
  EXPECT_FALSE(read_file("/proc/self/stat")->empty()) << "a file whose size is reported as zero";
}

TEST(ReadFile, SaysWhatIsWrong) {
  const TemporaryDirectory folder;
  const auto missing = read_file(folder.path() / "none");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message.find((folder.path() / "none").string()), std::string::npos);
  EXPECT_EQ(read_file(folder.path()).error().code, ErrorCode::kInvalidArgument) << "a folder";
}

TEST(WriteFileAtomic, WritesContentAndModeWhateverTheUmask) {
  const TemporaryDirectory folder;
  const mode_t before = ::umask(0077);
  EXPECT_TRUE(write_file_atomic(folder.path() / "a", "one").ok());
  ::umask(before);
  EXPECT_EQ(*read_file(folder.path() / "a"), "one");
  EXPECT_EQ(mode_of(folder.path() / "a"), 0644u);
  EXPECT_TRUE(write_file_atomic(folder.path() / "a", "two", 0600).ok());
  EXPECT_EQ(*read_file(folder.path() / "a"), "two");
  EXPECT_EQ(mode_of(folder.path() / "a"), 0600u);
  EXPECT_EQ(entries(folder.path()), 1u) << "nothing else is left";
}

TEST(WriteFileAtomic, LeavesNothingWhenItFails) {
  const TemporaryDirectory folder;
  EXPECT_EQ(write_file_atomic(folder.path() / "no" / "a", "x").error().code, ErrorCode::kNotFound);
  fs::create_directory(folder.path() / "taken");
  std::ofstream(folder.path() / "taken" / "inside") << "x";
  EXPECT_FALSE(write_file_atomic(folder.path() / "taken", "x").ok()) << "the target is a folder";
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(WriteFileAtomic, AReaderNeverSeesHalf) {
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "a";
  const std::string one(200'000, '1'), two(100'000, '2');
  ASSERT_TRUE(write_file_atomic(path, one).ok());
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(write_file_atomic(path, i % 2 == 0 ? two : one).ok());
    done = true;
  });
  while (!done) {
    const auto seen = read_file(path);
    ASSERT_TRUE(seen.ok());
    ASSERT_TRUE(*seen == one || *seen == two) << seen->size();
  }
  writer.join();
}

TEST(TemporaryDirectory, IsOursAloneAndGoesWithItsContent) {
  fs::path path;
  {
    const TemporaryDirectory one("prefix"), two("prefix");
    path = one.path();
    EXPECT_NE(one.path(), two.path());
    EXPECT_TRUE(path.filename().string().starts_with("prefix."));
    EXPECT_EQ(mode_of(path), 0700u);
    fs::create_directories(path / "a" / "b");
    std::ofstream(path / "a" / "b" / "c") << "x";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(FileLock, HasOneHolderAtATime) {
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "lock";
  {
    auto first = FileLock::try_acquire(path);
    ASSERT_TRUE(first.ok());
    const auto second = FileLock::try_acquire(path);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
    FileLock moved = std::move(*first);
    EXPECT_FALSE(FileLock::try_acquire(path).ok()) << "a move keeps it";
  }
  EXPECT_TRUE(FileLock::try_acquire(path).ok());
  EXPECT_EQ(FileLock::try_acquire(folder.path() / "no" / "lock").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace causeway::base
