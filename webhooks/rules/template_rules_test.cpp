#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhooks/rules/rules.hpp"
#include "webhooks/rules/testing.hpp"

namespace causeway::webhooks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::World;

class TemplateRules : public ::testing::Test {
 protected:
  TemplateRules() : v1(testing::image_template("causeway-system", 1)) {
    world.all_templates = {v1};
    auto user = testing::demo();
    user.spec.template_ref = crds::TemplateRef{.family = "python", .version = {}, .namespace_ = {}};
    world.all_demos = {user};
  }
  const crds::ImageTemplate v1;
  World world;
};

TEST_F(TemplateRules, BuildInputsOfAUsedOneAreFrozenBeforeTheStatusSaysSo) {
  auto now = v1;
  now.spec.dockerfile = "FROM b:1\n";
  const auto verdict = judge_template(&v1, now, world);
  ASSERT_EQ(verdict.errors.size(), 1u);
  EXPECT_EQ(verdict.errors[0].path, "spec.dockerfile");
  EXPECT_THAT(verdict.errors[0].accepted, HasSubstr("python-v2"));
  now = v1;
  now.spec.description = "better words";
  EXPECT_THAT(judge_template(&v1, now, world).errors, IsEmpty());
}

TEST_F(TemplateRules, AnUnusedOneMayChange) {
  world.all_templates.push_back(testing::image_template("causeway-system", 2));  // which the demo means now
  auto now = v1;
  now.spec.dockerfile = "FROM b:1\n";
  EXPECT_THAT(judge_template(&v1, now, world).errors, IsEmpty());
}

TEST_F(TemplateRules, OneThatANamespaceOfItsOwnHidesIsUnused) {
  world.all_templates.push_back(testing::image_template("u-ada", 1));
  EXPECT_THAT(judge_template_deletion(v1, world).warnings, IsEmpty());
}

TEST_F(TemplateRules, DeprecatingAndDeletingNamesTheUsers) {
  auto now = v1;
  now.spec.deprecated = true;
  EXPECT_THAT(judge_template(&v1, now, world).warnings, ElementsAre(HasSubstr("u-ada/digits")));
  EXPECT_THAT(judge_template_deletion(v1, world).warnings, ElementsAre(HasSubstr("u-ada/digits")));
}

}  // namespace
}  // namespace causeway::webhooks
