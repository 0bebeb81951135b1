#include <gtest/gtest.h>

#include "operator/cluster/testing.hpp"

namespace causeway::op::cluster {
namespace {

using namespace testing;
using crds::ClusterPhase;

// What becomes of a region once there is a cluster: installing, silence, refusal.
TEST(Plan, ASilentRegionIsUnreachableAndInstalledAgainInTime) {
  auto o = ready();
  o.agent.liveness = Liveness::kUnknown;
  o.agent.message = "silent for 45s";
  auto d = decide(cluster(), o);
  EXPECT_EQ(d.phase, ClusterPhase::Unreachable);
  EXPECT_FALSE(d.bootstrap);
  o.agent.liveness = Liveness::kGone;
  EXPECT_FALSE(decide(cluster(), o).bootstrap) << "installed a minute ago";
  o.bootstrapped_at = kNow - 6min;
  EXPECT_TRUE(decide(cluster(), o).bootstrap) << "its token may have expired";
}

TEST(Plan, ARegionThatNeverCameIsInstalledAgain) {
  auto o = ready();
  o.agent.liveness = Liveness::kNeverSeen;
  EXPECT_FALSE(decide(cluster(), o).bootstrap);
  o.bootstrapped_at = kNow - 3min;
  EXPECT_TRUE(decide(cluster(), o).bootstrap);
}

TEST(Plan, ANewPlatformIsInstalledWithoutLeavingReady) {
  auto o = ready();
  o.bootstrap_wanted = "newer";
  auto d = decide(cluster(), o);
  EXPECT_TRUE(d.bootstrap);
  EXPECT_EQ(d.phase, ClusterPhase::Ready);
}

TEST(Plan, TheWrongRegionIsRefused) {
  auto o = ready();
  o.agent.refused = true;
  o.agent.message = "DuplicateRegistration: u-bob/second is this cluster";
  auto d = decide(cluster(), o);
  EXPECT_EQ(d.phase, ClusterPhase::Failed);
  EXPECT_EQ(d.reason, "DuplicateRegistration");
  EXPECT_FALSE(d.bootstrap);
}

TEST(Plan, AfterARevocationTheRightRegionIsGivenANewCredential) {
  auto o = ready();
  o.agent.refused = true;  // by what the wrong one reported last; nobody can report any more
  o.bootstrapped_at = kNow - 1h;
  o.agent.liveness = Liveness::kUnknown;
  EXPECT_FALSE(decide(cluster(), o).bootstrap);
  o.agent.liveness = Liveness::kGone;
  auto d = decide(cluster(), o);
  EXPECT_TRUE(d.bootstrap);
  EXPECT_EQ(d.phase, ClusterPhase::Unreachable);
  o.bootstrapped_at = kNow - 1min;
  EXPECT_FALSE(decide(cluster(), o).bootstrap) << "given a minute ago";
}

TEST(Plan, ASecondClusterOfOneRegionIsRefused) {
  auto o = applied();
  o.bootstrap_failed = o.bootstrap_refused = true;
  o.bootstrap_message = "this cluster is registered as Cluster u-bob/second already";
  auto d = decide(cluster(), o);
  EXPECT_EQ(d.health, Health::kStalled);
  EXPECT_EQ(d.phase, ClusterPhase::Failed);
  EXPECT_EQ(d.reason, "DuplicateRegistration");
  EXPECT_EQ(d.message, o.bootstrap_message);
  EXPECT_TRUE(d.bootstrap && d.again) << "and asked again: the other may be deleted";

  o.agent.liveness = Liveness::kAlive;
  EXPECT_EQ(decide(cluster(), o).health, Health::kStalled) << "two that share a region do not fight over it";
}

TEST(Plan, ClustersThatExistStartAtBootstrapping) {
  crds::Cluster c;
  c.spec.source.kubeconfig_ref = crds::KubeconfigRef{.name = "region"};
  Observation o;
  o.now = kNow;
  o.bootstrap_wanted = "key";
  o.access_missing = "Secret u-ada/region does not exist";
  auto d = decide(c, o);
  EXPECT_EQ(d.phase, ClusterPhase::Bootstrapping);
  EXPECT_EQ(d.message, o.access_missing);
  EXPECT_FALSE(d.bootstrap || d.start);
  o.access = true;
  d = decide(c, o);
  EXPECT_TRUE(d.bootstrap);
  EXPECT_FALSE(d.start);
}

}  // namespace
}  // namespace causeway::op::cluster
