#include "operator/image_template/status.hpp"

#include <gtest/gtest.h>

namespace causeway::op::image_template {
namespace {

crds::ImageTemplate make(std::string ns, std::int64_t version, bool deprecated = false) {
  crds::ImageTemplate t;
  t.metadata.namespace_ = std::move(ns);
  t.metadata.name = "python-v" + std::to_string(version);
  t.metadata.generation = 4;
  t.spec.family = "python";
  t.spec.version = version;
  t.spec.deprecated = deprecated;
  t.spec.dockerfile = "FROM a:1\nUSER 1000\nCMD x\n";
  return t;
}

crds::TemplateRef ref(std::optional<std::int64_t> version = {}, std::string ns = {}) {
  return {.family = "python", .version = version, .namespace_ = std::move(ns)};
}

TEST(Status, CountsItsDemosAndKnowsTheLatest) {
  const auto v1 = make("causeway-system", 1), v2 = make("causeway-system", 2);
  const std::vector<const crds::ImageTemplate*> all{&v1, &v2};
  std::vector<crds::Demo> demos(3);
  for (auto& d : demos) {
    d.metadata.namespace_ = "u-ada";
    d.spec.template_ref = ref();
  }
  demos[1].spec.template_ref = ref(1);
  demos[2].spec.template_ref.reset();
  const std::vector<const crds::Demo*> users{&demos[0], &demos[1], &demos[2]};
  const auto first = usage_of(v1, all, users, "causeway-system");
  EXPECT_FALSE(first.latest);
  EXPECT_EQ(first.demo_count, 1);
  const auto second = usage_of(v2, all, users, "causeway-system");
  EXPECT_TRUE(second.latest);
  EXPECT_EQ(second.demo_count, 1);
}

TEST(Status, EveryConditionIsWrittenOnTheFirstVisit) {
  const auto t = make("s", 1);
  const auto status = status_of(t, {true, 2}, base::WallTime{});
  EXPECT_EQ(status.observed_generation, 4);
  EXPECT_EQ(status.demo_count, 2);
  EXPECT_TRUE(status.digest.starts_with("sha256:"));
  EXPECT_TRUE(kube::condition_is_true(status.conditions, "Ready"));
  for (const char* type : {"Deprecated", "Reconciling", "Stalled"}) {
    const auto* condition = kube::find_condition(status.conditions, type);
    ASSERT_NE(condition, nullptr) << type;
    EXPECT_EQ(condition->status, "False") << type;
    EXPECT_FALSE(condition->reason.empty());
  }
  auto broken = t;
  broken.spec.dockerfile = "RUN x\n";
  const auto bad = status_of(broken, {}, base::WallTime{});
  EXPECT_TRUE(kube::condition_is_true(bad.conditions, "Stalled"));
  EXPECT_FALSE(kube::condition_is_true(bad.conditions, "Ready"));
}

}  // namespace
}  // namespace causeway::op::image_template
