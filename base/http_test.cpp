#include "base/http.hpp"

#include <gtest/gtest.h>
#include <random>

namespace causeway::base {
namespace {

TEST(Headers, NamesCompareWithoutCase) {
  Headers headers{{"Accept", "a"}, {"accept", "b"}, {"X", "1"}};
  EXPECT_EQ(headers.get("ACCEPT"), "a");
  EXPECT_EQ(headers.count("Accept"), 2u);
  EXPECT_EQ(headers.get("none"), std::nullopt);
  headers.set("aCCept", "c");
  EXPECT_EQ(headers.count("accept"), 1u);
  EXPECT_EQ(headers.get("accept"), "c");
  headers.add("X", "2");
  headers.erase("x");
  EXPECT_EQ(headers.size(), 1u);
  headers.set("New", "n");
  EXPECT_EQ(headers.get("new"), "n");
}

TEST(HttpRequest, PathAndQuery) {
  HttpRequest request;
  request.target = "/a/b?x=1?y";
  EXPECT_EQ(request.path(), "/a/b");
  EXPECT_EQ(request.query(), "x=1?y");
  request.target = "/a";
  EXPECT_EQ(request.path(), "/a");
  EXPECT_EQ(request.query(), "");
}

TEST(Percent, EncodesEverythingButUnreserved) {
  EXPECT_EQ(percent_encode("a-Z_0.~ /?&ä"), "a-Z_0.~%20%2F%3F%26%C3%A4");
  EXPECT_EQ(percent_decode("a%20b%2fB+"), "a b/B+");
  for (const char* text : {"%", "%2", "%g0", "a%0", "%00", "%-1"})
    EXPECT_EQ(percent_decode(text), std::nullopt) << text;
}

TEST(Percent, DecodingIsTheInverse) {
  std::mt19937 random(5);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 20, '\0');
    for (char& c : text) c = static_cast<char>(1 + random() % 255);
    ASSERT_EQ(percent_decode(percent_encode(text)), text);
  }
}

TEST(QueryParameter, TheFirstOfItsName) {
  EXPECT_EQ(query_parameter("a=1&b=2&a=3", "a"), "1");
  EXPECT_EQ(query_parameter("a=x+y%2B", "a"), "x y+");
  EXPECT_EQ(query_parameter("a%20b=1", "a b"), "1");
  EXPECT_EQ(query_parameter("watch&x=", "watch"), "");
  EXPECT_EQ(query_parameter("watch&x=", "x"), "");
  EXPECT_EQ(query_parameter("ab=1", "a"), std::nullopt);
  EXPECT_EQ(query_parameter("", "a"), std::nullopt);
  EXPECT_EQ(query_parameter("a=%zz", "a"), std::nullopt);
}

TEST(ParseUrl, SplitsSchemeHostPortPath) {
  const auto plain = parse_url("http://git:8080/prefix");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->scheme, "http");
  EXPECT_EQ(plain->host, "git");
  EXPECT_EQ(plain->port, 8080);
  EXPECT_EQ(plain->path, "/prefix");
  EXPECT_EQ(parse_url("HTTPS://Example.com")->port, 443);
  EXPECT_EQ(parse_url("https://example.com")->path, "");
  EXPECT_EQ(parse_url("http://127.0.0.1")->port, 80);
  EXPECT_EQ(parse_url("https://[::1]:6443/x")->host, "::1");
  EXPECT_EQ(parse_url("https://[::1]:6443/x")->port, 6443);
}

TEST(ParseUrl, UnixSocketsKeepTheirPath) {
  const auto url = parse_url("unix:///run/one%20box.sock");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->path, "/run/one box.sock");
  EXPECT_EQ(url->host, "");
  EXPECT_FALSE(parse_url("unix://host/run/x"));
  EXPECT_FALSE(parse_url("unix://"));
}

TEST(ParseUrl, RefusesWhatIsNot) {
  for (const char* text : {"", "host:80", "http://", "http:///path", "http://h:0", "http://h:70000", "http://h:x",
                           "http://u:p@h/", "http://h/?q", "http://h/#f", "http://h /", "/path", "http://[::1"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Responses, HaveTheirContentType) {
  EXPECT_EQ(text_response(404, "no").headers.get("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(json_response(200, "{}").headers.get("content-type"), "application/json");
}

}  // namespace
}  // namespace causeway::base
