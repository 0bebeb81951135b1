#include "base/host_patterns.hpp"

#include <gtest/gtest.h>

namespace causeway::base {
namespace {

TEST(HostPatterns, AllowEveryHostUnlessTold) {
  EXPECT_TRUE(HostPatterns().allow("example.org"));
  EXPECT_TRUE(HostPatterns::parse({"github.com", "*"})->allow("example.org"));
}

TEST(HostPatterns, AllowWhatIsListedAndWhatIsBelowIt) {
  const auto hosts = *HostPatterns::parse({"GitHub.com", "*.example.org", "192.0.2.1", "2001:db8::1"});
  for (const char* good :
       {"github.com", "GITHUB.com.", "git.example.org", "a.b.example.org", "192.0.2.1", "2001:db8::1"}) {
    EXPECT_TRUE(hosts.allow(good)) << good;
  }
  for (const char* bad : {"example.org", "evilexample.org", "github.com.evil.org", "sub.github.com", ".example.org",
                          "github.comx", "", ".", "192.0.2.10", "*"}) {
    EXPECT_FALSE(hosts.allow(bad)) << bad;
  }
  EXPECT_EQ(hosts.describe(), "github.com, *.example.org, 192.0.2.1, 2001:db8::1");
  EXPECT_FALSE(HostPatterns::parse({})->allow("github.com")) << "an empty list is nobody";
}

TEST(HostPatterns, NameWhatIsNone) {
  for (const char* wrong : {"", "https://github.com", "github.com/x", "*.", "*github.com", "a.*.org", ".org", "org."}) {
    const auto parsed = HostPatterns::parse({"github.com", wrong});
    ASSERT_FALSE(parsed.ok()) << wrong;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(parsed.error().message.find("\"" + std::string(wrong) + "\""), std::string::npos);
  }
}

}  // namespace
}  // namespace causeway::base
