#include "apiserver/lfs/disk_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/files.hpp"

namespace causeway::api::lfs {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using testing::HasSubstr;

class DiskStoreTest : public testing::Test {
 protected:
  static Object object_of(const std::string& content) {
    return {1, base::sha256_hex(content), static_cast<std::int64_t>(content.size())};
  }
  base::Result<void> put(const Object& object, const std::string& content) {
    auto upload = store.receive(object);
    if (!upload) return upload.error();
    for (std::size_t at = 0; at < content.size(); at += 7) {
      if (auto written = (*upload)->write(std::string_view(content).substr(at, 7)); !written) return written;
    }
    return (*upload)->finish();
  }
  std::optional<std::string> get(const std::string& oid, ByteRange range) {
    const auto file = store.open(oid);
    if (!file) return std::nullopt;
    std::string content;
    const auto copied = copy(*file, range, [&](std::string_view piece) {
      content += piece;
      return base::Result<void>();
    });
    return copied ? std::optional(content) : std::nullopt;
  }
  std::vector<std::string> files() {
    std::vector<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      if (entry.is_regular_file()) all.push_back(fs::relative(entry.path(), folder.path() / ".lfs").string());
    }
    return all;
  }
  static base::WallTime later(std::chrono::hours by) { return base::system_clock().wall() + by; }

  base::TemporaryDirectory folder{"causeway-lfs"};
  DiskStore store{folder.path()};
};

TEST_F(DiskStoreTest, WhatIsPutIsThereAndCanBeReadInParts) {
  const std::string content = "the weights of a model";
  const auto object = object_of(content);
  ASSERT_TRUE(put(object, content).ok());
  EXPECT_TRUE(store.check(object, {}).ok());
  EXPECT_EQ(get(object.oid, {0, object.size}), content);
  EXPECT_EQ(get(object.oid, {4, 7}), "weights");
  EXPECT_EQ(get(object.oid, {4, 700}), std::nullopt) << "shorter than it was said to be";
  EXPECT_THAT(files(), testing::ElementsAre("objects/" + object.oid.substr(0, 2) + "/" + object.oid.substr(2, 2) + "/" +
                                            object.oid));
  EXPECT_TRUE(put(object, content).ok()) << "again, by somebody else";
  EXPECT_EQ(files().size(), 1u);
  EXPECT_TRUE(put(object_of(""), "").ok());
}

TEST_F(DiskStoreTest, WhatIsWrongLeavesNothing) {
  const auto object = object_of("weights");
  EXPECT_THAT(put(object, "WEIGHTS").error().message, HasSubstr(base::sha256_hex("WEIGHTS")));
  EXPECT_EQ(put(object, "weigh").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(put(object, "weights and more").error().code, ErrorCode::kInvalidArgument);
  { const auto left = store.receive(object); }
  EXPECT_THAT(files(), testing::IsEmpty());
  EXPECT_EQ(store.check(object, {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store.open(object.oid).error().code, ErrorCode::kNotFound);
}

TEST_F(DiskStoreTest, AFullDiskIsSaidBeforeAnythingIsSent) {
  // More than any disk has.
  const auto upload = store.receive({1, std::string(64, 'a'), std::int64_t{1} << 60});
  ASSERT_FALSE(upload.ok());
  EXPECT_THAT(files(), testing::IsEmpty());
}

TEST_F(DiskStoreTest, TidyingKeepsWhatARepositoryHas) {
  const auto kept = object_of("kept"), orphan = object_of("orphan");
  ASSERT_TRUE(put(kept, "kept").ok());
  ASSERT_TRUE(put(orphan, "orphan").ok());
  ASSERT_TRUE(base::write_file_atomic(folder.path() / ".lfs/incoming/left", "half").ok());
  const DiskStore::Needed needed = [&](const std::vector<std::string>&) { return std::set{kept.oid}; };
  const auto fresh = store.sweep(needed, later(std::chrono::hours(1)), {});
  EXPECT_EQ(fresh->uploads + fresh->trashed + fresh->removed, 0u) << "what is new may be about to be needed";
  const auto swept = store.sweep(needed, later(std::chrono::hours(25)), {});
  ASSERT_TRUE(swept.ok()) << swept.error().message;
  EXPECT_EQ(swept->uploads, 1u);
  EXPECT_EQ(swept->trashed, 1u);
  EXPECT_TRUE(store.open(kept.oid).ok());
  EXPECT_FALSE(store.open(orphan.oid).ok());
  EXPECT_TRUE(fs::exists(folder.path() / ".lfs/trash" / orphan.oid));
  EXPECT_EQ(store.sweep(needed, later(std::chrono::hours(24 * 29)), {})->removed, 0u);
  EXPECT_EQ(store.sweep(needed, later(std::chrono::hours(24 * 31)), {})->removed, 1u);
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(DiskStoreTest, WhatIsNeededWhileItIsTidiedComesBack) {
  const auto object = object_of("wanted again");
  ASSERT_TRUE(put(object, "wanted again").ok());
  int asked = 0;
  const auto swept = store.sweep(
      [&](const std::vector<std::string>&) -> base::Result<std::set<std::string>> {
        return ++asked == 1 ? std::set<std::string>{} : std::set{object.oid};
      },
      later(std::chrono::hours(25)), {});
  EXPECT_EQ(swept->trashed, 0u);
  EXPECT_TRUE(store.open(object.oid).ok());
}

TEST_F(DiskStoreTest, NothingIsTidiedWhileNobodyKnowsWhatIsNeeded) {
  const auto object = object_of("unknown");
  ASSERT_TRUE(put(object, "unknown").ok());
  const auto swept = store.sweep(
      [](const auto&) -> base::Result<std::set<std::string>> {
        return base::Error{ErrorCode::kUnavailable, "no database"};
      },
      later(std::chrono::hours(25)), {});
  EXPECT_FALSE(swept.ok());
  EXPECT_TRUE(store.open(object.oid).ok());
}

}  // namespace
}  // namespace causeway::api::lfs
