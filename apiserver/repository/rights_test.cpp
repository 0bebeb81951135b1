#include "apiserver/repository/rights.hpp"

#include <gtest/gtest.h>

namespace causeway::api::repository {
namespace {

TEST(RightsTest, AStrangerReadsWhatIsPublic) {
  EXPECT_EQ(right_of({.is_public = true}), Right::kRead);
  EXPECT_EQ(right_of({}), Right::kNone);
}

TEST(RightsTest, AnOwnerAndAnAdministratorMayDoEverything) {
  EXPECT_EQ(right_of({.owns = true}), Right::kAdmin);
  EXPECT_EQ(right_of({.administrator = true}), Right::kAdmin);
}

TEST(RightsTest, ARoleGivesWhatItSays) {
  EXPECT_EQ(right_of({.member = "owner"}), Right::kAdmin);
  EXPECT_EQ(right_of({.member = "maintainer"}), Right::kMaintain);
  EXPECT_EQ(right_of({.member = "member"}), Right::kWrite);
  EXPECT_EQ(right_of({.collaborator = "read"}), Right::kRead);
  EXPECT_EQ(right_of({.collaborator = "write"}), Right::kWrite);
  EXPECT_EQ(right_of({.collaborator = "maintain"}), Right::kMaintain);
  EXPECT_EQ(right_of({.collaborator = "admin"}), Right::kAdmin);
}

TEST(RightsTest, OfSeveralTheMostCounts) {
  EXPECT_EQ(right_of({.is_public = true, .member = "member", .collaborator = "read"}), Right::kWrite);
  EXPECT_EQ(right_of({.is_public = true, .collaborator = "write"}), Right::kWrite);
}

TEST(RightsTest, AWordThatNobodyKnowsGivesNothing) {
  EXPECT_EQ(right_of({.member = "guest", .collaborator = "owner"}), Right::kNone);
}

}  // namespace
}  // namespace causeway::api::repository
