#include "apiserver/oauth/endpoint.hpp"

#include <gtest/gtest.h>

namespace causeway::api::oauth {
namespace {

TEST(Endpoint, HasAnOriginAndATarget) {
  const std::vector<std::tuple<const char*, const char*, const char*>> all{
      {"https://id.example", "https://id.example", "/"},
      {"https://id.example:443/a", "https://id.example", "/a"},
      {"https://id.example:8443/a?b=c&d", "https://id.example:8443", "/a?b=c&d"},
      {"https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443", "/a"},
      {"https://id.example?a=b", "https://id.example", "/?a=b"},
      {"http://localhost:3000/a", "http://localhost:3000", "/a"},
      {"http://127.0.0.1/a", "http://127.0.0.1", "/a"},
      {"http://[::1]/a", "http://[::1]", "/a"},
  };
  for (const auto& [url, origin, target] : all) {
    const auto endpoint = parse_endpoint(url);
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    EXPECT_EQ(endpoint->origin, origin);
    EXPECT_EQ(endpoint->target, target);
  }
}

TEST(Endpoint, WhatIsNoneIsRefused) {
  for (const auto& url :
       {std::string(), std::string("id.example"), std::string("http://id.example"), std::string("ftp://id.example"),
        std::string("http://127.0.0.1.example.org"), std::string("http://localhost.example.org"),
        std::string("https://user:word@id.example"), std::string("https://id.example/#a"),
        std::string("https://id.example/a b"), std::string("https://id.example/\r\nHost: x"),
        std::string("https://id.example/\xe7"), std::string("https:///a"), std::string("unix:///run/a"),
        std::string("javascript:alert(1)"), std::string("https://id.example:0"), std::string("https://id.example\\@x"),
        "https://id.example/" + std::string(2048, 'a')})
    EXPECT_FALSE(parse_endpoint(url)) << url;
}

TEST(Endpoint, ParametersGoBehindItsOwn) {
  const auto url = [](const char* base) {
    return with_parameters(parse_endpoint(base).value(), {{"a b", "c&d"}, {"e", "/"}});
  };
  EXPECT_EQ(url("https://id.example/x"), "https://id.example/x?a%20b=c%26d&e=%2F");
  EXPECT_EQ(url("https://id.example/x?y=z"), "https://id.example/x?y=z&a%20b=c%26d&e=%2F");
  EXPECT_EQ(url("https://id.example/x?"), "https://id.example/x?a%20b=c%26d&e=%2F");
}

}  // namespace
}  // namespace causeway::api::oauth
