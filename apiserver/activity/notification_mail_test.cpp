#include "apiserver/activity/notification_mail.hpp"

#include <gmock/gmock.h>

namespace causeway::api::activity {
namespace {

using testing::HasSubstr;

TEST(NotificationMail, SaysWhatWasDoneAndWhere) {
  Entry entry;
  entry.kind = "issue.opened";
  entry.actor = "eve";
  entry.repository = "ada/digits";
  entry.subject = "issue";
  entry.number = 3;
  entry.title = "Why?\r\nBcc: all@example.org";
  const auto message = mail_of(entry, "ada@example.org", "https://causeway.example");
  EXPECT_EQ(message.to, "ada@example.org");
  EXPECT_EQ(message.subject, "[ada/digits] Why?  Bcc: all@example.org") << "one line";
  EXPECT_THAT(message.text, HasSubstr("eve has opened issue #3 (ada/digits).\n"));
  EXPECT_THAT(message.text, HasSubstr("\nhttps://causeway.example/ada/digits/issues/3\n"));
  entry.subject = "discussion";
  EXPECT_THAT(mail_of(entry, "", "s").text, HasSubstr("s/ada/digits/discussions/3\n"));
  entry.title = std::string(5000, 'x');
  EXPECT_LT(mail_of(entry, "", "s").subject.size(), 200U);
}

TEST(NotificationMail, OfWhatHasNoRepository) {
  Entry entry;
  entry.kind = "account.followed";
  entry.actor = "eve";
  const auto message = mail_of(entry, "ada@example.org", "https://causeway.example");
  EXPECT_EQ(message.subject, "eve follows you");
  EXPECT_THAT(message.text, HasSubstr("https://causeway.example/eve\n"));
  entry.kind = "something.new";
  EXPECT_EQ(mail_of(entry, "", "").subject, "eve: something.new") << "of a kind that nobody has told it of";
}

}  // namespace
}  // namespace causeway::api::activity
