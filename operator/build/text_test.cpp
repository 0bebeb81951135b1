#include "operator/build/text.hpp"

#include <gtest/gtest.h>

namespace causeway::op::build {
namespace {

TEST(Text, BrokenBytesBecomeQuestionMarks) {
  EXPECT_EQ(valid_utf8("caf\xe9 ok"), "caf? ok");
  EXPECT_EQ(valid_utf8("caf\xc3\xa9 \xf0\x9f\x98\x80"), "caf\xc3\xa9 \xf0\x9f\x98\x80");
  EXPECT_EQ(valid_utf8("\xc3"), "?");
  EXPECT_EQ(valid_utf8("\xc0\x80"), "??");
}

TEST(Text, ClipsBetweenCharacters) {
  EXPECT_EQ(clip("abc", 3), "abc");
  EXPECT_EQ(clip("abcd", 3), "abc…");
  EXPECT_EQ(clip("ab\xc3\xa9", 3), "ab…");
}

TEST(Text, TheTailBeginsWithALine) {
  EXPECT_EQ(tail("one\ntwo\nthree\n", 9), "three\n");
  EXPECT_EQ(tail("one\n", 9), "one\n");
  EXPECT_EQ(tail("xxxx\xc3\xa9z", 2), "z");
}

}  // namespace
}  // namespace causeway::op::build
