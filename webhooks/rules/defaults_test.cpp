#include "webhooks/rules/defaults.hpp"

#include <gtest/gtest.h>

#include "webhooks/rules/testing.hpp"

namespace causeway::webhooks {
namespace {

using testing::World;

TEST(Defaults, ReferencesWithoutANamespaceAreFrozen) {
  World world;
  world.all_templates = {testing::image_template("causeway-system")};
  auto demo = testing::demo();
  demo.spec.template_ref = crds::TemplateRef{.family = "python", .version = {}, .namespace_ = {}};
  fill_in(nullptr, demo, world);
  EXPECT_EQ(demo.spec.repo_ref->namespace_, "u-ada");
  EXPECT_EQ(demo.spec.template_ref->namespace_, "causeway-system");
  EXPECT_EQ(demo.spec.build.mode, crds::BuildMode::Template);
  EXPECT_EQ(demo.spec.scaling.target, 20);

  // A family of one's own that appears later does not take its place, also when the client leaves it out again.
  world.all_templates.push_back(testing::image_template("u-ada"));
  auto again = demo;
  again.spec.template_ref->namespace_.clear();
  fill_in(&demo, again, world);
  EXPECT_EQ(again.spec.template_ref->namespace_, "causeway-system");
  auto another = testing::demo("other");
  another.spec.template_ref = crds::TemplateRef{.family = "python", .version = {}, .namespace_ = {}};
  fill_in(nullptr, another, world);
  EXPECT_EQ(another.spec.template_ref->namespace_, "u-ada");
}

TEST(Defaults, AFamilyThatIsNowhereStaysOpen) {
  auto demo = testing::demo();
  demo.spec.template_ref = crds::TemplateRef{.family = "cobol", .version = {}, .namespace_ = {}};
  fill_in(nullptr, demo, World{});
  EXPECT_EQ(demo.spec.template_ref->namespace_, "");

  // Also once the family is there: what is applied again changes nothing.
  World world;
  world.all_templates.push_back(testing::image_template("u-ada"));
  demo.spec.template_ref->family = "python";
  auto again = demo;
  fill_in(&demo, again, world);
  EXPECT_EQ(again.spec.template_ref->namespace_, "");
}

TEST(Defaults, WhatWasDerivedFollowsWhatItWasDerivedFrom) {
  const World world{};
  auto before = testing::demo();
  fill_in(nullptr, before, world);
  ASSERT_EQ(before.spec.build.mode, crds::BuildMode::Dockerfile);
  auto now = before;
  now.spec.repo_ref.reset();
  now.spec.image = "a@sha256:0";
  now.spec.scaling.metric = crds::ScalingMetric::CPU;
  fill_in(&before, now, world);
  EXPECT_EQ(now.spec.build.mode, crds::BuildMode::Prebuilt);
  EXPECT_EQ(now.spec.scaling.target, 70);
  // What somebody set stays.
  before.spec.scaling.target = 33;
  now = before;
  now.spec.scaling.metric = crds::ScalingMetric::CPU;
  fill_in(&before, now, world);
  EXPECT_EQ(now.spec.scaling.target, 33);
}

TEST(Defaults, TheOtherKinds) {
  auto cluster = testing::cluster("a", "r", "aws");
  fill_in(cluster);
  EXPECT_EQ(cluster.spec.protected_, true);
  auto local = testing::cluster("a", "local-1");
  fill_in(local);
  EXPECT_EQ(local.spec.protected_, false);
  auto image_template = testing::image_template("u-ada");
  fill_in(image_template);
  EXPECT_EQ(image_template.spec.title, "python");
  auto repo = testing::repo("u-ada", "a");
  fill_in(nullptr, repo);
  EXPECT_EQ(repo.spec.display_name, "a");
  auto moved = repo;
  moved.spec.path = "ada/b";
  fill_in(&repo, moved);
  EXPECT_EQ(moved.spec.display_name, "b");
}

}  // namespace
}  // namespace causeway::webhooks
