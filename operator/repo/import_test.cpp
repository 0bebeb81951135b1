#include "operator/repo/import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"
#include "operator/repo/bare_repository.hpp"

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
  EXPECT_THAT(missing.error().message, HasSubstr("/nothing/there"));
}

}  // namespace
}  // namespace causeway::op::repo
