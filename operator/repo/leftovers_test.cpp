#include "operator/repo/leftovers.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/files.hpp"

namespace causeway::op::repo {
namespace {

namespace fs = std::filesystem;

class LeftoversTest : public testing::Test {
 protected:
  fs::path file(const std::string& name, base::Duration age) {
    const auto path = folder.path() / name;
    fs::create_directories(path.parent_path());
    EXPECT_TRUE(base::write_file_atomic(path, "x"));
    touch(path, age);
    return path;
  }
  void touch(const fs::path& path, base::Duration age) {
    const auto at = std::chrono::duration_cast<std::chrono::seconds>((now - age).time_since_epoch()).count();
    const timespec times[2]{{at, 0}, {at, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }

  const base::TemporaryDirectory folder;
  const base::WallTime now = base::system_clock().wall();
};

TEST_F(LeftoversTest, WhatNobodyWritesIsRemoved) {
  const base::Duration old = std::chrono::hours(7), young = std::chrono::hours(1);
  const auto quarantine = folder.path() / "objects/tmp_objdir-incoming-AbCdEf";
  file("objects/tmp_objdir-incoming-AbCdEf/pack/tmp_pack_1", old);
  touch(quarantine / "pack", old);
  touch(quarantine, old);
  const auto half = file("objects/pack/tmp_pack_2", old), coming = file("objects/pack/tmp_idx_3", young);
  const auto pack = file("objects/pack/pack-1.pack", old), loose = file("objects/ab/cd", old);
  EXPECT_EQ(remove_leftovers(folder.path(), now), 2U);
  EXPECT_FALSE(fs::exists(quarantine));
  EXPECT_FALSE(fs::exists(half));
  EXPECT_TRUE(fs::exists(coming));
  EXPECT_TRUE(fs::exists(pack)) << "what is whole is nobody's to remove";
  EXPECT_TRUE(fs::exists(loose));
  EXPECT_EQ(remove_leftovers(folder.path(), now), 0U);
}

TEST_F(LeftoversTest, APushThatIsUnderWayKeepsItsOwn) {
  const base::Duration old = std::chrono::hours(7);
  const auto quarantine = folder.path() / "objects/tmp_objdir-incoming-AbCdEf";
  file("objects/tmp_objdir-incoming-AbCdEf/pack/tmp_pack_1", std::chrono::minutes(1));
  touch(quarantine / "pack", old);
  touch(quarantine, old);
  EXPECT_EQ(remove_leftovers(folder.path(), now), 0U) << "one of its files was written just now";
  EXPECT_TRUE(fs::exists(quarantine));
}

TEST_F(LeftoversTest, ALinkIsNotFollowed) {
  const base::TemporaryDirectory elsewhere;
  ASSERT_TRUE(base::write_file_atomic(elsewhere.path() / "kept", "x"));
  fs::create_directories(folder.path() / "objects");
  const auto link = folder.path() / "objects/tmp_objdir-link";
  fs::create_symlink(elsewhere.path(), link);
  EXPECT_EQ(remove_leftovers(folder.path(), now + std::chrono::hours(24)), 1U);
  EXPECT_TRUE(fs::exists(elsewhere.path() / "kept"));
  EXPECT_EQ(remove_leftovers("/nonexistent", now), 0U);
}

}  // namespace
}  // namespace causeway::op::repo
