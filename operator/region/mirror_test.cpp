#include "operator/region/mirror.hpp"

#include <gtest/gtest.h>

namespace causeway::op::region {
namespace {

using Kind = MirrorAction::Kind;

crds::Assignment assignment(std::int64_t epoch = 1) {
  crds::Assignment a;
  a.metadata.name = "digits-1";
  a.metadata.generation = 3;
  a.spec.epoch = epoch;
  a.spec.image = "r/x@sha256:1";
  return a;
}

TEST(Mirror, CopiesWhatIsNewOrChanged) {
  const auto hub = assignment();
  EXPECT_EQ(decide_mirror(&hub, nullptr).kind, Kind::kWrite);
  auto mirror = hub;
  EXPECT_EQ(decide_mirror(&hub, &mirror).kind, Kind::kNothing);
  mirror.spec.image = "r/x@sha256:0";
  EXPECT_EQ(decide_mirror(&hub, &mirror).kind, Kind::kWrite);
}

TEST(Mirror, BelongsToTheTraceOfItsRolloutUntilThatHasComeToRest) {
  auto hub = assignment();
  EXPECT_FALSE(rollout_of(hub)) << "tracing is off";
  const base::trace::Context rollout{std::string(32, 'a'), std::string(16, 'b')};
  hub.metadata.annotations["causeway.dev/traceparent"] = base::trace::traceparent(rollout);
  EXPECT_EQ(rollout_of(hub), rollout);
  EXPECT_EQ(rollout_of(mirror_of(hub, nullptr, "ns")), rollout) << "the mirror hands it on";
  hub.status.observed_generation = hub.metadata.generation;
  hub.status.stage = crds::AssignmentStage::AppStarting;
  EXPECT_EQ(rollout_of(hub), rollout);
  hub.status.stage = crds::AssignmentStage::Running;
  EXPECT_FALSE(rollout_of(hub)) << "a pod that restarts next week is no part of it";
  ++hub.metadata.generation;
  EXPECT_EQ(rollout_of(hub), rollout);
}

TEST(Mirror, IgnoresAnOlderEpoch) {
  const auto hub = assignment(1);
  const auto mirror = assignment(2);
  EXPECT_EQ(decide_mirror(&hub, &mirror).kind, Kind::kNothing);
  EXPECT_FALSE(decide_mirror(&hub, &mirror).report);
}

TEST(Mirror, TakesUpAnotherDemoOfTheSameNameWhateverItsEpoch) {
  auto hub = assignment(1);
  hub.spec.demo_ref.uid = "second";
  auto mirror = assignment(2);
  mirror.spec.demo_ref.uid = "first";
  EXPECT_EQ(decide_mirror(&hub, &mirror).kind, Kind::kWrite);
}

TEST(Mirror, NeverRemovesAWorkloadBecauseTheHubHasForgottenIt) {
  auto mirror = assignment();
  mirror.status.stage = crds::AssignmentStage::Running;
  EXPECT_EQ(decide_mirror(nullptr, &mirror).kind, Kind::kKeep);
  mirror.spec.desired = crds::Desired::Absent;
  EXPECT_EQ(decide_mirror(nullptr, &mirror).kind, Kind::kKeep) << "its workload is not gone yet";
  mirror.status.stage = crds::AssignmentStage::Absent;
  EXPECT_EQ(decide_mirror(nullptr, &mirror).kind, Kind::kKeep) << "that is what an earlier spec came to";
  mirror.status.observed_generation = mirror.metadata.generation;
  EXPECT_EQ(decide_mirror(nullptr, &mirror).kind, Kind::kRemove);
  EXPECT_EQ(decide_mirror(nullptr, nullptr).kind, Kind::kNothing);
}

TEST(Mirror, ReportsOnlyWhatWasJudgedOfThisSpec) {
  auto hub = assignment();
  auto mirror = hub;
  mirror.status.stage = crds::AssignmentStage::Running;
  mirror.status.ready = true;
  mirror.status.observed_generation = 2;
  EXPECT_FALSE(decide_mirror(&hub, &mirror).report);
  mirror.status.observed_generation = mirror.metadata.generation;
  EXPECT_TRUE(decide_mirror(&hub, &mirror).report);
  hub.status = mirror.status;
  hub.status.observed_generation = hub.metadata.generation;
  EXPECT_FALSE(decide_mirror(&hub, &mirror).report);
}

TEST(Mirror, RemembersSecretsThatAreNoLongerWanted) {
  const auto with = [](std::vector<std::string> names) {
    auto a = assignment();
    for (auto& name : names) a.spec.env_from.push_back({std::move(name), "hash"});
    return a;
  };
  using Names = std::vector<std::string>;
  auto mirror = mirror_of(with({"a", "b", "c"}), nullptr, "causeway-system");
  EXPECT_EQ(former_secrets(mirror), Names{});
  mirror = mirror_of(with({"b"}), &mirror, "causeway-system");
  EXPECT_EQ(former_secrets(mirror), (Names{"a", "c"}));
  mirror = mirror_of(with({"c"}), &mirror, "causeway-system");
  EXPECT_EQ(former_secrets(mirror), (Names{"a", "b"})) << "c is wanted again, a is still there";
  EXPECT_EQ(mirror.metadata.namespace_, "causeway-system");
}

TEST(Mirror, DropsFormerSecretsOnceNothingThatRunsMayNeedThem) {
  auto before = assignment();
  before.spec.env_from.push_back({"old", "hash"});
  const auto hub = assignment();
  auto mirror = mirror_of(hub, &before, "causeway-system");
  mirror.metadata.generation = 2;
  const struct {
    crds::AssignmentStage stage;
    const char* reason;
    std::int64_t observed;
    bool drop;
  } cases[] = {
      {crds::AssignmentStage::Running, "Serving", 1, false},  // that was the old one
      {crds::AssignmentStage::RunningAppStarting, "RollingOut", 2, false},
      {crds::AssignmentStage::Running, "Crashing", 2, false},  // the old one serves on
      {crds::AssignmentStage::AppStarting, "Starting", 2, false},
      {crds::AssignmentStage::Running, "Serving", 2, true},
      {crds::AssignmentStage::Paused, "Paused", 2, true},
  };
  for (const auto& c : cases) {
    mirror.status.stage = c.stage;
    mirror.status.reason = c.reason;
    mirror.status.observed_generation = c.observed;
    EXPECT_EQ(decide_mirror(&hub, &mirror).drop_former_secrets, c.drop) << c.reason << " of generation " << c.observed;
  }
  mirror.metadata.annotations.clear();
  EXPECT_FALSE(decide_mirror(&hub, &mirror).drop_former_secrets) << "there are none";
}

TEST(Mirror, IsTheLastOfItsTenantWhenNothingElseIsLeftOrAskedFor) {
  const auto of = [](const char* tenant, const char* name, bool gone) {
    auto a = std::make_shared<crds::Assignment>(assignment());
    a->metadata.name = name;
    a->spec.tenant_namespace = tenant;
    if (gone) {
      a->spec.desired = crds::Desired::Absent;
      a->status.stage = crds::AssignmentStage::Absent;
      a->status.observed_generation = a->metadata.generation;
    }
    return std::shared_ptr<const crds::Assignment>(a);
  };
  const auto mine = of("u-ada", "digits", true);
  EXPECT_TRUE(last_of_tenant(*mine, {mine}, {}));
  EXPECT_TRUE(last_of_tenant(*mine, {mine, of("u-bob", "x", false)}, {of("u-bob", "x", false)}));
  EXPECT_FALSE(last_of_tenant(*mine, {mine, of("u-ada", "x", false)}, {})) << "the hub has forgotten it: it runs on";
  EXPECT_FALSE(last_of_tenant(*mine, {mine}, {of("u-ada", "x", false)})) << "it comes next";
  EXPECT_TRUE(last_of_tenant(*mine, {mine, of("u-ada", "x", true)}, {})) << "both go at once";
}

}  // namespace
}  // namespace causeway::op::region
