#include "apiserver/account/recovery_code.hpp"

#include <gtest/gtest.h>
#include <set>

namespace causeway::api::account {
namespace {

TEST(RecoveryCode, ThereAreTenAndNoneIsEverTheSame) {
  std::set<std::string> all;
  for (int i = 0; i < 20; ++i) {
    for (const auto& code : make_recovery_codes()) {
      EXPECT_EQ(code.size(), 27U) << code;
      EXPECT_TRUE(parse_recovery_code(code)) << code;
      all.insert(code);
    }
  }
  EXPECT_EQ(all.size(), 200U);
}

TEST(RecoveryCode, IsReadAsPeopleTypeIt) {
  for (const char* text : {"ABCDEF-GHIJKL-MNOPQR-STUV23", "abcdef ghijkl mnopqr stuv23", "ABCDEFGHIJKLMNOPQRSTUV23",
                           " abcdef-GHIJKL - mnopqrstuv23 "})
    EXPECT_EQ(parse_recovery_code(text).value_or(""), "ABCDEFGHIJKLMNOPQRSTUV23") << text;
}

TEST(RecoveryCode, WhatIsNoneIsNone) {
  for (const char* text : {"", "123456", "ABCDEF-GHIJKL-MNOPQR-STUV2", "ABCDEF-GHIJKL-MNOPQR-STUV234",
                           "ABCDEF-GHIJKL-MNOPQR-STUV21", "ABCDEF-GHIJKL-MNOPQR-STUV2é"})
    EXPECT_FALSE(parse_recovery_code(text)) << text;
}

TEST(RecoveryCode, IsKeptAsItsHash) {
  EXPECT_EQ(recovery_code_hash("ABCDEFGHIJKLMNOPQRSTUV23").size(), 32U);
  EXPECT_NE(recovery_code_hash("ABCDEFGHIJKLMNOPQRSTUV23"), recovery_code_hash("ABCDEFGHIJKLMNOPQRSTUV24"));
}

}  // namespace
}  // namespace causeway::api::account
