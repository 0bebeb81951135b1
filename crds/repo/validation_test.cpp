#include "crds/repo/validation.hpp"

#include <gtest/gtest.h>

namespace causeway::crds {
namespace {

Repo digits() {
  Repo repo;
  repo.metadata.name = "ada-digits";
  repo.spec.owner = "ada";
  repo.spec.path = "ada/Digits";
  return repo;
}

TEST(RepoValidation, AcceptsTheSmallestOne) {
  EXPECT_EQ(to_string(validate(digits())), "");
}

TEST(RepoValidation, BranchNamesGitWouldRefuse) {
  for (const char* branch : {"a..b", "a//b", "a/", "x.lock", "-x", "a b"}) {
    Repo repo = digits();
    repo.spec.default_branch = branch;
    ASSERT_FALSE(validate(repo).empty()) << branch;
    EXPECT_EQ(validate(repo)[0].path, "spec.defaultBranch");
  }
  Repo repo = digits();
  repo.spec.default_branch = "release/1.0";
  EXPECT_TRUE(validate(repo).empty());
}

TEST(RepoValidation, PathWithoutGitSuffix) {
  Repo repo = digits();
  repo.spec.path = "ada/Digits.git";
  ASSERT_EQ(validate(repo).size(), 1U);
}

TEST(RepoValidation, MirrorsDoNotHammer) {
  Repo repo = digits();
  repo.spec.import_ = RepoImport{"https://git.example.org/a/b", std::nullopt, "1s"};
  ASSERT_EQ(validate(repo).size(), 1U);
  EXPECT_EQ(validate(repo)[0].path, "spec.import.mirrorInterval");
}

TEST(RepoUpdate, TypeAndHostStay) {
  const Repo before = digits();
  Repo after = before;
  after.spec.type = RepoType::Space;
  after.spec.host = RepoHost::GitLab;
  after.spec.description = "free";
  EXPECT_EQ(validate_update(before, after).size(), 2U);
}

TEST(RepoDefaults, TitleFromThePath) {
  Repo repo = digits();
  set_defaults(repo);
  EXPECT_EQ(repo.spec.display_name, "Digits");
}

}  // namespace
}  // namespace causeway::crds
