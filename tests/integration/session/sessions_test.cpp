// Sessions as two replicas see them.

#include "tests/integration/session/session_fixture.hpp"

namespace causeway::api::session {
namespace {

TEST_F(SessionsTest, ALoginIsKnownToEveryReplica) {
  const auto a = replica(), b = replica();
  const auto token = login(*a);
  EXPECT_EQ(a->user_of(token), user);
  EXPECT_EQ(b->user_of(token), user);
  EXPECT_EQ(b->user_of(make_token(TokenKind::kSession)), 0);
  EXPECT_EQ(b->user_of("nonsense"), 0);
  EXPECT_EQ(query("SELECT last_login_at IS NOT NULL AS was FROM users").front().get<bool>("was"), true);
  // What is kept is of no use to a thief.
  EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE token_hash = sha256('" + token + "')"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM sessions s WHERE s::text LIKE '%" + token.substr(4, 20) + "%'"), 0);
}

TEST_F(SessionsTest, AnEndIsHeardByTheOtherReplicaAtOnce) {
  const auto a = replica(), b = replica();
  const auto token = login(*a), other = login(*a);
  ASSERT_EQ(b->user_of(token), user);  // in its cache from now on; its clock stands still
  ASSERT_EQ(b->user_of(other), user);
  const auto session = b->sessions.authenticate(token, "").value()->session.id;
  EXPECT_EQ(a->sessions.end(user, session).value(), true);
  EXPECT_EQ(a->sessions.end(user, session).value(), false);
  EXPECT_EQ(a->user_of(token), 0);
  EXPECT_TRUE(database::eventually([&] { return b->user_of(token) == 0; }));
  EXPECT_EQ(b->user_of(other), user);
}

TEST_F(SessionsTest, NobodyEndsTheSessionsOfOthers) {
  const auto a = replica();
  const auto token = login(*a);
  const auto session = a->sessions.authenticate(token, "").value()->session.id;
  EXPECT_EQ(a->sessions.end(make_user("eve"), session).value(), false);
  EXPECT_EQ(a->user_of(token), user);
}

TEST_F(SessionsTest, AllButThisOneEnd) {
  const auto a = replica();
  const auto kept = login(*a), other = login(*a), third = login(*a);
  const auto session = a->sessions.authenticate(kept, "").value()->session.id;
  EXPECT_EQ(a->sessions.end_all(user, session).value(), 2U);
  EXPECT_EQ(a->user_of(kept), user);
  EXPECT_EQ(a->user_of(other), 0);
  EXPECT_EQ(a->user_of(third), 0);
}

TEST_F(SessionsTest, ALoginReplacesTheSessionThatTheBrowserHad) {
  const auto a = replica();
  const auto before = login(*a);
  ASSERT_EQ(a->user_of(before), user);  // in its cache from now on
  const auto after = login(*a, token_hash(before));
  EXPECT_EQ(a->user_of(before), 0);
  EXPECT_EQ(a->user_of(after), user);
}

TEST_F(SessionsTest, OneTooManyEndsTheOneThatWasNotUsedForTheLongestTime) {
  const auto a = replica(), b = replica();
  Store few(*a->pool, a->events, {.idle = 3min, .absolute = 10min}, 2);
  const auto begin = [&] {
    clock.advance(1s);
    return few.create({user, Method::kCode, "192.0.2.1", "", ""}, clock.wall()).value();
  };
  const auto first = begin(), second = begin();
  ASSERT_EQ(b->user_of(first), user);  // in its cache from now on
  ASSERT_EQ(a->user_of(second), user);
  clock.advance(2min);
  ASSERT_EQ(a->user_of(second), user);  // used
  const auto third = begin();
  EXPECT_TRUE(database::eventually([&] { return b->user_of(first) == 0; }));
  EXPECT_EQ(a->user_of(second), user);
  EXPECT_EQ(a->user_of(third), user);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { EXPECT_TRUE(few.create({user, Method::kCode, "", "", ""}, clock.wall()).ok()); });
  }
  EXPECT_EQ(number("SELECT count(*) FROM sessions"), 2);
}

TEST_F(SessionsTest, WhoHasHalfOfAProofEndsNoSessionsOfTheOwner) {
  const auto a = replica();
  Store few(*a->pool, a->events, {.idle = 3min, .absolute = 10min}, 2);
  const auto factor = make_second_factor();
  const auto begin = [&] {
    clock.advance(1s);
    return few.create({user, Method::kCode, "192.0.2.1", "", ""}, clock.wall()).value();
  };
  const auto whole = [&](const std::string& token) {
    const auto session = few.find(token_hash(token)).value().value().session.id;
    return a->pool->write([&](auto& tx) { return few.second_factor_given(tx, user, session, factor, clock.wall()); })
        .value()
        .value();
  };
  const auto first = whole(begin()), second = whole(begin());
  for (int i = 0; i < 5; ++i) begin();
  EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE second_factor_id IS NULL"), 2);
  EXPECT_EQ(second_factor_of(*a, first), SecondFactor::kGiven);
  EXPECT_EQ(second_factor_of(*a, second), SecondFactor::kGiven);
  const auto third = whole(begin());
  EXPECT_TRUE(database::eventually([&] { return second_factor_of(*a, first) == std::nullopt; }));
  EXPECT_EQ(second_factor_of(*a, second), SecondFactor::kGiven);
  EXPECT_EQ(second_factor_of(*a, third), SecondFactor::kGiven);
}

TEST_F(SessionsTest, LastsWithUseAndEndsWithout) {
  const auto a = replica();
  const auto token = login(*a);
  for (int i = 0; i < 3; i++) {
    clock.advance(2min);
    ASSERT_EQ(a->user_of(token), user) << i;
  }
  clock.advance(3min);
  EXPECT_EQ(a->user_of(token), 0);
}

TEST_F(SessionsTest, EndsInAnyCase) {
  const auto a = replica();
  auto token = login(*a);
  for (int i = 0; i < 4; i++) {
    clock.advance(2min);
    ASSERT_EQ(a->user_of(token), user);
    if (auto renewed = a->sessions.renew(token).value()) token = *renewed;
  }
  clock.advance(2min);
  EXPECT_EQ(a->user_of(token), 0);
}

TEST_F(SessionsTest, ARenewedTokenHoldsForOtherTabsForAMoment) {
  const auto a = replica(), b = replica();
  const auto old = login(*a);
  EXPECT_EQ(a->sessions.renew(old).value(), std::nullopt) << "not due yet";
  clock.advance(2min);
  EXPECT_TRUE(a->sessions.authenticate(old, "").value()->renewal_due);
  const auto fresh = a->sessions.renew(old).value();
  ASSERT_TRUE(fresh);
  EXPECT_EQ(b->sessions.renew(old).value(), std::nullopt) << "the other tab was faster";
  EXPECT_EQ(a->user_of(old), user);
  EXPECT_EQ(b->user_of(*fresh), user);
  EXPECT_FALSE(b->sessions.authenticate(*fresh, "").value()->renewal_due);
  clock.advance(61s);
  EXPECT_EQ(a->user_of(old), 0);
  EXPECT_EQ(a->user_of(*fresh), user);
}

TEST_F(SessionsTest, OfManyTabsOneRenews) {
  const auto a = replica(), b = replica();
  const auto old = login(*a);
  clock.advance(2min);
  std::atomic<int> renewed = 0;
  {
    std::vector<std::jthread> tabs;
    for (int i = 0; i < 16; i++)
      tabs.emplace_back([&, i] {
        if ((i % 2 == 0 ? a : b)->sessions.renew(old).value()) ++renewed;
      });
  }
  EXPECT_EQ(renewed, 1);
  EXPECT_EQ(a->user_of(old), user);
}

TEST_F(SessionsTest, ADisabledAccountHasNoSessions) {
  const auto a = replica();
  const auto token = login(*a);
  ASSERT_EQ(a->user_of(token), user);
  script("UPDATE accounts SET disabled_at = now()");
  clock.advance(5s);  // nobody told: the cache's limit
  EXPECT_EQ(a->user_of(token), 0);
  script("DELETE FROM accounts");
  EXPECT_EQ(number("SELECT count(*) FROM sessions"), 0);
  EXPECT_EQ(a->sessions.create({user, Method::kCode, "", "", ""}).error().kind, database::ErrorKind::kForeignKey);
}

TEST_F(SessionsTest, TheOwnerSeesWhereItWasUsed) {
  const auto a = replica();
  const auto token = login(*a);
  for (int i = 1; i <= 25; i++) {
    clock.advance(10s);
    ASSERT_TRUE(a->sessions.authenticate(token, "2001:db8::" + std::to_string(i)).value());
  }
  clock.advance(10s);
  ASSERT_TRUE(a->sessions.authenticate(token, "unix").value());
  const auto list = a->sessions.list(user).value();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].addresses.size(), 20U);
  EXPECT_EQ(list[0].addresses[0], "2001:db8::25");
  EXPECT_EQ(list[0].user_agent.at("header").as_string(), "Mozilla/5.0");
  EXPECT_EQ(list[0].method, "code");
  EXPECT_EQ(list[0].last_used_at, std::chrono::time_point_cast<std::chrono::microseconds>(clock.wall()));
}

TEST_F(SessionsTest, WhatIsOverIsRemoved) {
  const auto a = replica();
  login(*a);
  clock.advance(2min);
  const auto token = login(*a);
  clock.advance(1min);
  EXPECT_EQ(a->store.expire(clock.wall()).value(), 1U);
  EXPECT_EQ(a->user_of(token), user);
  EXPECT_EQ(number("SELECT count(*) FROM sessions"), 1);
}

TEST_F(SessionsTest, WithoutADatabaseTheCacheAnswersForAMomentAndThenNobodyIsTurnedAwayAsAStranger) {
  const auto a = replica();
  const auto token = login(*a);
  ASSERT_EQ(a->user_of(token), user);
  {
    const Held held;
    kill_server(false);
    EXPECT_EQ(a->user_of(token), user);
    clock.advance(5s);
    EXPECT_EQ(a->user_of(token), -1) << "an error, not \"nobody\"";
  }
  EXPECT_TRUE(database::eventually([&] { return a->user_of(token) == user; }));
}

TEST_F(SessionsTest, LookupsAreCounted) {
  const auto a = replica();
  const auto token = login(*a);
  for (int i = 0; i < 10; i++) a->user_of(token);
  EXPECT_EQ(database::metric(a->metrics, "causeway_session_lookups_total{by=\"database\"}"), 1);
  EXPECT_EQ(database::metric(a->metrics, "causeway_session_lookups_total{by=\"cache\"}"), 9);
}

TEST_F(SessionsTest, WaitsForTheSecondFactorNotForLongAndGetsAnotherTokenWithIt) {
  const auto a = replica({.idle = 3h, .absolute = 24h}), b = replica({.idle = 3h, .absolute = 24h});
  const auto before = login(*a);
  const auto factor = make_second_factor();
  const auto token = login(*a);
  EXPECT_EQ(second_factor_of(*a, before), SecondFactor::kMissing) << "of one from before as well";
  EXPECT_EQ(second_factor_of(*a, token), SecondFactor::kMissing);
  EXPECT_EQ(second_factor_of(*b, token), SecondFactor::kMissing);
  clock.advance(14min);
  EXPECT_EQ(second_factor_of(*a, token), SecondFactor::kMissing) << "which its use does not prolong";
  EXPECT_FALSE(a->sessions.renew(token).value());
  clock.advance(1min);
  EXPECT_EQ(second_factor_of(*a, token), std::nullopt);

  const auto another = login(*a);
  EXPECT_EQ(second_factor_of(*b, another), SecondFactor::kMissing);
  const auto whole = give(*a, another, factor);
  EXPECT_EQ(second_factor_of(*a, whole), SecondFactor::kGiven);
  EXPECT_EQ(second_factor_of(*b, whole), SecondFactor::kGiven);
  EXPECT_EQ(second_factor_of(*a, another), std::nullopt) << "without an overlap";
  EXPECT_TRUE(database::eventually([&] { return second_factor_of(*b, another) == std::nullopt; }));
  EXPECT_EQ(give(*a, whole, factor), "") << "once";
  clock.advance(2h);
  EXPECT_EQ(second_factor_of(*a, whole), SecondFactor::kGiven) << "as long as any other";

  script("DELETE FROM second_factors");
  const auto other = make_second_factor();
  a->sessions.changed(user);
  EXPECT_EQ(second_factor_of(*a, whole), SecondFactor::kMissing) << "another one was not given";
  EXPECT_NE(give(*a, whole, other), "");
}

}  // namespace
}  // namespace causeway::api::session
