#include "apiserver/git_host/path_rules.hpp"

#include <gtest/gtest.h>

namespace causeway::api::git_host {
namespace {

TEST(PathRules, GoodOnes) {
  for (const std::string path : {"a", "a/b", "a b/c", "中文/文.txt", ".github/x", ".gitignore", "git", "a.git", ".gitx",
                                 "git~2", "...", "a:b", "-x", "new\nline"}) {
    const auto checked = check_path(path);
    EXPECT_TRUE(checked.ok()) << path << (checked ? "" : checked.error().message);
  }
}

TEST(PathRules, WhatLeavesItsPlace) {
  for (const std::string& path :
       {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"), std::string("."), std::string(".."),
        std::string("a/../b"), std::string("a/."), std::string("a\\..\\b"), std::string("a\0b", 3),
        std::string("a\xff"), std::string(256, 'x'), std::string(4097, 'x')}) {
    const auto checked = check_path(path);
    ASSERT_FALSE(checked.ok()) << path;
    EXPECT_EQ(checked.error().kind, ErrorKind::kInvalid);
  }
}

// The spellings that git's own tests use (t1014, t7415).
TEST(PathRules, DotGitAsAnyFileSystemSpellsIt) {
  for (const std::string name :
       {".git", ".GIT", ".Git", ".git.", ".git ", ".git . .", ".git::$INDEX_ALLOCATION", ".GIT:x", "git~1", "GIT~1",
        "git~1 ", ".g\u200cit", "\u200d.git", ".gi\ufefft", ".g\u206ait\u202e"}) {
    EXPECT_TRUE(is_dot_git(name)) << name;
    EXPECT_FALSE(check_path(name).ok()) << name;
    EXPECT_FALSE(check_path("a/" + name + "/config").ok()) << name;
  }
}

TEST(PathRules, TooDeep) {
  std::string path = "a";
  for (int i = 0; i < 127; ++i) path += "/a";
  EXPECT_TRUE(check_path(path).ok());
  EXPECT_FALSE(check_path(path + "/a").ok());
}

}  // namespace
}  // namespace causeway::api::git_host
