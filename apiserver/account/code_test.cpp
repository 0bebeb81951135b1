#include "apiserver/account/code.hpp"

#include <gtest/gtest.h>
#include <map>

#include "apiserver/account/delivery.hpp"

namespace causeway::api::account {
namespace {

using namespace std::chrono_literals;

TEST(Code, HasSixDigitsEachAsLikely) {
  std::map<char, int> first;
  constexpr int kMany = 20'000;
  for (int i = 0; i < kMany; i++) {
    const auto code = make_code();
    ASSERT_EQ(parse_code(code), code);
    first[code.front()]++;
  }
  ASSERT_EQ(first.size(), 10U);
  // A fair one is beyond six standard deviations (42 each) once in a billion runs.
  for (const auto& [digit, count] : first) EXPECT_NEAR(count, kMany / 10, 6 * 43) << digit;
}

TEST(Code, IsReadAsPeopleTypeIt) {
  EXPECT_EQ(parse_code(" 012 345 "), "012345");
  for (const auto* wrong : {"", "12345", "1234567", "12345a", "12-345-6", "１２３４５６", "123456\n"})
    EXPECT_EQ(parse_code(wrong), std::nullopt) << wrong;
}

TEST(Code, IsKeptSaltedAndHashed) {
  const auto kept = hash_code("012345");
  EXPECT_TRUE(matches("012345", kept));
  EXPECT_FALSE(matches("012346", kept));
  EXPECT_FALSE(matches("", kept));
  EXPECT_NE(kept.hash, hash_code("012345").hash);
  EXPECT_EQ(kept.salt.size(), 16U);
  EXPECT_EQ(kept.hash.size(), 32U);
}

TEST(Code, FewAreSent) {
  const base::WallTime now{1000h};
  const SendLimits limits;
  EXPECT_EQ(wait_before_sending({}, now, limits), std::nullopt);
  EXPECT_EQ(wait_before_sending({now, 1, 1}, now, limits), 60s);
  EXPECT_EQ(wait_before_sending({now - 59500ms, 1, 1}, now, limits), 1s);
  EXPECT_EQ(wait_before_sending({now - 60s, 4, 19}, now, limits), std::nullopt);
  EXPECT_EQ(wait_before_sending({now - 50min, 5, 5}, now, limits), 1h);
  EXPECT_EQ(wait_before_sending({{}, 0, limits.per_address}, now, limits), 1h);
}

TEST(Code, LeavesTheMachineEncryptedOnly) {
  const auto takes = [](const char* url) { return webhook_delivery({.url = url}).ok(); };
  EXPECT_TRUE(takes("https://sms.example/send"));
  EXPECT_TRUE(takes("http://127.0.0.1:8080/codes"));
  EXPECT_FALSE(takes("http://sms.example/send"));
  EXPECT_FALSE(takes("http://127.0.0.1.example/send"));
  EXPECT_FALSE(takes("ftp://127.0.0.1/"));
}

}  // namespace
}  // namespace causeway::api::account
