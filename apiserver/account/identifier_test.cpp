#include "apiserver/account/identifier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::account {
namespace {

using ::testing::HasSubstr;

TEST(Identifier, NumbersAreComparedInOneForm) {
  for (const auto* text :
       {"+8613800138000", "+86 138 0013 8000", "+86-138.0013(8000)", "008613800138000", "0086 138-0013-8000"}) {
    const auto parsed = parse_mobile(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(parsed->value, "+8613800138000");
    EXPECT_EQ(parsed->channel, Channel::kMobile);
  }
  EXPECT_EQ(parse_mobile("138 0013 8000", "86")->value, "+8613800138000");
  EXPECT_EQ(parse_mobile("0171 1234567", "49")->value, "+491711234567");
}

TEST(Identifier, WhatIsNoNumberIsRefusedWithWhatOneLooksLike) {
  for (const auto* text : {"", "+", "12345678", "+86138x", "+012345678", "+123456", "+1234567890123456",
                           "++8613800138000", "86+13800138000", "+８６13800138000"}) {
    const auto parsed = parse_mobile(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("+86 138 0013 8000")) << text;
  }
}

TEST(Identifier, AddressesAreComparedWithoutCase) {
  EXPECT_EQ(parse_email("Ada.Lovelace+demo@Example.ORG")->value, "ada.lovelace+demo@example.org");
  EXPECT_EQ(parse_email("用户@例子.公司")->value, "用户@例子.公司");
}

TEST(Identifier, WhatIsNoAddressIsRefused) {
  const std::string long_name(65, 'a'), long_host = std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                                    std::string(63, 'c') + "." + std::string(63, 'd');
  for (const auto& text :
       {std::string("ada"), std::string("@example.org"), std::string("ada@"), std::string("ada@localhost"),
        std::string("ada@@example.org"), std::string("ada@b@example.org"), std::string("ada @example.org"),
        std::string("ada@exa mple.org"), std::string("ada@example..org"), std::string("ada@-example.org"),
        std::string("ada@example.org\r\nBcc: eve@example.org"), std::string("ada@example.org\0", 16),
        std::string("\"ada\"@exam_ple.org"), long_name + "@example.org", "a@" + long_host})
    EXPECT_FALSE(parse_email(text)) << text;
}

TEST(Identifier, IsShownInPart) {
  EXPECT_EQ(masked({Channel::kEmail, "ada@example.org"}), "a***@example.org");
  EXPECT_EQ(masked({Channel::kMobile, "+8613800138000"}), "+861****000");
  EXPECT_EQ(masked({Channel::kMobile, "+1234567"}), "+1****67");
}

}  // namespace
}  // namespace causeway::api::account
