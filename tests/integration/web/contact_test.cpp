// Changing the number or the address that codes go to.

#include <gmock/gmock.h>

#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ContactTest : public WebTest {
 protected:
  base::HttpResponse ask(Browser& by, const std::string& email) {
    clock.advance(61s);  // between two codes
    return by.post(mine + "/code", {{"email", email}});
  }
  base::HttpResponse set(Browser& by, const std::string& email, const std::string& code) {
    return by.send("PUT", mine, json::object{{"email", email}, {"code", code}});
  }
  std::string log(Browser& by) { return by.get("/api/v1/me/audit").body; }
  std::string wrong(const std::string& code) { return code == "000000" ? "000001" : "000000"; }

  const std::string mine = "/api/v1/me/email";
};

TEST_F(ContactTest, ANewAddressTakesItsCodeAndTheOldOneIsTold) {
  auto ada = user("ada"), elsewhere = browser();
  clock.advance(61s);
  ASSERT_EQ(elsewhere.post("/email_code", {{"email", "ada@example.org"}}).status, 200);
  ASSERT_EQ(elsewhere.post("/login", {{"email", "ada@example.org"}, {"code", mailbox.code("ada@example.org")}}).status,
            200);
  const auto asked = ask(ada, "Ada@New.example");
  EXPECT_EQ(text_of(asked, "to"), "a***@new.example");
  const auto code = mailbox.code("ada@new.example");
  EXPECT_EQ(set(ada, "ada@new.example", wrong(code)).status, 422);
  EXPECT_EQ(set(ada, "eve@new.example", code).status, 422) << "the code is for another one";
  EXPECT_EQ(text_of(ada.get("/api/v1/me"), "email"), "ada@example.org");
  EXPECT_THAT(mailbox.notices(), IsEmpty());
  const auto changed = set(ada, "ada@new.example", code);
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(text_of(changed, "email"), "ada@new.example");
  EXPECT_THAT(mailbox.notices(), ElementsAre("ada@example.org: email_changed"));
  EXPECT_EQ(text_of(ada.get("/identity"), "role"), "user");
  EXPECT_EQ(text_of(elsewhere.get("/identity"), "role"), "visitor") << "sessions elsewhere have ended";
  EXPECT_EQ(set(ada, "ada@new.example", code).status, 422) << "a code is used once";
  // What it was stands in the audit log, and never in full.
  EXPECT_THAT(log(ada), HasSubstr(R"("from":"a***@example.org")"));
  EXPECT_THAT(log(ada), HasSubstr(R"("reason":"wrong code")"));
  EXPECT_THAT(log(ada), Not(HasSubstr("ada@")));
  // It signs in from now on; the old one is somebody else's.
  clock.advance(61s);
  auto again = browser();
  ASSERT_EQ(again.post("/email_code", {{"email", "ada@new.example"}}).status, 200);
  const auto in = again.post("/login", {{"email", "ada@new.example"}, {"code", mailbox.code("ada@new.example")}});
  EXPECT_FALSE(object_of(in).at("new").as_bool());
  auto stranger = browser();
  ASSERT_EQ(stranger.post("/email_code", {{"email", "ada@example.org"}}).status, 200);
  const auto fresh = stranger.post("/login", {{"email", "ada@example.org"}, {"code", mailbox.code("ada@example.org")}});
  EXPECT_TRUE(object_of(fresh).at("new").as_bool());
}

TEST_F(ContactTest, TakesARecentSignInOfThePerson) {
  auto ada = user("ada");
  const auto token =
      text_of(ada.post("/api/v1/me/tokens", {{"name", "t"}, {"scopes", json::array{"account:write"}}}), "token");
  ASSERT_EQ(ask(ada, "ada@new.example").status, 200);
  const auto code = mailbox.code("ada@new.example");
  clock.advance(9min);
  auto program = browser();
  EXPECT_EQ(program.post(mine + "/code", {{"email", "x@new.example"}}, {{"Authorization", "Bearer " + token}}).status,
            403);
  EXPECT_EQ(browser().post(mine + "/code", {{"email", "x@new.example"}}).status, 401);
  clock.advance(7min);
  EXPECT_EQ(set(ada, "ada@new.example", code).status, 403) << "16 minutes ago";
  EXPECT_EQ(ask(ada, "ada@new.example").headers.get("X-Causeway-Sign-In").value_or(""), "again");
}

TEST_F(ContactTest, OnlyWhoHasAnAddressLearnsThatAnAccountHas) {
  auto ada = user("ada"), eve = user("eve");
  const auto taken = ask(eve, "ada@example.org"), open = ask(eve, "nobody@example.org");
  EXPECT_EQ(taken.status, open.status);
  EXPECT_EQ(taken.headers.get("Set-Cookie").has_value(), open.headers.get("Set-Cookie").has_value());
  EXPECT_EQ(slug(set(eve, "ada@example.org", "123456")), slug(set(eve, "nobody@example.org", "123456")));
  ASSERT_EQ(ask(eve, "ada@example.org").status, 200);
  const auto refused = set(eve, "ada@example.org", mailbox.code("ada@example.org"));
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_EQ(text_of(eve.get("/api/v1/me"), "email"), "eve@example.org");
  EXPECT_EQ(text_of(ada.get("/api/v1/me"), "email"), "ada@example.org");
  EXPECT_THAT(mailbox.notices(), IsEmpty());
}

TEST_F(ContactTest, AFirstNumberIsToldToTheAddress) {
  auto ada = user("ada");
  const auto path = std::string("/api/v1/me/mobile");
  EXPECT_EQ(ada.post(path + "/code", {{"phone", "not a number"}}).status, 422);
  ASSERT_EQ(ada.post(path + "/code", {{"phone", "+86 138 0013 8000"}}).status, 200);
  const auto number = std::string("+8613800138000");
  const auto changed = ada.send("PUT", path, json::object{{"phone", number}, {"code", mailbox.code(number)}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(text_of(changed, "mobile"), number);
  EXPECT_THAT(mailbox.notices(), ElementsAre("ada@example.org: mobile_changed"));
}

TEST_F(ContactTest, ACodeForSigningInIsOfNoUseHere) {
  auto ada = user("ada");
  clock.advance(61s);
  ASSERT_EQ(ada.post("/email_code", {{"email", "ada@new.example"}}).status, 200);
  EXPECT_EQ(set(ada, "ada@new.example", mailbox.code("ada@new.example")).status, 422);
  // And one that nobody could be sent changes nothing.
  mailbox.answer(500);
  EXPECT_EQ(ask(ada, "other@new.example").status, 503);
}

}  // namespace
}  // namespace causeway::api
