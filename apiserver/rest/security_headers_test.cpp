#include "apiserver/rest/security_headers.hpp"

#include <gtest/gtest.h>

namespace causeway::api::rest {
namespace {

TEST(SecurityHeaders, AreOnEveryAnswerUnlessItSaysOtherwise) {
  base::Headers headers{{"Cache-Control", "public, max-age=60"}, {"content-security-policy", "default-src 'self'"}};
  SecurityHeaders("https://causeway.example").apply(headers);
  EXPECT_EQ(headers.get("Cache-Control"), "public, max-age=60");
  EXPECT_EQ(headers.count("Content-Security-Policy"), 1u);
  EXPECT_EQ(headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(headers.get("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(headers.get("Strict-Transport-Security"), "max-age=31536000; includeSubDomains");
}

TEST(SecurityHeaders, WithoutHttpsThereIsNoHsts) {
  base::Headers headers;
  SecurityHeaders("http://127.0.0.1:8080").apply(headers);
  EXPECT_FALSE(headers.get("Strict-Transport-Security"));
  EXPECT_EQ(headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(headers.get("Content-Security-Policy"),
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}

}  // namespace
}  // namespace causeway::api::rest
