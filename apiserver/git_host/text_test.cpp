#include "apiserver/git_host/text.hpp"

#include <gtest/gtest.h>

namespace causeway::api::git_host {
namespace {

TEST(Text, WhatIsUtf8StaysAndTheRestIsReplaced) {
  EXPECT_EQ(to_utf8("café 中文 😀"), "café 中文 😀");
  EXPECT_EQ(to_utf8("a\xff"
                    "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(to_utf8("\xe4\xb8"), "\xef\xbf\xbd\xef\xbf\xbd") << "cut inside a character";
  EXPECT_EQ(to_utf8("é\xc0\x80"), "é\xef\xbf\xbd\xef\xbf\xbd") << "overlong";
}

TEST(Text, DeclaredEncodings) {
  EXPECT_EQ(decode("caf\xe9", "ISO-8859-1"), "café");
  EXPECT_EQ(decode("caf\xe9", "latin1"), "café");
  EXPECT_EQ(decode("caf\xe9", "cp1252"), "café");
  EXPECT_EQ(decode("\xd6\xd0\xce\xc4", "GBK"), "中文");
  EXPECT_EQ(decode(std::string(9000, '\xe9'), "ISO-8859-1").size(), 18'000u) << "more than one piece";
  EXPECT_EQ(decode("caf\xe9", ""), "caf\xef\xbf\xbd");
  EXPECT_EQ(decode("caf\xe9", "ISO-2022-CN-EXT"), "caf\xef\xbf\xbd");
  EXPECT_EQ(decode("caf\xe9", "/etc/passwd"), "caf\xef\xbf\xbd");
  EXPECT_EQ(decode("\x81\xff", "SHIFT_JIS"), "\xef\xbf\xbd\xef\xbf\xbd") << "not in it after all";
}

TEST(Text, Clipping) {
  EXPECT_EQ(clip("abc", 5), "abc");
  EXPECT_EQ(clip("aé", 2), "a");
  EXPECT_EQ(in_quotes(std::string(1000, 'x')).size(), 257u);
}

}  // namespace
}  // namespace causeway::api::git_host
