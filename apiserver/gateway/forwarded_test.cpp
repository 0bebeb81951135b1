#include "apiserver/gateway/forwarded.hpp"

#include <gtest/gtest.h>

namespace causeway::api::gateway {
namespace {

Forwarded asked(std::string host, std::string uri = "/", std::string method = "GET") {
  return {std::move(method), std::move(host), std::move(uri)};
}

int status(const base::Headers& headers) {
  const auto read = forwarded_request(headers);
  return read ? 200 : read.error().status();
}

TEST(Forwarded, IsWhatTheGatewayTells) {
  const auto read = forwarded_request(
      {{"x-forwarded-method", "POST"}, {"X-Forwarded-Host", "Demo.Example:443"}, {"X-Forwarded-Uri", "/a?b=c"}});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->method, "POST");
  EXPECT_EQ(read->host, "demo.example");
  EXPECT_EQ(read->uri, "/a?b=c");
  EXPECT_EQ(forwarded_request({{"X-Forwarded-Host", "[2001:db8::1]:8443"}, {"X-Forwarded-Uri", "/"}})->host,
            "[2001:db8::1]:8443");
}

TEST(Forwarded, WithoutARequestThereIsNothingHere) {
  EXPECT_EQ(status({}), 404);
  EXPECT_EQ(status({{"X-Forwarded-Host", "demo.example"}}), 404);
}

TEST(Forwarded, IsToldOnce) {
  for (const char* name : {"X-Forwarded-Method", "X-Forwarded-Host", "X-Forwarded-Uri"}) {
    base::Headers headers{{"X-Forwarded-Method", "GET"}, {"X-Forwarded-Host", "a"}, {"X-Forwarded-Uri", "/"}};
    EXPECT_EQ(status(headers), 200);
    headers.add(name, "a");
    EXPECT_EQ(status(headers), 400) << name;
  }
}

TEST(Forwarded, AHostIsOneHost) {
  for (const char* host : {"", "a, b", "a b", "a/b", "user@a", "a\"", "a\\b", "a?b", "a#b", "\xc3\xa9.example"})
    EXPECT_EQ(status({{"X-Forwarded-Host", host}, {"X-Forwarded-Uri", "/"}}), 400) << host;
  EXPECT_EQ(status({{"X-Forwarded-Host", std::string(256, 'a')}, {"X-Forwarded-Uri", "/"}}), 400);
}

TEST(Forwarded, KnowsWhoOpensAPage) {
  const auto page = asked("a");
  EXPECT_TRUE(opens_page({{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}}, page));
  EXPECT_TRUE(opens_page({{"Sec-Fetch-Mode", "navigate"}}, page));
  EXPECT_TRUE(opens_page({{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}}, page));
  EXPECT_FALSE(opens_page({{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "iframe"}}, page));
  EXPECT_FALSE(opens_page({{"Sec-Fetch-Mode", "cors"}, {"Accept", "text/html"}}, page)) << "a script's";
  EXPECT_FALSE(opens_page({{"Sec-Fetch-Mode", "no-cors"}, {"Sec-Fetch-Dest", "image"}}, page));
  EXPECT_FALSE(opens_page({{"Accept", "*/*"}}, page)) << "a program's";
  EXPECT_FALSE(opens_page({{"Sec-Fetch-Mode", "navigate"}}, asked("a", "/", "POST"))) << "it would lose its body";
}

TEST(Forwarded, TheSignInPageLeadsBack) {
  EXPECT_EQ(sign_in_page("https://causeway.example", asked("causeway.example", "/workshop?tab=2&x=y")),
            "https://causeway.example/sign-in?returnTo=%2Fworkshop%3Ftab%3D2%26x%3Dy");
  EXPECT_EQ(sign_in_page("https://causeway.example:8443/", asked("causeway.example:8443")),
            "https://causeway.example:8443/sign-in?returnTo=%2F");
}

TEST(Forwarded, TheSignInPageLeadsNowhereElse) {
  for (const char* uri : {"//evil.example", "/\\evil.example", "https://evil.example/", "/a\r\nSet-Cookie: x", ""})
    EXPECT_EQ(sign_in_page("https://causeway.example", asked("causeway.example", uri)),
              "https://causeway.example/sign-in")
        << uri;
  EXPECT_EQ(sign_in_page("https://causeway.example", asked("demo.example")), "");
  EXPECT_EQ(sign_in_page("https://causeway.example", asked("causeway.example:8443")), "");
  EXPECT_EQ(sign_in_page("", asked("causeway.example")), "");
}

}  // namespace
}  // namespace causeway::api::gateway
