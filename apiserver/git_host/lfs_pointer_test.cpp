#include "apiserver/git_host/lfs_pointer.hpp"

#include <gtest/gtest.h>

namespace causeway::api::git_host {
namespace {

const std::string kOid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
const std::string kVersion = "version https://git-lfs.github.com/spec/v1\n";

TEST(LfsPointer, ThereAndBack) {
  const LfsPointer pointer{kOid, 12345};
  const auto text = format_lfs_pointer(pointer);
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text, kVersion + "oid sha256:" + kOid + "\nsize 12345\n");
  EXPECT_EQ(parse_lfs_pointer(*text), pointer);
}

TEST(LfsPointer, WhatGitLfsTakes) {
  const std::string both = "oid sha256:" + kOid + "\nsize 0\n";
  EXPECT_TRUE(parse_lfs_pointer(kVersion + both));
  EXPECT_TRUE(parse_lfs_pointer(kVersion + "ext-0-foo sha256:" + kOid + "\n" + both));
  EXPECT_TRUE(parse_lfs_pointer("version https://hawser.github.com/spec/v1\n" + both));
  EXPECT_TRUE(parse_lfs_pointer(kVersion + "oid sha256:" + kOid + "\r\nsize 9223372036854775807\r\n"));
}

TEST(LfsPointer, WhatIsNone) {
  for (const std::string& text :
       {std::string(), std::string("oid"), kVersion, kVersion + "oid sha256:" + kOid + "\n", kVersion + "size 1\n",
        kVersion + "oid sha256:" + kOid + "\nsize -1\n", kVersion + "oid sha256:" + kOid + "\nsize 1x\n",
        kVersion + "oid sha256:" + kOid + "\nsize 9223372036854775808\n",
        kVersion + "oid sha256:" + kOid.substr(1) + "\nsize 1\n", kVersion + "oid md5:" + kOid + "\nsize 1\n",
        "see " + kVersion + "oid sha256:" + kOid + "\nsize 1\n",
        kVersion + "oid sha256:" + kOid + "\nsize 1\n" + std::string(1024, 'x')}) {
    EXPECT_FALSE(parse_lfs_pointer(text)) << text;
  }
  EXPECT_FALSE(format_lfs_pointer({"ABC", 1}));
  EXPECT_FALSE(format_lfs_pointer({kOid, 1ull << 63}));
}

}  // namespace
}  // namespace causeway::api::git_host
