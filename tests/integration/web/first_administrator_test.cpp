// The account that a new platform begins with.

#include <filesystem>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

class FirstAdministratorTest : public WebTest {
 protected:
  FirstAdministratorTest() {
    people.first_administrator = folder_;
    write("name", "ada\n");
    write("password", std::string(kInitial) + "\n");
    write("email", "ada@example.org\n");
  }
  ~FirstAdministratorTest() override { std::filesystem::remove_all(folder_); }
  static base::HttpResponse sign_in(Browser& by, std::string_view password) {
    return by.post("/login", {{"account", "ada"}, {"password", password}});
  }
  static bool needs_password(Browser& by) { return text_of(by.get("/identity"), "needs") == "password"; }
  static base::HttpResponse set_password(Browser& by, std::string_view password) {
    return by.send("PUT", "/api/v1/me/password", json::object{{"password", password}});
  }
  static constexpr std::string_view kInitial = "analytical engine 1843", kOwn = "bernoulli numbers 1842",
                                    kAnother = "difference engine 1822";
  void write(const char* name, const std::string& text) {
    std::filesystem::create_directories(folder_);
    ASSERT_TRUE(base::write_file_atomic(folder_ / name, text).ok());
  }

 private:
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("first-administrator-" + std::to_string(::getpid()));
};

TEST_F(FirstAdministratorTest, IsMadeOnceAndSignsIn) {
  auto b = browser();
  const auto in = sign_in(b, kInitial);
  ASSERT_EQ(in.status, 200);
  EXPECT_EQ(text_of(in, "needs"), "password");
  ASSERT_EQ(set_password(b, kOwn).status, 204);
  EXPECT_EQ(text_of(b.get("/identity"), "role"), "administrator");
  EXPECT_TRUE(object_of(b.get("/identity")).at("initialised").as_bool());
  EXPECT_EQ(number("SELECT count(*) FROM accounts WHERE namespace = 'u-ada'"), 1);

  // Another start makes no second one, nor another password.
  write("password", std::string(kAnother));
  const auto second = replica();
  auto there = browser_of(*second);
  EXPECT_EQ(number("SELECT count(*) FROM users"), 1);
  EXPECT_EQ(sign_in(there, kAnother).status, 401);
  EXPECT_EQ(sign_in(there, kOwn).status, 200);
  EXPECT_FALSE(needs_password(there));
}

TEST_F(FirstAdministratorTest, TheInitialPasswordIsForSettingAnotherAndForNothingElse) {
  const auto second = replica();
  auto b = browser(), elsewhere = browser_of(*second), another = browser();
  ASSERT_EQ(sign_in(b, kInitial).status, 200);
  ASSERT_EQ(sign_in(another, kInitial).status, 200);
  elsewhere.cookies = b.cookies;
  EXPECT_TRUE(needs_password(elsewhere));

  const json::object none;
  const base::Headers key{{"Idempotency-Key", "1"}};
  const auto refused = [](const base::HttpResponse& answer) {
    EXPECT_EQ(answer.status, 403) << answer.body;
    EXPECT_EQ(slug(answer), "password-needed");
    EXPECT_THAT(text_of(answer, "detail"), testing::HasSubstr("PUT /api/v1/me/password"));
  };
  for (const char* path : {"/api/v1/repositories", "/api/v1/me/tokens", "/api/v1/me/sessions", "/api/v1/audit",
                           "/api/v1/users/ada", "/api/v1/me/identities", "/openapi.json"})
    refused(b.get(path));
  refused(b.post("/api/v1/me/tokens", {{"name", "a"}, {"scopes", json::array{"account:write"}}}));
  refused(b.post("/api/v1/organisations", {{"name", "lab"}}, key));
  refused(b.post("/api/v1/me/email/code", {{"email", "eve@example.org"}}));
  refused(b.send("PATCH", "/api/v1/me", none));
  refused(b.send("PUT", "/api/v1/users/ada/standing", json::object{{"disabled", true}}));
  refused(b.send("DELETE", "/api/v1/me?confirm=ada"));
  refused(b.send("DELETE", "/api/v1/me/sessions"));
  // Nor is its bearer anybody behind a gateway, or in a program.
  const base::Headers asked{{"X-Forwarded-Method", "GET"},
                            {"X-Forwarded-Host", "demo.localhost"},
                            {"X-Forwarded-Uri", "/"},
                            {"X-Forwarded-For", "192.0.2.7"}};
  EXPECT_EQ(b.get("/auth/forward?mode=annotate", asked).headers.get("X-Causeway-User"), "");
  refused(b.get("/auth/forward?mode=require", asked));
  const auto basic = "Basic " + base::base64_encode("ada:" + std::string(kInitial));
  EXPECT_EQ(browser().get("/api/v1/me", {{"Authorization", basic}}).status, 401) << "as git sends it";

  EXPECT_EQ(text_of(b.get("/identity"), "role"), "administrator");
  EXPECT_EQ(text_of(b.get("/api/v1/me"), "name"), "ada");
  EXPECT_EQ(text_of(b.get("/api/v1/me"), "lastLoginAt"), "");
  EXPECT_EQ(b.get("/pre_login").status, 200);
  EXPECT_EQ(slug(set_password(b, kInitial)), "invalid") << "it does not become the long-term one";
  EXPECT_TRUE(needs_password(b));
  ASSERT_EQ(set_password(b, kOwn).status, 204);

  EXPECT_FALSE(needs_password(b)) << "at once, in the session in hand";
  EXPECT_EQ(b.get("/api/v1/me/tokens").status, 200);
  EXPECT_NE(text_of(b.get("/api/v1/me"), "lastLoginAt"), "");
  EXPECT_TRUE(database::eventually([&] { return !needs_password(elsewhere); })) << "in other replicas too";
  EXPECT_EQ(text_of(another.get("/identity"), "role"), "visitor");
  EXPECT_EQ(slug(sign_in(another, kInitial)), "wrong-proof");
  EXPECT_EQ(sign_in(another, kOwn).status, 200);
  EXPECT_EQ(another.get("/api/v1/me/tokens").status, 200);
  EXPECT_EQ(number("SELECT count(*) FROM audit_log WHERE detail ->> 'initialPassword' = 'true'"), 2);
}

TEST_F(FirstAdministratorTest, SignsOutAndTurnsToAnotherProof) {
  auto b = browser();
  ASSERT_EQ(sign_in(b, kInitial).status, 200);
  EXPECT_EQ(b.get("/sign_out").status, 204);
  EXPECT_EQ(text_of(b.get("/identity"), "role"), "visitor");
  ASSERT_EQ(sign_in(b, kInitial).status, 200);
  ASSERT_EQ(b.post("/email_code", {{"email", "ada@example.org"}}).status, 200);
  ASSERT_EQ(b.post("/login", {{"email", "ada@example.org"}, {"code", mailbox.code("ada@example.org")}}).status, 200);
  EXPECT_FALSE(needs_password(b)) << "a code proves who one is";
  EXPECT_EQ(slug(set_password(b, kInitial)), "invalid");

  // Somebody is here: the Secret has nothing to say any more, and what is in it runs out.
  write("password", std::string(kAnother));
  const auto second = replica();
  auto there = browser_of(*second);
  EXPECT_EQ(sign_in(there, kAnother).status, 401);
  clock.advance(std::chrono::hours(73));
  EXPECT_EQ(slug(sign_in(there, kInitial)), "initial-password-over");
  const auto third = replica();
  auto later = browser_of(*third);
  EXPECT_EQ(sign_in(later, kAnother).status, 401);
}

TEST_F(FirstAdministratorTest, TheInitialPasswordRunsOutAndARestartWithAnotherRenewsIt) {
  auto b = browser();
  ASSERT_EQ(sign_in(b, kInitial).status, 200) << "and goes no further";
  clock.advance(std::chrono::hours(71));
  EXPECT_TRUE(needs_password(b));
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(text_of(b.get("/identity"), "role"), "visitor") << "what began with it ends with it";
  const auto over = sign_in(b, kInitial);
  EXPECT_EQ(over.status, 403);
  EXPECT_EQ(slug(over), "initial-password-over");
  EXPECT_THAT(text_of(over, "detail"), testing::HasSubstr("first-administrator"));
  EXPECT_EQ(slug(sign_in(b, kOwn)), "wrong-proof") << "nobody else learns of it";

  const auto second = replica();
  auto same = browser_of(*second);
  EXPECT_EQ(slug(sign_in(same, kInitial)), "initial-password-over") << "the same one stays over";
  write("password", std::string(kAnother));
  const auto third = replica();
  auto anew = browser_of(*third);
  EXPECT_EQ(sign_in(anew, kInitial).status, 401);
  ASSERT_EQ(sign_in(anew, kAnother).status, 200);
  EXPECT_TRUE(needs_password(anew));
  ASSERT_EQ(set_password(anew, kOwn).status, 204);
  clock.advance(std::chrono::hours(100));
  EXPECT_EQ(sign_in(anew, kOwn).status, 200);
  EXPECT_EQ(number("SELECT count(*) FROM users"), 1);
}

// The migration leaves the column empty.
TEST_F(FirstAdministratorTest, APasswordFromBeforeIsNoInitialOne) {
  script("UPDATE credentials SET initial_until = NULL");
  clock.advance(std::chrono::hours(100));
  write("password", std::string(kAnother));
  const auto second = replica();
  auto b = browser_of(*second);
  EXPECT_EQ(sign_in(b, kAnother).status, 401);
  ASSERT_EQ(sign_in(b, kInitial).status, 200);
  EXPECT_FALSE(needs_password(b));
  EXPECT_EQ(b.get("/api/v1/me/tokens").status, 200);
}

}  // namespace
}  // namespace causeway::api
