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

}  // namespace
}  // namespace causeway::op::region
