#include "apiserver/oauth/return_path.hpp"

#include <gtest/gtest.h>
#include <string>

namespace causeway::api::oauth {
namespace {

TEST(ReturnPath, LeadsToAPageOfThisSite) {
  for (const auto* path : {"/", "/workshop", "/ada/digits?tab=files#readme", "/a/b/", "/?next=https://example.org",
                           "/%E7%94%A8", "/a:b", "/@ada", "/search?q=//"})
    EXPECT_TRUE(is_local_path(path)) << path;
  EXPECT_TRUE(is_local_path("/" + std::string(1023, 'a')));
}

TEST(ReturnPath, NeverToAnother) {
  for (const auto& path : {std::string(),
                           std::string("workshop"),
                           std::string("//evil.example"),
                           std::string("///evil.example"),
                           std::string("/\\evil.example"),
                           std::string("\\\\evil.example"),
                           std::string("/a\\b"),
                           std::string("https://evil.example"),
                           std::string("javascript:alert(1)"),
                           std::string("/\t/evil.example"),
                           std::string("/\n/evil.example"),
                           std::string("\t//evil.example"),
                           std::string("/\r\nLocation: https://evil.example"),
                           std::string("/\0/evil.example", 15),
                           std::string(" /"),
                           std::string("/a b"),
                           std::string("/.//evil.example"),
                           std::string("/a//b"),
                           std::string("/\x7f"),
                           std::string("/用户"),
                           std::string("@evil.example"),
                           std::string("?a=b"),
                           "/" + std::string(1024, 'a')})
    EXPECT_FALSE(is_local_path(path)) << path;
}

}  // namespace
}  // namespace causeway::api::oauth
