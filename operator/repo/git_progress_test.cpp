#include "operator/repo/git_progress.hpp"

#include <gtest/gtest.h>

namespace causeway::op::repo {
namespace {

using crds::ImportProgress;
using Phase = ImportProgress::Phase;

TEST(GitProgress, IsWhatGitSaidLast) {
  std::string said = "Cloning into bare repository 'x'...\nremote: Enumerating objects: 1000, done.\n";
  EXPECT_EQ(progress_of(said), ImportProgress{});
  said += "Receiving objects:   0% (1/1000)\rReceiving objects:  43% (430/1000), 12.00 MiB | 3.00 MiB/s\r";
  EXPECT_EQ(progress_of(said), (ImportProgress{Phase::kReceiving, 430, 1000}));
  EXPECT_EQ(progress_of(said + "Receiving objects:  44% (44"), (ImportProgress{Phase::kReceiving, 430, 1000}))
      << "the last one that is whole";
  said += "Receiving objects: 100% (1000/1000), 20.00 MiB | 3.00 MiB/s, done.\nResolving deltas:  50% (5/10)\r";
  EXPECT_EQ(progress_of(said), (ImportProgress{Phase::kResolving, 5, 10}));
  EXPECT_EQ(progress_of("Receiving objects: )/("), ImportProgress{});
  EXPECT_EQ(progress_of("Receiving objects: 1% (/)"), ImportProgress{});
}

// As git 2.39 says it.
TEST(GitProgress, AFailureIsSaidToPeople) {
  const auto missing = failure_of(
      "Cloning into bare repository 'x'...\nfatal: could not read Username for 'https://github.com': terminal prompts "
      "disabled\n");
  EXPECT_EQ(missing.reason, "there is no such repository, or it is not public");
  EXPECT_TRUE(missing.permanent);
  EXPECT_TRUE(failure_of("remote: Not here\nfatal: repository 'https://x/y/' not found\n").permanent);
  EXPECT_TRUE(failure_of("fatal: 'x' does not appear to be a git repository\n").permanent);
  EXPECT_TRUE(
      failure_of("error: object 1234: missingSpaceBeforeDate: invalid author\nfatal: fsck error in packed object\n"
                 "fatal: fetch-pack: invalid index-pack output\n")
          .permanent);
  const auto lost = failure_of("fatal: unable to access 'https://x/': Could not resolve host: x\n");
  EXPECT_EQ(lost.reason, "the host cannot be found");
  EXPECT_FALSE(lost.permanent);
  EXPECT_FALSE(failure_of("fatal: unable to access 'https://x/': The requested URL returned error: 502\n").permanent);
  EXPECT_TRUE(failure_of("fatal: unable to access 'https://x/': The requested URL returned error: 403\n").permanent);
  EXPECT_EQ(failure_of("fatal: something new\n").reason, "fatal: something new");
  EXPECT_FALSE(failure_of("").reason.empty());
}

}  // namespace
}  // namespace causeway::op::repo
