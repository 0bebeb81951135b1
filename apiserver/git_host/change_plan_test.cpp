#include "apiserver/git_host/change_plan.hpp"

#include <gmock/gmock.h>

namespace causeway::api::git_host {
namespace {

using testing::HasSubstr;

PutFile put(std::string path) {
  return {std::move(path), "x", {}};
}
std::string fault(const std::vector<Change>& changes) {
  const auto plan = plan_changes(changes);
  if (plan) return "";
  return std::string(to_string(plan.error().kind)) + ": " + plan.error().message;
}

TEST(ChangePlan, WhatGoesTogether) {
  EXPECT_EQ(fault({put("a"), put("b/c"), Remove{"b/d"}, Move{"e", "f"}}), "");
  EXPECT_EQ(fault({Move{"a", "b"}, Move{"c", "a/x"}}), "") << "a file makes room for a directory";
  EXPECT_EQ(fault({Remove{"a"}, put("a/b")}), "");
  EXPECT_EQ(fault({Remove{"odd\xff name"}}), "") << "what is there may have any name";
}

TEST(ChangePlan, WhatContradicts) {
  EXPECT_THAT(fault({}), HasSubstr("invalid: there are no changes"));
  EXPECT_THAT(fault({put("a"), put("a")}), HasSubstr("\"a\" is named twice"));
  EXPECT_THAT(fault({put("a"), Remove{"a"}}), HasSubstr("named twice"));
  EXPECT_THAT(fault({Move{"a", "b"}, put("b")}), HasSubstr("named twice"));
  EXPECT_THAT(fault({Move{"a", "a"}}), HasSubstr("named twice"));
  EXPECT_THAT(fault({put("a"), put("a/b/c")}), HasSubstr("\"a\" would be a file"));
  EXPECT_THAT(fault({put("a/b/c"), put("a/b")}), HasSubstr("\"a/b\" would be a file"));
  EXPECT_THAT(fault({Remove{"a"}, Remove{"a/b"}}), HasSubstr("removed as a whole"));
  EXPECT_THAT(fault({Remove{"a"}, Move{"a/b", "c"}}), HasSubstr("removed as a whole"));
  EXPECT_THAT(fault({put("a/../b")}), HasSubstr("\"a/../b\" cannot be written"));
  EXPECT_THAT(fault({Move{"a", ".git/hooks/x"}}), HasSubstr("cannot be written"));
  EXPECT_THAT(fault({Remove{""}}), HasSubstr("names nothing"));
  EXPECT_THAT(fault({Remove{"a//b"}}), HasSubstr("names nothing"));
  EXPECT_THAT(fault({PutPointer{"a", {"abc", 1}}}), HasSubstr("pointer"));
}

TEST(ChangePlan, HasLimits) {
  EXPECT_THAT(fault(std::vector<Change>(kMaxChanges + 1, put("a"))), HasSubstr("too-large"));
}

TEST(ChangePlan, PeopleAndMessages) {
  const Signature good{"Ada", "ada@example.org", base::WallTime(std::chrono::seconds(1)), -210};
  EXPECT_TRUE(check_signature("author", good).ok());
  const auto refused = [&](auto change) {
    auto bad = good;
    change(bad);
    const auto checked = check_signature("author", bad);
    return !checked && checked.error().kind == ErrorKind::kInvalid;
  };
  EXPECT_TRUE(refused([](Signature& s) { s.name = ""; }));
  EXPECT_TRUE(refused([](Signature& s) { s.name = " . "; })) << "git makes that an empty name";
  EXPECT_TRUE(refused([](Signature& s) { s.name = "a\nparent 1"; }));
  EXPECT_TRUE(refused([](Signature& s) { s.email = "a>b"; }));
  EXPECT_TRUE(refused([](Signature& s) { s.email = "\xff"; }));
  EXPECT_TRUE(refused([](Signature& s) { s.name = std::string(300, 'x'); }));
  EXPECT_TRUE(refused([](Signature& s) { s.offset_minutes = 10'000; }));
  EXPECT_TRUE(refused([](Signature& s) { s.time -= std::chrono::hours(1); }));
  EXPECT_TRUE(check_message("x").ok());
  EXPECT_FALSE(check_message(" \n").ok());
  EXPECT_FALSE(check_message("\xff").ok());
  EXPECT_FALSE(check_message(std::string("a\0b", 3)).ok());
  EXPECT_FALSE(check_message(std::string(kMaxMessage + 1, 'x')).ok());
}

}  // namespace
}  // namespace causeway::api::git_host
