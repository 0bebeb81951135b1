#include "base/http_wire.hpp"

#include <gtest/gtest.h>

namespace causeway::base {
namespace {

TEST(HttpDate, IsImfFixdate) {
  EXPECT_EQ(http_date(*parse_time("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110, 5.6.7
}

TEST(RequestHead, AddsWhatIsMissing) {
  HttpRequest request;
  request.method = "POST";
  request.headers.set("Accept", "x");
  EXPECT_EQ(request_head(request, "/p/t", "h:1", "me"),
            "POST /p/t HTTP/1.1\r\nHost: h:1\r\nUser-Agent: me\r\nAccept: x\r\nContent-Length: 0\r\n\r\n");
  request.method = "GET";
  request.headers.set("Host", "own");
  request.headers.set("User-Agent", "mine");
  request.headers.set("Content-Length", "99");
  EXPECT_EQ(request_head(request, "/", "h", "me"),
            "GET / HTTP/1.1\r\nAccept: x\r\nHost: own\r\nUser-Agent: mine\r\n\r\n");
  request.body = "abc";
  EXPECT_TRUE(request_head(request, "/", "h", "me").ends_with("Content-Length: 3\r\n\r\n"));
}

TEST(ResponseHead, FramingIsTheServersAndBrokenFieldsAreLeftOut) {
  HttpResponse response;
  response.status = 404;
  response.headers = {{"Content-Length", "7"},       {"Transfer-Encoding", "x"},
                      {"Connection", "upgrade"},     {"X-A", "1"},
                      {"X-B", "a\r\nSet-Cookie: b"}, {"Bad Name", "x"}};
  ResponseFraming framing;
  framing.content_length = 2;
  EXPECT_EQ(response_head(response, framing, *parse_time("1994-11-06T08:49:37Z")),
            "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-A: 1\r\nContent-Length: 2\r\n\r\n");
  framing = {};
  framing.http10 = true;
  EXPECT_NE(response_head(response, framing, {}).find("Connection: keep-alive\r\n"), std::string::npos);
  framing.keep_alive = false;
  EXPECT_NE(response_head(response, framing, {}).find("Connection: close\r\n"), std::string::npos);
}

TEST(ChunkHeader, IsHexadecimal) {
  EXPECT_EQ(chunk_header(1), "1\r\n");
  EXPECT_EQ(chunk_header(31), "1f\r\n");
}

TEST(Authority, LeavesOutTheStandardPort) {
  EXPECT_EQ(authority({"http", "h", "", 80}), "h");
  EXPECT_EQ(authority({"https", "h", "", 443}), "h");
  EXPECT_EQ(authority({"https", "h", "", 80}), "h:80");
  EXPECT_EQ(authority({"https", "::1", "", 6443}), "[::1]:6443");
}

TEST(ListContains, LooksThroughAllFields) {
  const Headers headers{{"Connection", "keep-alive , Close"}, {"Connection", "x"}};
  EXPECT_TRUE(list_contains(headers, "connection", "close"));
  EXPECT_TRUE(list_contains(headers, "connection", "x"));
  EXPECT_FALSE(list_contains(headers, "connection", "clos"));
}

TEST(Valid, FieldsAndTargets) {
  EXPECT_TRUE(valid_field_name("X-Y_z!"));
  for (const char* name : {"", "a b", "a:", "a\r", "ä", "a("}) EXPECT_FALSE(valid_field_name(name)) << name;
  EXPECT_TRUE(valid_field_value("a\tb ä"));
  for (const char* value : {"a\r\nb", "a\nb", "\x7f", "\x01"}) EXPECT_FALSE(valid_field_value(value));
  EXPECT_FALSE(valid_field_value(std::string_view("a\0b", 3)));
  EXPECT_TRUE(valid_target("/a?b=%20"));
  for (const char* target : {"", "a", "/a b", "/a#f", "/\r\n", "/ä", "http://h/"}) EXPECT_FALSE(valid_target(target));
}

}  // namespace
}  // namespace causeway::base
