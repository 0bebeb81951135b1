#include "operator/repo/import.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"
#include "operator/repo/bare_repository.hpp"
#include "operator/repo/import_slots.hpp"

namespace causeway::op::repo {
namespace {

using testing::HasSubstr;

TEST(Import, RefusesWhatMayNotBeAsked) {
  const ImportOptions options;
  for (const char* bad : {"http://example.org/x.git", "file:///etc", "ssh://git@example.org/x", "ext::sh -c id",
                          "https://user:pw@example.org/x.git", "https://127.0.0.1/x.git", "https://localhost/x.git",
                          "https://[::1]/x.git", "-upload-pack=x", ""}) {
    const auto remote = checked_remote(bad, options);
    ASSERT_FALSE(remote.ok()) << bad;
    EXPECT_EQ(remote.error().code, base::ErrorCode::kInvalidArgument) << bad << ": " << remote.error().message;
  }
}

TEST(Import, OnlyFromHostsThatAreListed) {
  const ImportOptions options{.hosts = *base::HostPatterns::parse({"github.com", "8.8.8.8"})};
  EXPECT_TRUE(checked_remote("https://8.8.8.8/x.git", options).ok());
  const auto refused = checked_remote("https://8.8.4.4/x.git", options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("leads to 8.8.4.4, and imports may come from: github.com, 8.8.8.8"));
}

TEST(Import, PinsTheAddressThatWasChecked) {
  const auto remote = checked_remote("https://8.8.8.8:8443/x.git", {});
  ASSERT_TRUE(remote.ok()) << remote.error().message;
  EXPECT_EQ(remote->back(), "http.curloptResolve=8.8.8.8:8443:8.8.8.8");
}

TEST(Import, CopiesAndMirrors) {
  const base::TemporaryDirectory folder;
  const BareRepository origin(folder.path() / "origin.git");
  ASSERT_TRUE(origin.init("main").ok());
  const auto tree = origin.git({"hash-object", "-t", "tree", "-w", "/dev/null"});
  ASSERT_TRUE(tree.ok());
  const auto commit = [&](const std::string& branch) {
    auto made =
        origin.git({"-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", "-m", branch, tree->substr(0, 40)});
    ASSERT_TRUE(made.ok());
    ASSERT_TRUE(origin.git({"update-ref", "refs/heads/" + branch, made->substr(0, 40)}).ok());
  };
  commit("main");
  ImportOptions options;
  options.allow_private_addresses = true;
  options.scratch = folder.path();
  const std::string url = "file://" + origin.directory().string();
  const BareRepository copy(folder.path() / "copy.git");
  ASSERT_TRUE(import_repository(url, copy.directory(), options).ok());
  EXPECT_EQ(copy.look("main")->branch_count, 1);
  EXPECT_FALSE(copy.git({"config", "remote.origin.url"}).ok()) << "no remote stays";

  commit("next");
  ASSERT_TRUE(origin.git({"update-ref", "-d", "refs/heads/main"}).ok());
  ASSERT_TRUE(mirror_again(url, copy.directory(), options).ok());
  const auto refs = copy.git({"for-each-ref", "--format=%(refname)"});
  EXPECT_EQ(*refs, "refs/heads/next\n");

  const auto missing = import_repository("file:///nothing/there", folder.path() / "x.git", options);
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().message, HasSubstr("/nothing/there: there is no git repository at this address"));
  EXPECT_EQ(missing.error().code, base::ErrorCode::kInvalidArgument);
}

// A server that never answers, in place of a slow one.
class SlowImport : public testing::Test {
 protected:
  SlowImport() {
    std::filesystem::create_directories(folder.path() / "bin");
    EXPECT_TRUE(base::write_file_atomic(folder.path() / "bin" / "git",
                                        "#!/bin/sh\nfor last; do :; done\nmkdir -p \"$last/objects/pack\"\n"
                                        "head -c 100000 /dev/zero >\"$last/objects/pack/tmp_pack_1\"\n"
                                        "printf 'Receiving objects:  43%% (430/1000), 1 MiB\\r' >&2\n"
                                        "exec sleep 600\n",
                                        0755));
    ::setenv("PATH", ((folder.path() / "bin").string() + ":" + before).c_str(), 1);
    options.allow_private_addresses = true;
    options.scratch = folder.path();
  }
  ~SlowImport() override { ::setenv("PATH", before.c_str(), 1); }
  base::Result<void> import() { return import_repository("https://example.org/x", folder.path() / "x.git", options); }

  const base::TemporaryDirectory folder;
  const std::string before = std::getenv("PATH");
  ImportOptions options;
};

TEST_F(SlowImport, SaysHowFarItIsAndEndsWhenNobodyWantsIt) {
  crds::ImportProgress seen;
  options.watch = [&](const crds::ImportProgress& progress) {
    seen = progress;
    return progress.total == 0;
  };
  const auto ended = import();
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, base::ErrorCode::kCancelled);
  EXPECT_EQ(seen, (crds::ImportProgress{crds::ImportProgress::Phase::kReceiving, 430, 1000, 100000}));
}

TEST_F(SlowImport, TakesNoMoreThanItMay) {
  options.max_bytes = 65536;
  const auto ended = import();
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_THAT(ended.error().message, HasSubstr("larger than"));
}

TEST_F(SlowImport, TakesNoLongerThanItMay) {
  options.timeout = std::chrono::seconds(0);
  const auto ended = import();
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, base::ErrorCode::kUnavailable);
}

TEST(Import, SomeAtOnceAndFewerOfOneNamespace) {
  ImportSlots slots(3, 2);
  const auto first = slots.take("u-ada");
  auto second = slots.take("u-ada");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(slots.take("u-ada"));
  const auto third = slots.take("u-eve");
  EXPECT_TRUE(third);
  EXPECT_FALSE(slots.take("u-bob")) << "all are taken";
  second.reset();
  EXPECT_TRUE(slots.take("u-ada"));
}

}  // namespace
}  // namespace causeway::op::repo
