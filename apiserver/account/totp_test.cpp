#include "apiserver/account/totp.hpp"

#include <gtest/gtest.h>
#include <set>

#include "apiserver/account/base32.hpp"

namespace causeway::api::account {
namespace {

using namespace std::chrono_literals;

const std::string kSecret = "12345678901234567890";  // of both RFCs' appendices

base::WallTime at(std::int64_t seconds) {
  return base::WallTime(std::chrono::seconds(seconds));
}

TEST(Totp, CountsAsTheAppendixOfRfc4226) {
  const char* const expected[] = {"755224", "287082", "359152", "969429", "338314",
                                  "254676", "287922", "162583", "399871", "520489"};
  for (int count = 0; count < 10; ++count) EXPECT_EQ(totp_code(kSecret, count), expected[count]) << count;
}

TEST(Totp, FollowsTheTimeAsTheAppendixOfRfc6238) {
  // There with eight digits; ours are the last six.
  const std::pair<std::int64_t, std::string> expected[] = {{59, "94287082"},         {1111111109, "07081804"},
                                                           {1111111111, "14050471"}, {1234567890, "89005924"},
                                                           {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : expected) EXPECT_EQ(totp_code(kSecret, seconds / 30), code.substr(2)) << seconds;
  EXPECT_EQ(totp_step(at(29)), 0);
  EXPECT_EQ(totp_step(at(59)), 1);
  EXPECT_EQ(totp_step(at(1111111109) + 999ms), 0x23523EC);
}

TEST(Totp, IsTakenAStepEarlierAndAStepLater) {
  const auto now = at(1234567890);
  const auto step = totp_step(now);
  for (std::int64_t off = -1; off <= 1; ++off) {
    const auto found = match_totp(kSecret, totp_code(kSecret, step + off), now, 0);
    ASSERT_TRUE(found) << off;
    EXPECT_EQ(found->step, step + off);
    EXPECT_FALSE(found->spent);
  }
  for (std::int64_t off : {-2, 2}) EXPECT_FALSE(match_totp(kSecret, totp_code(kSecret, step + off), now, 0)) << off;
}

TEST(Totp, IsTakenOnceAndNoEarlierOneAfterIt) {
  const auto now = at(1234567890);
  const auto step = totp_step(now);
  const auto found = match_totp(kSecret, totp_code(kSecret, step), now, step);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->spent);
  EXPECT_TRUE(match_totp(kSecret, totp_code(kSecret, step - 1), now, step)->spent);
  EXPECT_FALSE(match_totp(kSecret, totp_code(kSecret, step + 1), now, step)->spent);
}

TEST(Totp, WhatIsNoCodeMatchesNothing) {
  const auto now = at(59);
  for (const char* code : {"", "28708", "2870820", "287083", "28708a", "94287082"})
    EXPECT_FALSE(match_totp(kSecret, code, now, 0)) << code;
}

TEST(Totp, ASecretHas160BitsAndIsNeverTheSame) {
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) {
    const auto secret = make_totp_secret();
    EXPECT_EQ(secret.size(), 20U);
    all.insert(secret);
  }
  EXPECT_EQ(all.size(), 100U);
}

TEST(Totp, AppsReadItsAddress) {
  EXPECT_EQ(otpauth_uri(kSecret, "causeway.example:8443", "Ada"),
            "otpauth://totp/causeway.example%3A8443:Ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            "&issuer=causeway.example%3A8443&algorithm=SHA1&digits=6&period=30");
}

TEST(Base32, AsTheRfcHasIt) {
  // RFC 4648, 10, without its padding.
  const std::pair<const char*, const char*> expected[] = {{"", ""},
                                                          {"f", "MY"},
                                                          {"fo", "MZXQ"},
                                                          {"foo", "MZXW6"},
                                                          {"foob", "MZXW6YQ"},
                                                          {"fooba", "MZXW6YTB"},
                                                          {"foobar", "MZXW6YTBOI"}};
  for (const auto& [bytes, text] : expected) EXPECT_EQ(base32_encode(bytes), text);
  EXPECT_EQ(base32_encode(std::string("\xff\xff\xff\xff\xff\0", 6)), "77777777AA");
}

}  // namespace
}  // namespace causeway::api::account
