#include "kube/runtime/leader_election.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using Get = LeaderElection::Get;
using Create = LeaderElection::Create;
using Update = LeaderElection::Update;
using Wait = LeaderElection::Wait;
using Lost = LeaderElection::Lost;

Error unanswered() {
  return Error::from_transport({base::ErrorCode::kConnect, "away"});
}
Error conflict() {
  Error error;
  error.code = 409;
  error.reason = "Conflict";
  return error;
}

struct Driven {
  explicit Driven(std::string id = "me") : election({.ns = "n", .name = "l", .identity = std::move(id)}, 5) {}

  LeaderElection::Action operator()(const LeaderElection::Event& event, base::Duration passed = 0s) {
    now += passed;
    wall += std::chrono::duration_cast<base::WallTime::duration>(passed);
    return election.resume(event, now, wall);
  }
  template <class A>
  static A expect(const LeaderElection::Action& action) {
    const auto* wanted = std::get_if<A>(&action);
    EXPECT_NE(wanted, nullptr) << "another action: " << action.index();
    return wanted ? *wanted : A{};
  }
  void lead() {
    (*this)(LeaderElection::Started{});
    (*this)(LeaderElection::Missing{});
    (*this)(LeaderElection::Written{});
    ASSERT_TRUE(election.leading());
  }

  LeaderElection election;
  base::SteadyTime now{1h};
  base::WallTime wall{std::chrono::hours(24 * 365 * 50)};
};

LeaseRecord held_by(std::string holder, std::string renewed = "t0") {
  return {.holder = std::move(holder),
          .duration_seconds = 15,
          .acquire_time = "t",
          .renew_time = std::move(renewed),
          .transitions = 3};
}

TEST(LeaderElection, CreatesAMissingLeaseAndLeads) {
  Driven e;
  Driven::expect<Get>(e(LeaderElection::Started{}));
  const auto create = Driven::expect<Create>(e(LeaderElection::Missing{}));
  EXPECT_EQ(create.record.holder, "me");
  EXPECT_EQ(create.record.duration_seconds, 15);
  EXPECT_EQ(create.record.transitions, 0);
  EXPECT_FALSE(e.election.leading()) << "not before the server has said so";
  EXPECT_EQ(Driven::expect<Wait>(e(LeaderElection::Written{})).duration, 2s);
  EXPECT_TRUE(e.election.leading());
  // Renewed without a Get: the version is known.
  const auto update = Driven::expect<Update>(e(LeaderElection::Waited{}, 2s));
  EXPECT_EQ(update.record.acquire_time, create.record.acquire_time);
  EXPECT_NE(update.record.renew_time, create.record.renew_time);
}

TEST(LeaderElection, LosingTheRaceToCreateMeansWaiting) {
  Driven e;
  e(LeaderElection::Started{});
  e(LeaderElection::Missing{});
  const auto wait = Driven::expect<Wait>(e(LeaderElection::Failed{conflict()}));
  EXPECT_GE(wait.duration, 2s);
  EXPECT_LE(wait.duration, 4400ms);
  EXPECT_FALSE(e.election.leading());
}

TEST(LeaderElection, JudgesExpiryByItsOwnClockOnly) {
  Driven e;
  e(LeaderElection::Started{});
  // Renewed "long ago" by the other's clock, or in the future: it says nothing.
  Driven::expect<Wait>(e(LeaderElection::Seen{held_by("other", "1990-01-01T00:00:00.000000Z")}));
  Driven::expect<Get>(e(LeaderElection::Waited{}, 14s));
  Driven::expect<Wait>(e(LeaderElection::Seen{held_by("other", "1990-01-01T00:00:00.000000Z")}));
  e(LeaderElection::Waited{}, 1s);
  const auto update = Driven::expect<Update>(e(LeaderElection::Seen{held_by("other", "1990-01-01T00:00:00.000000Z")}));
  EXPECT_EQ(update.record.holder, "me");
  EXPECT_EQ(update.record.transitions, 4);
}

TEST(LeaderElection, EveryRenewalSeenStartsTheTimeAnew) {
  Driven e;
  e(LeaderElection::Started{});
  for (int i = 0; i < 20; ++i) {
    Driven::expect<Wait>(e(LeaderElection::Seen{held_by("other", "t" + std::to_string(i))}));
    e(LeaderElection::Waited{}, 10s);
  }
}

TEST(LeaderElection, TakesAReleasedLeaseAtOnce) {
  Driven e;
  e(LeaderElection::Started{});
  auto released = held_by("");
  released.duration_seconds = 1;
  EXPECT_EQ(Driven::expect<Update>(e(LeaderElection::Seen{released})).record.transitions, 4);
}

TEST(LeaderElection, LeadsOnThroughFailuresShorterThanTheDeadline) {
  Driven e;
  e.lead();
  Driven::expect<Update>(e(LeaderElection::Waited{}, 2s));
  Driven::expect<Wait>(e(LeaderElection::Failed{unanswered()}, 1s));  // 3 s after the renewal
  // Whether that write arrived is not known: look first.
  Driven::expect<Get>(e(LeaderElection::Waited{}, 2s));
  Driven::expect<Update>(e(LeaderElection::Seen{held_by("me")}));
  Driven::expect<Wait>(e(LeaderElection::Written{}));
  EXPECT_TRUE(e.election.leading());
  Driven::expect<Update>(e(LeaderElection::Waited{}, 2s));
}

TEST(LeaderElection, GivesUpBeforeTheLeaseRunsOut) {
  Driven e;
  e.lead();
  base::Duration passed = 0s;
  while (true) {
    const auto action = e(passed == 0s ? LeaderElection::Event(LeaderElection::Waited{})
                                       : LeaderElection::Event(LeaderElection::Failed{unanswered()}),
                          passed == 0s ? 2s : 1s);
    passed += passed == 0s ? 2s : 1s;
    if (std::holds_alternative<Lost>(action)) break;
    ASSERT_LT(passed, 11s) << "still leading after the deadline";
    if (const auto* wait = std::get_if<Wait>(&action)) {
      passed += wait->duration;
      const auto next = e(LeaderElection::Waited{}, wait->duration);
      if (std::holds_alternative<Lost>(next)) break;
    }
  }
  EXPECT_FALSE(e.election.leading());
  EXPECT_GE(passed, 10s);
  EXPECT_LE(passed, 11s);
}

TEST(LeaderElection, NoCallMayTakeLongerThanLeadershipHasLeft) {
  Driven e;
  EXPECT_EQ(e.election.patience(e.now), 5s);
  e.lead();
  EXPECT_EQ(e.election.patience(e.now), 5s);
  EXPECT_EQ(e.election.patience(e.now + 8s), 2s);
  EXPECT_GT(e.election.patience(e.now + 60s), 0s);
}

TEST(LeaderElection, StopsAtOnceWhenAnotherHoldsTheLease) {
  Driven e;
  e.lead();
  e(LeaderElection::Waited{}, 2s);
  Driven::expect<Get>(e(LeaderElection::Failed{conflict()}));
  const auto lost = Driven::expect<Lost>(e(LeaderElection::Seen{held_by("other")}));
  EXPECT_NE(lost.why.find("other"), std::string::npos);
  EXPECT_FALSE(e.election.leading());
}

TEST(LeaderElection, AConflictWithSomebodysAnnotationIsNoLoss) {
  Driven e;
  e.lead();
  e(LeaderElection::Waited{}, 2s);
  Driven::expect<Get>(e(LeaderElection::Failed{conflict()}));
  Driven::expect<Update>(e(LeaderElection::Seen{held_by("me")}));
  e(LeaderElection::Written{});
  EXPECT_TRUE(e.election.leading());
}

TEST(LeaderElection, ADeletedLeaseIsMadeAgain) {
  Driven e;
  e.lead();
  e(LeaderElection::Waited{}, 2s);
  Error gone;
  gone.code = 404;
  Driven::expect<Get>(e(LeaderElection::Failed{gone}));
  Driven::expect<Create>(e(LeaderElection::Missing{}));
  e(LeaderElection::Written{});
  EXPECT_TRUE(e.election.leading());
}

TEST(LeaderElection, ReleasesWithAnEmptyHolderForOneSecond) {
  Driven e;
  e.lead();
  const auto record = e.election.release(e.wall);
  EXPECT_EQ(record.holder, "");
  EXPECT_EQ(record.duration_seconds, 1);
  EXPECT_FALSE(e.election.leading());
}

}  // namespace
}  // namespace causeway::kube
