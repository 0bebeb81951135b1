#include "apiserver/mail/message.hpp"

#include <gmock/gmock.h>

#include "base/encoding.hpp"

namespace causeway::api::mail {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

const Sender kFrom{"Causeway", "noreply@causeway.example"};

std::string composed(const std::string& subject, const std::string& text) {
  return compose(kFrom, {"ada@example.org", subject, text}, base::parse_time("2026-11-05T01:02:03Z").value()).value();
}

// What a reader sees of a subject that was encoded.
std::string decoded(std::string_view message) {
  auto field = message.substr(message.find("Subject: ") + 9);
  field = field.substr(0, field.find("\r\nMessage-ID"));
  std::string out;
  while (!field.empty()) {
    constexpr std::string_view kBegin = "=?UTF-8?B?";
    EXPECT_TRUE(field.starts_with(kBegin)) << field;
    const auto end = field.find("?=");
    EXPECT_LE(end + 2, 75U) << "RFC 2047, 2";
    out += base::base64_decode(field.substr(kBegin.size(), end - kBegin.size())).value();
    field.remove_prefix(end + 2);
    if (!field.empty()) {
      EXPECT_TRUE(field.starts_with("\r\n ")) << field;
      field.remove_prefix(3);
    }
  }
  return out;
}

TEST(MailMessage, PlainTextGoesAsItIs) {
  const auto message = composed("Your code", "It is 123456.\n.\nA line with a dot alone is the server's to escape.\n");
  EXPECT_THAT(message, AllOf(HasSubstr("Date: Thu, 5 Nov 2026 01:02:03 +0000\r\n"),
                             HasSubstr("From: \"Causeway\" <noreply@causeway.example>\r\n"),
                             HasSubstr("To: ada@example.org\r\n"), HasSubstr("Subject: Your code\r\n"),
                             HasSubstr("Content-Transfer-Encoding: 7bit\r\n\r\nIt is 123456.\r\n.\r\nA line")));
  const auto id = message.substr(message.find("Message-ID: "));
  EXPECT_THAT(id.substr(0, id.find('\r')), MatchesRegex("Message-ID: <[0-9a-f]{32}@causeway.example>"));
  EXPECT_EQ(message.find('\n'), message.find("\r\n") + 1);
  EXPECT_NE(composed("a", "b"), composed("a", "b")) << "each has an id of its own";
}

TEST(MailMessage, WhatIsNoAsciiIsEncodedInWholeCharacters) {
  std::string subject;
  for (int i = 0; i < 60; ++i) subject += "漢字🦀";
  const auto message = composed(subject, "Grüße\n");
  EXPECT_EQ(decoded(message), subject);
  EXPECT_THAT(message, HasSubstr("base64\r\n\r\n" + base::base64_encode("Grüße\r\n") + "\r\n"));
  EXPECT_EQ(decoded(composed("=?UTF-8?B?eA==?=", "x")), "=?UTF-8?B?eA==?=")
      << "what looks encoded is no encoding of ours";
  // No line is too long, whatever is in it.
  const auto all = composed(subject, std::string(5000, 'x') + "\n");
  for (std::size_t at = 0; at < all.size();) {
    const auto end = all.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 998U) << "RFC 5322, 2.1.1";
    at = end + 2;
  }
}

TEST(MailMessage, NothingBeginsAnotherLineOrRecipient) {
  const auto refused = [](const char* to, const std::string& subject, const std::string& text = "x") {
    return !compose(kFrom, {to, subject, text}, {}).ok();
  };
  EXPECT_TRUE(refused("ada@example.org", "a\r\nBcc: eve@example.org"));
  EXPECT_TRUE(refused("ada@example.org", "a\nb"));
  EXPECT_TRUE(refused("ada@example.org", std::string("a\0b", 3)));
  EXPECT_TRUE(refused("ada@example.org", "\xff"));
  EXPECT_TRUE(refused("ada@example.org", "a", "\xff"));
  for (const char* to :
       {"", "ada", "@example.org", "ada@", "a@b@c", "ada@example.org>", "ada@example.org,eve@example.org",
        "ada@example.org\r\nRCPT TO:<eve@example.org>", "a da@example.org", "\"a\"@example.org", "ada(x)@example.org",
        "-o@example.org", "adä@example.org"})
    EXPECT_TRUE(refused(to, "a")) << to;
  EXPECT_FALSE(refused("ada+list@sub.example.org", "a"));
}

TEST(MailMessage, OfWhatPeopleWroteOneLineIsLeft) {
  EXPECT_EQ(one_line("a\r\nBcc: b\x01"), "a  Bcc: b ");
  EXPECT_EQ(one_line("漢字", 4), "漢…");
  EXPECT_EQ(one_line("short"), "short");
}

TEST(MailMessage, WhoSends) {
  const auto whole = parse_sender("Causeway <noreply@causeway.example>").value();
  EXPECT_EQ(whole.name, "Causeway");
  EXPECT_EQ(whole.address, "noreply@causeway.example");
  EXPECT_EQ(parse_sender("noreply@causeway.example").value().name, "");
  for (const char* wrong : {"", "Causeway", "Causeway <noreply@causeway.example> x", "a\nb <a@b>", "a\" <a@b>", "<a@b"})
    EXPECT_FALSE(parse_sender(wrong).ok()) << wrong;
}

}  // namespace
}  // namespace causeway::api::mail
