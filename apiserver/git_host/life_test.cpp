#include "apiserver/git_host/life.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include "apiserver/git_host/test_repository.hpp"

namespace causeway::api::git_host {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

class LifeTest : public RepositoryTest {
 protected:
  std::vector<std::string> left_over() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(options.data / ".tmp")) names.push_back(entry.path().filename());
    return names;
  }
};

TEST_F(LifeTest, ANewOneIsAsTheServerExpects) {
  ASSERT_TRUE(host.create({"ada", "new"}, {.default_branch = "trunk", .is_private = false}).ok());
  const git::Repositories served(options.data);
  const auto found = served.find("ada", "new");
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_FALSE((*found)->is_private);
  EXPECT_FALSE((*found)->archived);
  EXPECT_EQ(host.head({"ada", "new"})->branch, "trunk");
  EXPECT_TRUE(served.find("ada", "digits")->value().is_private);
  EXPECT_EQ(host.create({"ada", "new"}, {}).error().kind, ErrorKind::kConflict);
  EXPECT_EQ(host.create({"ada", "../x"}, {}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(host.create({"ada", "x"}, {.default_branch = "a b"}).error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(left_over(), IsEmpty());
}

TEST_F(LifeTest, ADuplicateStandsByItself) {
  write("a", "1");
  const auto id = commit_and_push("one");
  git({"tag", "v1"});
  push("v1");
  bare({"update-ref", "refs/heads/dev", id});
  fs::create_directories(directory(name) / "hooks");
  ASSERT_TRUE(base::write_file_atomic(directory(name) / "hooks/post-receive", "#!/bin/sh\n", 0755).ok());
  bare({"config", "causeway.uid", "source"});
  const RepositoryName copy{"grace", "copy"};
  const auto made = host.duplicate(name, copy, false);
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_FALSE(fs::exists(directory(copy) / "hooks/post-receive")) << "it tells of the source";
  const auto config = *base::read_file(directory(copy) / "config");
  EXPECT_EQ(config.find("uid"), std::string::npos) << config;
  EXPECT_EQ(config.find("remote"), std::string::npos) << config;
  ASSERT_TRUE(host.remove(name).ok());
  EXPECT_EQ(*host.resolve(copy, "v1"), id);
  EXPECT_EQ(*host.resolve(copy, "dev"), id);
  EXPECT_EQ(host.head(copy)->branch, "main");
  EXPECT_EQ(host.read_file(copy, "", "a", 10)->bytes, "1");
  EXPECT_EQ(host.duplicate(name, {"x", "y"}, true).error().kind, ErrorKind::kNoRepository);
  EXPECT_EQ(host.duplicate(copy, copy, true).error().kind, ErrorKind::kConflict);
  EXPECT_THAT(left_over(), IsEmpty());
}

TEST_F(LifeTest, ADuplicateOfNothing) {
  ASSERT_TRUE(host.set_default_branch(name, "trunk").ok());
  const auto made = host.duplicate(name, {"ada", "copy"}, true);
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(host.head({"ada", "copy"})->branch, "trunk");
}

TEST_F(LifeTest, RepositoriesOfAnotherUserAreReadAndWritten) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  write("a", "1");
  const auto id = commit_and_push("one");
  constexpr uid_t kOther = 65532;
  for (const auto& entry : fs::recursive_directory_iterator(options.data))
    ASSERT_EQ(::lchown(entry.path().c_str(), kOther, kOther), 0);
  ASSERT_EQ(*host.resolve(name, "main"), id);
  EXPECT_TRUE(host.create_branch(name, "dev", "main").ok());
  const auto copied = host.duplicate(name, {"ada", "copy"}, true);
  ASSERT_TRUE(copied.ok()) << copied.error().message;
  EXPECT_EQ(*host.resolve({"ada", "copy"}, "dev"), id);
}

TEST_F(LifeTest, MovedAndRemoved) {
  write("a", "1");
  const auto id = commit_and_push("one");
  ASSERT_TRUE(host.create({"grace", "taken"}, {}).ok());
  EXPECT_EQ(host.move(name, {"grace", "taken"}).error().kind, ErrorKind::kConflict);
  ASSERT_TRUE(host.move(name, {"grace", "digits"}).ok());
  EXPECT_FALSE(fs::exists(options.data / "ada")) << "the last one there";
  EXPECT_EQ(host.resolve(name, "").error().kind, ErrorKind::kNoRepository);
  EXPECT_EQ(*host.resolve({"grace", "digits"}, ""), id);
  EXPECT_GT(host.usage({"grace", "digits"})->bytes, 4096u);
  ASSERT_TRUE(host.remove({"grace", "digits"}).ok());
  EXPECT_EQ(host.remove({"grace", "digits"}).error().kind, ErrorKind::kNoRepository);
  EXPECT_THAT(left_over(), IsEmpty());
}

}  // namespace
}  // namespace causeway::api::git_host
