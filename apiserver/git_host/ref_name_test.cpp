#include "apiserver/git_host/ref_name.hpp"

#include <gtest/gtest.h>

#include "apiserver/git/environment.hpp"
#include "base/process.hpp"

namespace causeway::api::git_host {
namespace {

bool git_takes(const std::string& name) {
  base::ProcessSpec spec;
  spec.argv = {"git", "check-ref-format", "refs/heads/" + name};
  spec.env = git::clean_environment();
  const auto ran = base::run(spec);
  EXPECT_TRUE(ran.ok());
  return ran && ran->status.success();
}

TEST(RefName, GoodOnes) {
  for (const std::string name :
       {"main", "feature/x", "v1.0", "a@b", "中文", "a-b_c", "x{y}", "deadbeef", "#1", "heads/x"}) {
    EXPECT_TRUE(check_ref_name("branch", name).ok()) << name;
    EXPECT_TRUE(git_takes(name)) << name;
  }
}

TEST(RefName, WhatGitRefusesIsRefused) {
  for (const std::string name :
       {"",   "/a",  "a/", "a//b", ".a",  "a/.b", "a..b", "a.lock", "a.lock/b", "a b",  "a~",
        "a^", "a:b", "a?", "a*",   "a[b", "a\\b", "a@{b", "a.",     "a\tb",     "a\nb", "a\x7f"}) {
    const auto checked = check_ref_name("branch", name);
    ASSERT_FALSE(checked.ok()) << name;
    EXPECT_EQ(checked.error().kind, ErrorKind::kInvalid);
    EXPECT_FALSE(git_takes(name)) << name;
  }
}

TEST(RefName, WhatWouldBeMistakenIsRefused) {
  for (const std::string& name :
       {std::string("HEAD"), std::string("@"), std::string("-x"), std::string("refs/heads/x"), std::string(40, 'a'),
        std::string("a\xff"), std::string(201, 'x'), std::string("a\0b", 3)}) {
    EXPECT_FALSE(check_ref_name("tag", name).ok()) << name;
  }
  EXPECT_EQ(check_ref_name("tag", "a..b").error().message,
            "a tag cannot be called \"a..b\": the name has two dots in a row");
}

}  // namespace
}  // namespace causeway::api::git_host
