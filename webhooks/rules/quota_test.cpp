#include "webhooks/rules/quota.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhooks/rules/testing.hpp"

namespace causeway::webhooks {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Quota : public ::testing::Test {
 protected:
  void limit(kube::Object hard) {
    kube::Object quota = kube::make_object(kube::resources::kResourceQuota, "u-ada", "tenant");
    quota["spec"] = {{"hard", std::move(hard)}};
    quotas.push_back(std::make_shared<const kube::Object>(std::move(quota)));
  }
  crds::Demo demo(std::string name, std::string cpu, std::int64_t copies = 1) const {
    crds::Demo d = testing::demo(std::move(name));
    d.spec.resources.cpu = std::move(cpu);
    d.spec.scaling.max = copies;
    return d;
  }
  std::vector<std::string> check(const crds::Demo* before, const crds::Demo& now) const {
    Verdict verdict;
    Pointers<crds::Demo> all;
    for (const auto& d : others) all.push_back(std::make_shared<const crds::Demo>(d));
    check_quota(
        before, now, all, quotas, [this](const crds::Demo&) { return used_template; }, verdict);
    return verdict.forbidden;
  }

  Pointers<kube::Object> quotas;
  std::vector<crds::Demo> others;
  std::shared_ptr<const crds::ImageTemplate> used_template;
};

TEST_F(Quota, CountsEveryCopyOfEveryDemo) {
  limit({{"requests.cpu", "4"}});
  others = {demo("other", "500m", 4)};
  EXPECT_THAT(check(nullptr, demo("new", "1", 2)), IsEmpty());
  EXPECT_THAT(check(nullptr, demo("new", "1500m", 2)),
              ElementsAre(AllOf(StartsWith("spec.resources.cpu: "), HasSubstr("asks for 3, "), HasSubstr("for 2, "),
                                HasSubstr("ResourceQuota tenant allows 4"), HasSubstr("accepted: 2 or less"))));
  auto two_clusters = demo("new", "1", 2);
  two_clusters.spec.placement.cluster_count = 2;
  EXPECT_THAT(check(nullptr, two_clusters), ::testing::SizeIs(1));
}

TEST_F(Quota, WhoAsksForNothingGetsTheTemplatesOrThePlatforms) {
  limit({{"cpu", "150m"}});
  EXPECT_THAT(check(nullptr, demo("new", "")), IsEmpty());
  EXPECT_THAT(check(nullptr, demo("new", "", 2)), ::testing::SizeIs(1));
  auto image_template = testing::image_template("causeway-system");
  image_template.spec.resources.cpu = "2";
  used_template = std::make_shared<const crds::ImageTemplate>(image_template);
  auto with_template = demo("new", "");
  with_template.spec.template_ref = crds::TemplateRef{.family = "python", .version = {}, .namespace_ = {}};
  EXPECT_THAT(check(nullptr, with_template), ::testing::SizeIs(1));
}

TEST_F(Quota, MemoryAndGpu) {
  limit({{"requests.memory", "1Gi"}, {"requests.nvidia.com/gpu", "1"}});
  auto now = demo("new", "");
  now.spec.resources.memory = "2Gi";
  now.spec.resources.gpu = crds::Gpu{.type = "", .count = 2};
  EXPECT_THAT(check(nullptr, now),
              ElementsAre(StartsWith("spec.resources.memory: "), StartsWith("spec.resources.gpu: ")));
}

TEST_F(Quota, WhoIsAboveAlreadyMayDoWithLessOrTheSame) {
  limit({{"requests.cpu", "1"}});
  const auto before = demo("new", "3");
  others = {before};
  auto now = before;
  now.spec.revision = "v2";
  EXPECT_THAT(check(&before, now), IsEmpty());
  now.spec.resources.cpu = "2";
  EXPECT_THAT(check(&before, now), IsEmpty());
  now.spec.resources.cpu = "4";
  EXPECT_THAT(check(&before, now), ::testing::SizeIs(1));
  now.spec.paused = true;
  EXPECT_THAT(check(&before, now), IsEmpty());
}

TEST_F(Quota, NumbersTooLargeForAnythingAreStillTooLarge) {
  limit({{"requests.memory", "8Pi"}});
  auto now = demo("new", "", 1000);
  now.spec.resources.memory = "7Pi";
  EXPECT_THAT(check(nullptr, now), ::testing::SizeIs(1));
}

}  // namespace
}  // namespace causeway::webhooks
