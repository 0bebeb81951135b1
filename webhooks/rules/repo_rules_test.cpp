#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhooks/rules/rules.hpp"
#include "webhooks/rules/testing.hpp"

namespace causeway::webhooks {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing::World;

TEST(RepoRules, TheOwnerIsTheNamespacesAccount) {
  World world;
  EXPECT_THAT(judge_repo(nullptr, testing::repo("u-ada", "a"), world).forbidden, IsEmpty());
  EXPECT_THAT(judge_repo(nullptr, testing::repo("u-ada", "a", "Ada"), world).forbidden, IsEmpty());
  EXPECT_THAT(
      judge_repo(nullptr, testing::repo("u-eve", "a", "ada"), world).forbidden,
      ElementsAre(AllOf(StartsWith("spec.owner: namespace u-eve belongs to \"eve\""), HasSubstr("accepted: \"eve\""))));
  world.owners["u-eve"] = "ada";  // a renamed account keeps its namespace
  EXPECT_THAT(judge_repo(nullptr, testing::repo("u-eve", "a", "ada"), world).forbidden, IsEmpty());
  EXPECT_THAT(judge_repo(nullptr, testing::repo("causeway-system", "a", "anybody"), world).forbidden, IsEmpty());
}

TEST(RepoRules, AnOwnerFromBeforeARenameStays) {
  World world;
  world.owners["u-ada"] = "lovelace";
  const auto before = testing::repo("u-ada", "a");
  auto now = before;
  now.spec.description = "new";
  EXPECT_THAT(judge_repo(&before, now, world).forbidden, IsEmpty());
}

TEST(RepoRules, APathIsOneReposWhateverItsCase) {
  World world;
  world.all_repos = {testing::repo("u-ada", "Digits")};
  auto now = testing::repo("u-ada", "other");
  now.spec.path = "ada/digits";
  const auto verdict = judge_repo(nullptr, now, world);
  ASSERT_EQ(verdict.errors.size(), 1u);
  EXPECT_EQ(verdict.errors[0].path, "spec.path");
  EXPECT_THAT(verdict.errors[0].message, HasSubstr("u-ada/Digits"));
  // Itself, and one that is leaving.
  EXPECT_THAT(judge_repo(nullptr, world.all_repos[0], world).errors, IsEmpty());
  world.all_repos[0].metadata.deletion_timestamp = "2026-01-01T00:00:00Z";
  EXPECT_THAT(judge_repo(nullptr, now, world).errors, IsEmpty());
}

TEST(RepoRules, Visibility) {
  World world;
  auto demo = testing::demo("d", "u-eve");
  demo.spec.repo_ref->namespace_ = "u-ada";
  world.all_demos = {demo};
  const auto hidden = testing::repo("u-ada", "digits");
  auto open = hidden;
  open.spec.visibility = crds::RepoVisibility::Public;
  EXPECT_THAT(judge_repo(&hidden, open, world).warnings, ElementsAre(HasSubstr("whole history")));
  EXPECT_THAT(judge_repo(&open, hidden, world).warnings, ElementsAre(HasSubstr("u-eve/d")));
  EXPECT_THAT(judge_repo(nullptr, open, world).warnings, IsEmpty());
}

TEST(RepoRules, DeletionNamesWhatIsBuiltFromIt) {
  World world;
  EXPECT_THAT(judge_repo_deletion(testing::repo("u-ada", "digits"), world).warnings, IsEmpty());
  world.all_demos = {testing::demo()};
  EXPECT_THAT(judge_repo_deletion(testing::repo("u-ada", "digits"), world).warnings,
              ElementsAre(HasSubstr("u-ada/digits; they run on")));
}

}  // namespace
}  // namespace causeway::webhooks
