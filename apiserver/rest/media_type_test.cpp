#include "apiserver/rest/media_type.hpp"

#include <gtest/gtest.h>

namespace causeway::api::rest {
namespace {

TEST(MediaType, JsonIsJsonInUtf8) {
  for (const char* yes : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                          "application/json;charset=\"UTF-8\"", "application/json ;"})
    EXPECT_TRUE(is_media_type(yes, "application/json")) << yes;
  for (const char* no : {"", "text/plain", "application/jsonp", "application/json; charset=latin1",
                         "application/json; x=1", "text/plain; application/json", "application/problem+json"})
    EXPECT_FALSE(is_media_type(no, "application/json")) << no;
}

TEST(Accept, TheMostSpecificRangeDecides) {
  const auto json = [](std::string_view accept) { return accepts(accept, "application/json"); };
  EXPECT_TRUE(json(""));
  EXPECT_TRUE(json("*/*"));
  EXPECT_TRUE(json("text/html, application/*;q=0.5"));
  EXPECT_TRUE(json("text/html;q=1,*/*;q=0.1"));
  EXPECT_TRUE(json("application/json;q=0.001"));
  EXPECT_FALSE(json("text/html"));
  EXPECT_FALSE(json("application/json;q=0"));
  EXPECT_FALSE(json("*/*, application/json;q=0.0"));
  EXPECT_FALSE(json("application/*;q=0, */*"));
  EXPECT_TRUE(json("application/json, application/*;q=0"));
  EXPECT_FALSE(json("nonsense"));
  EXPECT_TRUE(accepts("text/plain", "text/plain; charset=utf-8"));
  EXPECT_TRUE(json("text/x;a=\"b,c\", application/json"));
}

}  // namespace
}  // namespace causeway::api::rest
