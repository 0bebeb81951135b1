#include "base/header_validator.hpp"

#include <gtest/gtest.h>
#include <random>

namespace causeway::base {
namespace {

constexpr std::string_view kGood = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

HttpRequest request(Headers headers, std::string target = "/", std::string method = "GET") {
  HttpRequest r;
  r.method = std::move(method);
  r.target = std::move(target);
  r.headers = std::move(headers);
  return r;
}

int status(HttpRequest r, unsigned version = 11) {
  const auto refusal = validate_head(version, r);
  EXPECT_TRUE(!refusal || !refusal->reason.empty());
  return refusal ? refusal->status : 0;
}

TEST(ScanHead, FindsTheEndWhereverTheBytesAreCut) {
  const std::string all = std::string(kGood) + "body\nwith\x01anything";
  for (std::size_t size = 0; size <= all.size(); ++size) {
    const HeadScan scan = scan_head(std::string_view(all).substr(0, size));
    EXPECT_FALSE(scan.refusal) << size;
    EXPECT_EQ(scan.size, size >= kGood.size() ? kGood.size() : 0) << size;
  }
}

TEST(ScanHead, SkipsEmptyLinesBeforeTheRequest) {
  const HeadScan scan = scan_head("\r\n\r\n" + std::string(kGood));
  EXPECT_FALSE(scan.refusal);
  EXPECT_EQ(scan.skip, 4u);
  EXPECT_EQ(scan.size, kGood.size());
}

TEST(ScanHead, RefusesLinesThatReadersEndDifferently) {
  for (const char* text :
       {"GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\r\nHost: h\n\r\n", "GET / HTTP/1.1\rHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\tfolded\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: h\r\n\r\n", "GET / HTTP/1.1\r\nA: \x01\r\n\r\n", "GET / HTTP/1.1\r\nA: \x7f\r\n\r\n",
        "\x16\x03\x01\x02"}) {
    const HeadScan scan = scan_head(text);
    ASSERT_TRUE(scan.refusal) << testing::PrintToString(text);
    EXPECT_EQ(scan.refusal->status, 400);
    EXPECT_EQ(scan.size, 0u);
  }
  EXPECT_TRUE(scan_head(std::string_view("GET /\0 HTTP/1.1\r\n\r\n", 19)).refusal);
}

TEST(ScanHead, RefusesAsSoonAsTheFaultIsThere) {
  EXPECT_TRUE(scan_head("GET /\n").refusal);
  EXPECT_TRUE(scan_head("GET /\rX").refusal);
  EXPECT_TRUE(scan_head("GET / HTTP/1.1\r\nA: b\r\n ").refusal);
}

TEST(ValidateHead, TakesOrdinaryRequests) {
  EXPECT_EQ(status(request({{"Host", "h"}})), 0);
  EXPECT_EQ(status(request({{"Host", "h:80"}})), 0);
  EXPECT_EQ(status(request({{"Host", "[::1]:80"}})), 0);
  EXPECT_EQ(status(request({{"Host", "demo--owner.localhost:8080"}, {"X-A", "1"}, {"X-A", "2"}}, "/a?b=c%20d")), 0);
  EXPECT_EQ(status(request({{"Host", "h"}, {"Transfer-Encoding", "Chunked"}}, "/", "POST")), 0);
  EXPECT_EQ(status(request({{"Host", "h"}, {"Content-Length", "12"}}, "/", "POST")), 0);
  EXPECT_EQ(status(request({{"Host", "h"}, {"Expect", "100-Continue"}}, "/", "PUT")), 0);
  EXPECT_EQ(status(request({{"Host", "h"}}, "*", "OPTIONS")), 0);
  EXPECT_EQ(status(request({}), 10), 0) << "HTTP/1.0 knows no Host";
}

TEST(ValidateHead, Host) {
  EXPECT_EQ(status(request({})), 400);
  EXPECT_EQ(status(request({{"Host", "a"}, {"host", "a"}})), 400);
  EXPECT_EQ(status(request({{"Host", "a"}, {"host", "a"}}), 10), 400);
  for (const char* host : {"", " ", "a b", "a,b", "a/b", "u@h", "h:x", "h:999999", "[::1", "[]:80", "[::1]x", ":80",
                           "h:80:90", "h\\", "h?", "h#"}) {
    EXPECT_EQ(status(request({{"Host", host}})), 400) << host;
  }
}

TEST(ValidateHead, TransferEncoding) {
  const auto coded = [](const char* coding) {
    return request({{"Host", "h"}, {"Transfer-Encoding", coding}}, "/", "POST");
  };
  for (const char* coding :
       {"xchunked", "chunked, identity", "identity", "gzip, chunked", "chunked,", "chunked;a=b", "", "\vchunked"}) {
    EXPECT_NE(status(coded(coding)), 0) << coding;
  }
  EXPECT_EQ(status(coded("chunked"), 10), 400) << "HTTP/1.0 has none";
  EXPECT_EQ(status(request({{"Host", "h"}, {"Transfer-Encoding", "chunked"}, {"Content-Length", "4"}})), 400);
  EXPECT_EQ(status(request({{"Host", "h"}, {"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}})), 400);
}

TEST(ValidateHead, ContentLength) {
  for (const char* length : {"", "-1", "+1", "1 ", "0x1", "1,1"}) {
    EXPECT_EQ(status(request({{"Host", "h"}, {"Content-Length", length}})), 400) << length;
  }
  EXPECT_EQ(status(request({{"Host", "h"}, {"Content-Length", "1"}, {"Content-Length", "1"}})), 400);
}

TEST(ValidateHead, NamesAndIdentities) {
  EXPECT_EQ(status(request({{"Host", "h"}, {"X_Remote_User", "admin"}})), 400);
  EXPECT_EQ(status(request({{"Host", "h"}, {"Content_Length", "1"}})), 400);
  EXPECT_EQ(status(request({{"Host", "h"}, {"A b", "1"}})), 400);
  for (const char* name :
       {"Authorization", "X-Remote-User", "X-Forwarded-User", "Content-Type", "Origin", "Impersonate-User"}) {
    EXPECT_EQ(status(request({{"Host", "h"}, {name, "1"}})), 0) << name;
    EXPECT_EQ(status(request({{"Host", "h"}, {name, "1"}, {name, "2"}})), 400) << name;
  }
}

TEST(ValidateHead, Target) {
  for (const char* target :
       {"", "a", "//\x01", "/a b", "/%00", "/a?b=%00", "/a#b", "/\xc3\xa4", "*", "ftp://h/", "h:80"}) {
    EXPECT_EQ(status(request({{"Host", "h"}}, target)), 400) << target;
  }
  EXPECT_EQ(status(request({{"Host", "h"}}, "h:443", "CONNECT")), 501);
}

TEST(ValidateHead, AbsoluteTargetsBecomeOriginForm) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://h:8080/a?b", "/a?b"}, {"HTTP://H:8080", "/"}, {"https://h:8080?x", "/?x"}, {"http://h:8080//a", "//a"}};
  for (const auto& [given, expected] : cases) {
    HttpRequest r = request({{"Host", "h:8080"}}, given);
    EXPECT_FALSE(validate_head(11, r)) << given;
    EXPECT_EQ(r.target, expected);
  }
  EXPECT_EQ(status(request({{"Host", "other"}}, "http://h/")), 400) << "two hosts in one request";
  EXPECT_EQ(status(request({{"Host", "h"}}, "http://u@h/")), 400);
}

TEST(ValidateHead, VersionAndExpectation) {
  EXPECT_EQ(status(request({{"Host", "h"}}), 12), 505);
  EXPECT_EQ(status(request({{"Host", "h"}}), 9), 505);
  EXPECT_EQ(status(request({{"Host", "h"}, {"Expect", "tea"}})), 417);
}

TEST(ScanHead, NeverReadsPastItsInput) {
  std::mt19937 random(11);
  constexpr std::string_view kAlphabet = "\r\n\t :aG/\x01";
  for (int i = 0; i < 50'000; ++i) {
    std::string text(random() % 12, '\0');
    for (char& c : text) c = kAlphabet[random() % kAlphabet.size()];
    const HeadScan scan = scan_head(text);
    EXPECT_LE(scan.skip + scan.size, text.size());
    EXPECT_TRUE(scan.size == 0 || text.substr(scan.skip, scan.size).find("\r\n\r\n") == scan.size - 4);
  }
}

}  // namespace
}  // namespace causeway::base
