#include "apiserver/session/due.hpp"

#include <gtest/gtest.h>

namespace causeway::api::session {
namespace {

using rest::Due;

TEST(Due, WhoSomebodyIsComesFirstThenThePasswordThenTheSetUp) {
  using enum SecondFactor;
  EXPECT_EQ(due_in(kMissing, true, true, Require::kEverybody), Due::kSecondFactor);
  EXPECT_EQ(due_in(kMissing, false, false, Require::kNobody), Due::kSecondFactor);
  EXPECT_EQ(due_in(kGiven, true, true, Require::kEverybody), Due::kPassword);
  EXPECT_EQ(due_in(kNone, true, true, Require::kEverybody), Due::kPassword);
  EXPECT_EQ(due_in(kNone, false, true, Require::kEverybody), Due::kSecondFactorSetUp);
  EXPECT_EQ(due_in(kGiven, false, true, Require::kEverybody), Due::kNothing);
}

TEST(Due, WhoHasToHaveASecondFactorIsTheConfigurations) {
  for (const bool administrator : {false, true}) {
    const auto due = [&](Require require) { return due_in(SecondFactor::kNone, false, administrator, require); };
    EXPECT_EQ(due(Require::kNobody), Due::kNothing);
    EXPECT_EQ(due(Require::kAdministrators), administrator ? Due::kSecondFactorSetUp : Due::kNothing);
    EXPECT_EQ(due(Require::kEverybody), Due::kSecondFactorSetUp);
  }
}

TEST(Due, OfASessionIsWhatTheStoreKnows) {
  Session session;
  EXPECT_EQ(due_in(session, Require::kAdministrators), Due::kNothing);
  session.person.administrator = true;
  EXPECT_EQ(due_in(session, Require::kAdministrators), Due::kSecondFactorSetUp);
  session.initial_until = base::WallTime();
  EXPECT_EQ(due_in(session, Require::kAdministrators), Due::kPassword);
  session.second_factor = SecondFactor::kMissing;
  EXPECT_EQ(due_in(session, Require::kAdministrators), Due::kSecondFactor);
}

}  // namespace
}  // namespace causeway::api::session
