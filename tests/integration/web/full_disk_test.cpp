// The role git's disk has no room: what is there can be read, what does not fit is refused and leaves nothing, and
// there is no need of a restart once there is room.

#include <sys/mount.h>

#include "tests/integration/web/lfs_fixture.hpp"

namespace causeway::api {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;

class FullDiskTest : public LfsTest {
 protected:
  void SetUp() override {
    // The mounts of the test's processes are their own (postgresql.sh).
    if (::geteuid() != 0) GTEST_SKIP() << "a small disk is mounted by root only";
    fs::create_directories(data);
    ASSERT_EQ(::mount("tmpfs", data.c_str(), "tmpfs", 0, "size=8m,mode=0755"), 0) << std::strerror(errno);
    mounted_ = true;
    LfsTest::SetUp();
  }
  ~FullDiskTest() override {
    git.reset();
    if (mounted_) ::umount2(data.c_str(), MNT_DETACH);
  }

  // Leaves some pages, as a disk that is filled by others does.
  void fill() {
    std::ofstream file(data / "filling", std::ios::binary);
    const auto free = fs::space(data).available;
    file << std::string(free - (64u << 10), 'x') << std::flush;
    ASSERT_TRUE(file.good());
  }
  void make_room() { fs::remove(data / "filling"); }

  // Random, so that it does not become smaller.
  static json::object put(const std::string& path, const std::string& bytes) {
    return {{"message", "m"},
            {"changes",
             json::array{json::object{{"action", "put"}, {"path", path}, {"base64", base::base64_encode(bytes)}}}}};
  }
  std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(data)) {
      if (entry.is_regular_file()) all.push_back(fs::relative(entry.path(), data).string());
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  bool mounted_ = false;
};

TEST_F(FullDiskTest, RefusesWhatDoesNotFitAndKeepsWhatWas) {
  auto ada = user("ada");
  make("models", true);
  const auto writes = token(ada, "repository:write");
  auto site = Browser(git->port(), *contract);
  site.cookies = ada.cookies;
  const std::string content = "/api/v1/content/ada/models";
  ASSERT_EQ(site.post(content + "/commits", put("small.bin", "small")).status, 201);
  const auto small = base::random_bytes(1000), large = base::random_bytes(300'000);
  const auto oid = base::sha256_hex(small), large_oid = base::sha256_hex(large);
  for (const auto& [id, size] : {std::pair{oid, small.size()}, {large_oid, large.size()}})
    ASSERT_EQ(
        ask("POST", "models", "objects/batch", writes, batch("upload", id, static_cast<std::int64_t>(size))).status,
        200);
  const auto upload = [&](const std::string& id, const std::string& bytes) {
    return ask("PUT", "models", "objects/" + id, writes, bytes, {{"Content-Type", "application/octet-stream"}}).status;
  };
  ASSERT_EQ(upload(oid, small), 200);
  const auto tree = clone("models");
  git_must({"git", "remote", "set-url", "origin", remote("models", writes)}, tree);
  git_must({"git", "push", "-q", "origin", "main:first"}, tree);  // what a push needs is there from now on
  commit(tree, "large.bin", large);

  fill();
  const auto before = files();
  const auto refused = site.post(content + "/commits", put("large.bin", large));
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_TRUE(refused.headers.get("Retry-After"));
  EXPECT_EQ(upload(large_oid, large), 507);
  EXPECT_FALSE(git_run({"git", "push", "-q", "origin", "main"}, tree).status.success());
  EXPECT_EQ(files(), before) << "nothing stays behind";
  EXPECT_EQ(site.get(content + "/raw/main/small.bin").body, "small");
  EXPECT_EQ(ask("GET", "models", "objects/" + oid, writes).body, small);
  clone("models");

  make_room();
  EXPECT_EQ(upload(large_oid, large), 200);
  git_must({"git", "push", "-q", "origin", "main"}, tree);
  EXPECT_EQ(site.post(content + "/commits", put("other.bin", large)).status, 201);
  EXPECT_EQ(site.get(content + "/raw/main/large.bin").body, large);
  git_must({"git", "-C", (data / "ada" / "models.git").string(), "fsck", "--strict"});
}

}  // namespace
}  // namespace causeway::api
