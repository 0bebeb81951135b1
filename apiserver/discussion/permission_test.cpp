#include "apiserver/discussion/permission.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::discussion {
namespace {

using repository::Right;

constexpr Deed kDeeds[] = {Deed::kOpen,  Deed::kComment, Deed::kEdit,  Deed::kClose,
                           Deed::kLabel, Deed::kManage,  Deed::kRemove};

std::string allowed(const Standing& standing) {
  std::string all;
  for (const Deed deed : kDeeds) all += objection(deed, standing).empty() ? '+' : '-';
  return all;
}

TEST(Permission, GrowsWithTheRight) {
  // open, comment, edit, close, label, manage, remove
  EXPECT_EQ(allowed({.right = Right::kRead}), "++-----");
  EXPECT_EQ(allowed({.right = Right::kRead, .author = true}), "++++--+");
  EXPECT_EQ(allowed({.right = Right::kWrite}), "++-++--");
  EXPECT_EQ(allowed({.right = Right::kWrite, .author = true}), "+++++-+");
  EXPECT_EQ(allowed({.right = Right::kMaintain}), "+++++++");
  EXPECT_EQ(allowed({.right = Right::kAdmin}), "+++++++");
}

TEST(Permission, WhatIsLockedIsForThoseWhoWrite) {
  EXPECT_EQ(allowed({.right = Right::kRead, .author = true, .locked = true}), "+-+---+");
  EXPECT_EQ(allowed({.right = Right::kWrite, .locked = true}), "++-++--");
}

TEST(Permission, WhatIsArchivedIsForNobody) {
  EXPECT_EQ(allowed({.right = Right::kAdmin, .author = true, .archived = true}), "-------");
}

}  // namespace
}  // namespace causeway::api::discussion
