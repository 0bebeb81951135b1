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

class DemoRules : public ::testing::Test {
 protected:
  DemoRules() {
    world.all_repos = {testing::repo("u-ada", "digits")};
    world.all_templates = {testing::image_template("causeway-system")};
    world.all_clusters = {testing::cluster("one", "local-1")};
  }
  Verdict judge(const crds::Demo& now) const { return judge_demo(nullptr, now, world); }

  World world;
  crds::Demo demo = testing::demo();
};

TEST_F(DemoRules, NothingToSayOfAnOrdinaryOne) {
  demo.spec.template_ref = crds::TemplateRef{.family = "python", .version = {}, .namespace_ = {}};
  demo.spec.placement.regions = {"local-1"};
  const auto verdict = judge(demo);
  EXPECT_THAT(verdict.errors, IsEmpty()) << crds::to_string(verdict.errors);
  EXPECT_THAT(verdict.forbidden, IsEmpty());
  EXPECT_THAT(verdict.warnings, IsEmpty());
}

TEST_F(DemoRules, WhatIsNotThereYetIsAWarning) {
  demo.spec.repo_ref->name = "other";
  demo.spec.template_ref = crds::TemplateRef{.family = "cobol", .version = {}, .namespace_ = {}};
  demo.spec.placement.regions = {"local-1", "mars-1"};
  const auto verdict = judge(demo);
  EXPECT_THAT(verdict.errors, IsEmpty());
  EXPECT_THAT(verdict.warnings,
              ElementsAre(AllOf(StartsWith("spec.repoRef: "), HasSubstr("u-ada/other")),
                          AllOf(StartsWith("spec.templateRef: "), HasSubstr("families there are: python")),
                          AllOf(StartsWith("spec.placement.regions[1]: "), HasSubstr("regions with one: local-1"))));
}

TEST_F(DemoRules, APrivateRepoOfOthersIsAsGoodAsNone) {
  world.all_repos = {testing::repo("u-eve", "secret", "eve")};
  demo.spec.repo_ref = crds::ObjectRef{.name = "secret", .namespace_ = "u-eve"};
  EXPECT_THAT(judge(demo).warnings, ElementsAre(HasSubstr("there is no Repo u-eve/secret")));
  world.all_repos[0].spec.visibility = crds::RepoVisibility::Public;
  EXPECT_THAT(judge(demo).warnings, IsEmpty());
}

TEST_F(DemoRules, ParametersOfAnExactVersionAreRefusedAndOfTheLatestOnlyWarnedOf) {
  world.all_templates[0].spec.parameters = {testing::parameter("THREADS", crds::ParameterType::Integer)};
  demo.spec.template_ref = crds::TemplateRef{.family = "python", .version = 1, .namespace_ = {}};
  demo.spec.parameters = {{"THREADS", "many"}};
  auto verdict = judge(demo);
  ASSERT_EQ(verdict.errors.size(), 1u);
  EXPECT_EQ(verdict.errors[0].path, "spec.parameters.THREADS");
  EXPECT_THAT(verdict.errors[0].accepted, HasSubstr("whole number"));

  demo.spec.template_ref->version.reset();
  verdict = judge(demo);
  EXPECT_THAT(verdict.errors, IsEmpty());
  EXPECT_THAT(verdict.warnings, ElementsAre(StartsWith("spec.parameters.THREADS: ")));
}

TEST_F(DemoRules, DeprecatedTemplate) {
  world.all_templates[0].spec.deprecated = true;
  demo.spec.template_ref = crds::TemplateRef{.family = "python", .version = {}, .namespace_ = {}};
  EXPECT_THAT(judge(demo).warnings, ElementsAre(HasSubstr("causeway-system/python-v1 is deprecated")));
}

TEST_F(DemoRules, LegalAndUnwise) {
  demo.spec.repo_ref.reset();
  demo.spec.image = "registry.example.org/a:latest";
  demo.spec.env = {{"HF_TOKEN", "hf_1"}, {"TOKENIZER_CACHE", ""}, {"COLOUR", "red"}};
  demo.spec.build.args = {{"API_KEY", "1"}};
  demo.spec.rollback_to = "digits-abc";
  EXPECT_THAT(judge(demo).warnings,
              ElementsAre(StartsWith("spec.image: "), StartsWith("spec.env[0]: "),
                          StartsWith("spec.build.args.API_KEY: "), StartsWith("spec.rollbackTo: ")));
}

TEST_F(DemoRules, WhatWasWrongBeforeKeepsNobodyFromChangingSomethingElse) {
  crds::Demo before = demo;
  before.spec.placement.failover.after = "1s";  // of a version with other rules
  crds::Demo now = before;
  now.spec.paused = true;
  auto verdict = judge_demo(&before, now, world);
  EXPECT_THAT(verdict.errors, IsEmpty());
  EXPECT_THAT(verdict.warnings, ElementsAre(StartsWith("spec.placement.failover.after: ")));
  now.spec.placement.failover.after = "2s";
  EXPECT_THAT(judge_demo(&before, now, world).errors, ::testing::SizeIs(1));
}

TEST_F(DemoRules, TheOwnerIsTheNamespacesLabel) {
  world.owners["u-ada"] = std::string(60, 'o');
  const auto verdict = judge(demo);
  ASSERT_FALSE(verdict.errors.empty());
  EXPECT_EQ(verdict.errors[0].path, "metadata.name");
}

}  // namespace
}  // namespace causeway::webhooks
