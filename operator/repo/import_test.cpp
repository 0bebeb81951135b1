#include "operator/repo/import.hpp"

#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"
#include "base/process.hpp"
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

// With a program in place of causeway-scan-objects, which finds every blob that says so.
class ScannedImport : public testing::Test {
 protected:
  ScannedImport() {
    std::filesystem::create_directories(folder.path() / "bin");
    EXPECT_TRUE(base::write_file_atomic(folder.path() / "bin" / "causeway-scan-objects", R"(#!/bin/sh
[ "$*" = "--clamd /run/clamd --most-mib 256" ] || exit 3
git -c safe.directory='*' cat-file --batch-all-objects --batch-check='%(objectname) %(objecttype)' | while read -r id type; do
  [ "$type" = blob ] || continue
  echo "$id" >> ")" + (folder.path() / "seen").string() + R"("
  git -c safe.directory='*' cat-file blob "$id" | grep -q MALWARE && echo "$id Fake.Malware"
done
exit 0
)",
                                        0755));
    EXPECT_EQ(::setenv("PATH", ((folder.path() / "bin").string() + ":" + before).c_str(), 1), 0);
    options.allow_private_addresses = true;
    options.scratch = folder.path() / "scratch";
    options.scan.clamd = "/run/clamd";
    std::filesystem::create_directories(options.scratch);
    EXPECT_TRUE(origin.init("main").ok());
    commit("first", "fine");
  }
  ~ScannedImport() override { ::setenv("PATH", before.c_str(), 1); }

  std::string commit(const std::string& file, const std::string& content) {
    EXPECT_TRUE(base::write_file_atomic(folder.path() / "content", content, 0644));
    const auto blob = origin.git({"hash-object", "-w", (folder.path() / "content").string()})->substr(0, 40);
    base::ProcessSpec spec;
    spec.argv = {"sh", "-c", "printf '100644 blob " + blob + "\\t" + file + "\\n' | git mktree"};
    spec.cwd = origin.directory().string();
    const auto tree = base::run_checked(spec)->out.substr(0, 40);
    std::vector<std::string> arguments{"-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", "-m", file, tree};
    if (const auto parent = origin.git({"rev-parse", "--verify", "refs/heads/main"}))
      arguments.insert(arguments.end(), {"-p", parent->substr(0, 40)});
    const auto made = origin.git(arguments);
    EXPECT_TRUE(origin.git({"update-ref", "refs/heads/main", made->substr(0, 40)}).ok());
    return blob;
  }
  std::size_t seen() const {
    const auto text = base::read_file(folder.path() / "seen").value_or("");
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  const std::string before = std::getenv("PATH");
  const base::TemporaryDirectory folder;
  const BareRepository origin{folder.path() / "origin.git"};
  const std::string url = "file://" + origin.directory().string();
  const BareRepository copy{folder.path() / "copy.git"};
  ImportOptions options;
};

TEST_F(ScannedImport, MalwareIsRefusedForGood) {
  commit("tool.exe", "MALWARE");
  const auto refused = import_repository(url, copy.directory(), options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused.error().message, url + ": the file tool.exe is malware: Fake.Malware");
}

TEST_F(ScannedImport, AMirrorTakesNothingThatWasNotLookedThrough) {
  ASSERT_TRUE(import_repository(url, copy.directory(), options).ok());
  EXPECT_EQ(seen(), 1u);
  commit("second", "also fine");
  const auto mirrored = mirror_again(url, copy.directory(), options);
  ASSERT_TRUE(mirrored.ok()) << mirrored.error().message;
  EXPECT_EQ(seen(), 2u) << "only what is new";
  const auto head = origin.git({"rev-parse", "refs/heads/main"});
  EXPECT_EQ(copy.git({"rev-parse", "refs/heads/main"}).value(), *head);

  const auto blob = commit("tool.exe", "MALWARE");
  const auto refused = mirror_again(url, copy.directory(), options);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("the file tool.exe is malware: Fake.Malware"));
  EXPECT_EQ(copy.git({"rev-parse", "refs/heads/main"}).value(), *head);
  EXPECT_FALSE(copy.git({"cat-file", "-e", blob}).ok()) << "nothing of it is kept";

  ASSERT_TRUE(origin.git({"update-ref", "refs/heads/main", head->substr(0, 40)}).ok());
  ASSERT_TRUE(origin.git({"update-ref", "refs/heads/other", head->substr(0, 40)}).ok());
  EXPECT_TRUE(mirror_again(url, copy.directory(), options).ok());
  EXPECT_EQ(copy.git({"for-each-ref", "--format=%(refname)"}).value(), "refs/heads/main\nrefs/heads/other\n");
}

TEST_F(ScannedImport, WhatNobodyKnowsIsTriedAgain) {
  options.scan.clamd = "/run/another";
  const auto refused = import_repository(url, copy.directory(), options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(refused.error().message, url + ": it cannot be looked through for malware now");
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
