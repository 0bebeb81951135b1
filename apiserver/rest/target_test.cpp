#include "apiserver/rest/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::rest {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(SplitPath, KeepsEverySegmentAsItIs) {
  EXPECT_THAT(*split_path("/a/b"), ElementsAre("a", "b"));
  EXPECT_THAT(*split_path("/"), ElementsAre(""));
  EXPECT_THAT(*split_path("/a//b/"), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(*split_path("/%2F/.."), ElementsAre("%2F", ".."));
  EXPECT_FALSE(split_path("a/b"));
  EXPECT_FALSE(split_path("*"));
  EXPECT_FALSE(split_path(""));
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "/a";
  EXPECT_FALSE(split_path(deep));
}

TEST(DotSegments, AreFoundInEveryDisguise) {
  for (const char* dots : {"", ".", "..", "%2e", "%2E.", ".%2e", "%2e%2E"}) EXPECT_TRUE(is_dot_segment(dots)) << dots;
  for (const char* name : {"a", "...", "%2e%2e%2e", ".a", "a..", "%2", "%2f"})
    EXPECT_FALSE(is_dot_segment(name)) << name;
}

TEST(DecodeText, TakesUtf8AndNothingElse) {
  EXPECT_EQ(*decode_text("a%2Fb"), "a/b");
  EXPECT_EQ(*decode_text("%E4%B8%AA"), "个");
  EXPECT_EQ(*decode_text("a+b"), "a+b");
  for (const char* bad : {"%", "%2", "%zz", "%00", "a%ff", "%c0%af", "%ed%a0%80"})
    EXPECT_FALSE(decode_text(bad).ok()) << bad;
  EXPECT_FALSE(decode_text("\xff").ok());
}

TEST(ParseQuery, ReadsFormUrlencoded) {
  EXPECT_THAT(*parse_query("a=1&b=x+y&a=%26&c&=d&&"),
              ElementsAre(Pair("a", "1"), Pair("b", "x y"), Pair("a", "&"), Pair("c", ""), Pair("", "d")));
  EXPECT_THAT(*parse_query("a=b=c;d"), ElementsAre(Pair("a", "b=c;d")));
  EXPECT_TRUE(parse_query("")->empty());
  for (const char* bad : {"a=%", "%ff=1", "a=%00", "a=1&b=%c3%28"}) EXPECT_FALSE(parse_query(bad).ok()) << bad;
  std::string many;
  for (int i = 0; i < 101; ++i) many += "a=1&";
  EXPECT_FALSE(parse_query(many).ok());
}

}  // namespace
}  // namespace causeway::api::rest
