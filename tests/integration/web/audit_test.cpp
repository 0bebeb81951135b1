// Who did what that matters: what is written down, and who reads it.

#include "tests/integration/web/community_fixture.hpp"

namespace causeway::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class AuditTest : public CommunityTest {
 protected:
  // "session.begun refused", the latest first.
  static std::vector<std::string> deeds(const base::HttpResponse& answer) {
    std::vector<std::string> all;
    for (const auto& item : items_of(answer))
      all.push_back(std::string(item.at("action").as_string()) + " " + std::string(item.at("outcome").as_string()));
    return all;
  }
  Browser administrator() {
    auto root = user("root1");
    script("UPDATE users SET administrator = true WHERE id = (SELECT id FROM accounts WHERE name = 'root1')");
    clock.advance(std::chrono::seconds(6));  // what the session still knew
    return root;
  }
};

TEST_F(AuditTest, APersonReadsWhatTheyDid) {
  auto ada = user("ada"), eve = user("eve");
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/password", json::object{{"password", "analytical engine 1843"}}).status, 204);
  const auto made = ada.post("/api/v1/me/tokens", {{"name", "laptop"}, {"scopes", json::array{"account:read"}}});
  ASSERT_EQ(made.status, 201);
  const auto id = std::string(object_of(made).at("entry").at("id").as_string());
  ASSERT_EQ(ada.send("DELETE", "/api/v1/me/tokens/" + id).status, 204);
  EXPECT_THAT(deeds(ada.get("/api/v1/me/audit")),
              ElementsAre("token.revoked allowed", "token.made allowed", "password.changed allowed",
                          "account.initialised allowed", "session.begun allowed"));
  EXPECT_THAT(paged(ada, "/api/v1/me/audit", "action"),
              ElementsAre("token.revoked", "token.made", "password.changed", "account.initialised", "session.begun"));
  EXPECT_THAT(deeds(eve.get("/api/v1/me/audit")), ElementsAre("account.initialised allowed", "session.begun allowed"));

  const auto page = ada.get("/api/v1/me/audit");
  EXPECT_THAT(page.body, Not(HasSubstr("analytical")));
  EXPECT_THAT(page.body, Not(HasSubstr(text_of(made, "token"))));
  const auto entry = items_of(page).at(1).as_object();
  EXPECT_EQ(entry.at("actor").as_string(), "ada");
  EXPECT_EQ(entry.at("address").as_string(), "127.0.0.1");
  EXPECT_EQ(entry.at("userAgent").as_string(), "Mozilla/5.0 (test)");
  EXPECT_EQ(entry.at("requestId").as_string(), std::string(made.headers.get("X-Request-Id").value_or("")));
  EXPECT_EQ(entry.at("detail").at("name").as_string(), "laptop");
}

TEST_F(AuditTest, ADeedIsALineInTheLogToo) {
  auto ada = user("ada");
  const auto id = std::to_string(number("SELECT id FROM accounts WHERE name = 'ada'"));
  testing::internal::CaptureStderr();
  const auto made = ada.post("/api/v1/me/tokens", {{"name", "laptop"}, {"scopes", json::array{"account:read"}}});
  auto thief = browser("192.0.2.7");
  thief.post("/login", {{"account", "ada"}, {"password", "a guess of mine"}});
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(
      log, HasSubstr(R"("msg":"a deed","request_id":")" + std::string(made.headers.get("X-Request-Id").value_or("")) +
                     R"(","actor":)" + id + R"(,"action":"token.made","outcome":"allowed")"));
  EXPECT_THAT(log, HasSubstr(R"("action":"session.begun","outcome":"refused","target":"account )" + id +
                             R"(","address":"192.0.2.7")"));
  EXPECT_THAT(log, Not(HasSubstr("laptop"))) << "what people call things is in the table only";
  EXPECT_THAT(log, Not(HasSubstr("a guess of mine")));
}

TEST_F(AuditTest, WhatFailsIsWrittenDownToo) {
  auto ada = user("ada");
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/password", json::object{{"password", "analytical engine 1843"}}).status, 204);
  auto thief = browser("192.0.2.7");
  EXPECT_EQ(thief.post("/login", {{"account", "ada"}, {"password", "guess"}}).status, 401);
  EXPECT_EQ(thief.post("/login", {{"account", "my own password"}, {"password", "guess"}}).status, 401);
  EXPECT_EQ(thief.post("/login", {{"email", "ada@example.org"}, {"code", "123456"}}).status, 401);
  const auto page = ada.get("/api/v1/me/audit");
  ASSERT_EQ(deeds(page).front(), "session.begun refused");
  EXPECT_EQ(items_of(page).at(0).at("address").as_string(), "192.0.2.7");
  EXPECT_EQ(number("SELECT count(*) FROM audit_log WHERE outcome = 'refused' AND actor_id IS NULL"), 3);
  EXPECT_EQ(number("SELECT count(*) FROM audit_log WHERE to_json(audit_log)::text LIKE '%my own password%'"), 0)
      << "people type passwords where a name belongs";
  EXPECT_EQ(
      ada.send("PUT", "/api/v1/me/password", json::object{{"current", "wrong"}, {"password", "difference engine 1822"}})
          .status,
      422);
  EXPECT_EQ(deeds(ada.get("/api/v1/me/audit")).front(), "password.changed refused");
  ASSERT_EQ(ada.get("/sign_out").status, 204);
  EXPECT_EQ(number("SELECT count(*) FROM audit_log WHERE action = 'session.ended' AND actor_name = 'ada'"), 1);
}

TEST_F(AuditTest, AdministratorsReadAll) {
  auto ada = user("ada"), root = administrator();
  EXPECT_EQ(ada.get("/api/v1/audit").status, 403);
  EXPECT_EQ(browser().get("/api/v1/audit").status, 401);
  ASSERT_EQ(root.send("PUT", "/api/v1/users/ada/standing", json::object{{"disabled", true}}).status, 200);
  ASSERT_EQ(root.send("PUT", "/api/v1/users/ada/standing", json::object{{"disabled", false}}).status, 200);
  ASSERT_EQ(root.send("PUT", "/api/v1/users/nobody/standing", json::object{{"disabled", true}}).status, 404);
  EXPECT_THAT(deeds(root.get("/api/v1/audit?limit=2")),
              ElementsAre("account.enabled allowed", "account.disabled allowed"));
  EXPECT_THAT(members(root.get("/api/v1/audit?actor=ADA"), "action"),
              ElementsAre("account.initialised", "session.begun"));
  EXPECT_THAT(deeds(root.get("/api/v1/audit?action=account.disabled")), ElementsAre("account.disabled allowed"));
  EXPECT_THAT(deeds(root.get("/api/v1/audit?until=2020-01-01T00:00:00Z")), testing::IsEmpty());
  EXPECT_THAT(deeds(root.get("/api/v1/audit?from=2020-01-01T00:00:00Z&actor=root1&limit=1")),
              ElementsAre("account.enabled allowed"));
  EXPECT_EQ(root.get("/api/v1/audit?from=yesterday").status, 400);

  // What was done to her account she reads as well, and not from where.
  auto again = browser();
  clock.advance(std::chrono::seconds(61));
  ASSERT_EQ(again.post("/email_code", {{"email", "ada@example.org"}}).status, 200);
  ASSERT_EQ(again.post("/login", {{"email", "ada@example.org"}, {"code", mailbox.code("ada@example.org")}}).status,
            200);
  const auto page = again.get("/api/v1/me/audit");
  EXPECT_THAT(deeds(page), Contains("account.disabled allowed"));
  for (const auto& item : items_of(page)) {
    if (item.at("actor").as_string() != "root1") continue;
    EXPECT_FALSE(item.as_object().contains("address"));
    EXPECT_FALSE(item.as_object().contains("userAgent"));
  }
  // It outlives whom it tells of.
  script("DELETE FROM accounts WHERE name = 'ada'");
  EXPECT_THAT(members(root.get("/api/v1/audit?actor=ada&action=account.initialised"), "actor"), ElementsAre("ada"));
}

TEST_F(AuditTest, IsReadByThePersonAlone) {
  auto ada = user("ada");
  EXPECT_EQ(browser().get("/api/v1/me/audit", {{"Authorization", "Bearer " + token(ada, "account:read")}}).status, 403)
      << "not by a program";
  EXPECT_EQ(browser().get("/api/v1/me/audit").status, 401);
}

}  // namespace
}  // namespace causeway::api
