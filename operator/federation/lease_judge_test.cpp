#include "operator/federation/lease_judge.hpp"

#include <gtest/gtest.h>

namespace causeway::op::federation {
namespace {

using namespace std::chrono_literals;
const base::SteadyTime kStart{1h};

TEST(LeaseJudge, NeverSeenUntilTheFirstRenewal) {
  LeaseJudge judge(kStart);
  judge.observe("1", false, kStart);
  EXPECT_EQ(judge.at(kStart + 10min), Liveness::kNeverSeen);
  judge.observe("2", true, kStart + 10min);
  EXPECT_EQ(judge.at(kStart + 10min), Liveness::kAlive);
}

TEST(LeaseJudge, SilenceTurnsUnknownAndThenGone) {
  LeaseJudge judge(kStart);
  judge.observe("1", true, kStart);
  judge.observe("2", true, kStart + 10s);
  EXPECT_EQ(judge.at(kStart + 49s), Liveness::kAlive);
  EXPECT_EQ(judge.at(kStart + 50s), Liveness::kUnknown);
  EXPECT_EQ(judge.at(kStart + 10s + 5min), Liveness::kGone);
  judge.observe("3", true, kStart + 6min);
  EXPECT_EQ(judge.at(kStart + 6min), Liveness::kAlive);
}

TEST(LeaseJudge, NobodyIsJudgedForOneGraceAfterTheHubsOwnStart) {
  LeaseJudge judge(kStart);
  judge.observe("7", true, kStart + 5s);
  EXPECT_EQ(judge.at(kStart + 39s), Liveness::kAlive);
  EXPECT_EQ(judge.at(kStart + 40s), Liveness::kUnknown) << "the first look is not a renewal";
}

TEST(LeaseJudge, SeeingTheSameVersionAgainIsNoRenewal) {
  LeaseJudge judge(kStart);
  judge.observe("1", true, kStart);
  judge.observe("1", true, kStart + 1min);
  EXPECT_EQ(judge.at(kStart + 1min), Liveness::kUnknown);
}

}  // namespace
}  // namespace causeway::op::federation
