// A file of 5 GiB through the real git-lfs, both ways. Takes 15 GiB of disk; only with ./causeway test --long.

#include "tests/integration/memory.hpp"
#include "tests/integration/web/lfs_fixture.hpp"

namespace causeway::api {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t kSize = std::uint64_t{5} << 30;
// Of this process, which is the server, with the sanitizer's own: far less than the file.
constexpr std::uint64_t kMemory = 600u << 20;

TEST_F(LfsTest, FiveGibibytesGoThroughInFlatMemory) {
  auto ada = user("ada");
  make("models", true);
  const auto tree = work_tree("models", token(ada, "repository:write"));
  // Not the same everywhere, so that a piece in the wrong place is found.
  {
    std::ofstream file(tree + "/weights.bin", std::ios::binary);
    const auto piece = base::random_bytes((1u << 20) + 1);
    for (std::uint64_t left = kSize; left > 0;) {
      const auto size = std::min<std::uint64_t>(left, piece.size());
      file.write(piece.data(), static_cast<std::streamsize>(size));
      left -= size;
    }
  }
  git_must({"git", "add", "weights.bin"}, tree);
  git_must({"git", "commit", "-q", "-m", "Weights"}, tree);
  fs::remove(tree + "/weights.bin");

  test::forget_peak_memory();
  git_must({"git", "push", "-q", "origin", "main"}, tree);
  ASSERT_EQ(stored().size(), 1u);
  EXPECT_EQ(fs::file_size(stored().front()), kSize);
  const auto after_push = test::peak_memory(::getpid());
  EXPECT_LT(after_push, kMemory);
  fs::remove_all(tree);

  test::forget_peak_memory();
  const auto copy = clone("models");
  const auto after_clone = test::peak_memory(::getpid());
  EXPECT_LT(after_clone, kMemory);
  EXPECT_EQ(fs::file_size(copy + "/weights.bin"), kSize);
  fs::remove(copy + "/weights.bin");
  git_must({"git", "lfs", "fsck"}, copy);  // by its hash
  RecordProperty("push_mib", static_cast<int>(after_push >> 20));
  RecordProperty("clone_mib", static_cast<int>(after_clone >> 20));
  std::printf("peak memory: %d MiB while pushing, %d MiB while cloning\n", static_cast<int>(after_push >> 20),
              static_cast<int>(after_clone >> 20));
}

}  // namespace
}  // namespace causeway::api
