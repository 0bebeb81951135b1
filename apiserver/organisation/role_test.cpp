#include "apiserver/organisation/role.hpp"

#include <gtest/gtest.h>

namespace causeway::api::organisation {
namespace {

TEST(OrganisationRole, HasOneWord) {
  for (const auto role : {Role::kMember, Role::kMaintainer, Role::kOwner}) EXPECT_EQ(parse_role(to_string(role)), role);
  for (const char* text : {"", "none", "Owner", "admin", "owner "}) EXPECT_EQ(parse_role(text), Role::kNone) << text;
}

TEST(OrganisationRole, EachIncludesTheLesserOnes) {
  EXPECT_LT(Role::kNone, Role::kMember);
  EXPECT_LT(Role::kMember, Role::kMaintainer);
  EXPECT_LT(Role::kMaintainer, Role::kOwner);
}

TEST(OrganisationRole, OwnersRemoveAndEverybodyLeaves) {
  EXPECT_TRUE(may_remove(Role::kOwner, false));
  EXPECT_FALSE(may_remove(Role::kMaintainer, false));
  EXPECT_FALSE(may_remove(Role::kMember, false));
  for (const auto role : {Role::kMember, Role::kMaintainer, Role::kOwner}) EXPECT_TRUE(may_remove(role, true));
  EXPECT_FALSE(may_remove(Role::kNone, true));
}

}  // namespace
}  // namespace causeway::api::organisation
