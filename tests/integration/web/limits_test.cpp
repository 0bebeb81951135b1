// What an account may have (apiserver/limits.hpp), asked for at two replicas at the same time. Repositories that are
// made on the hub are in ../hub.

#include <atomic>
#include <latch>
#include <thread>

#include "tests/integration/web/git_fixture.hpp"

namespace causeway::api {
namespace {

using testing::HasSubstr;

class LimitsTest : public RepositoriesTest {
 protected:
  LimitsTest() {
    people.limits = {.repositories = 3, .organisations = 2, .members = 3, .invitations = 2, .tokens = 3, .webhooks = 2};
  }
  void SetUp() override {
    RepositoriesTest::SetUp();
    if (IsSkipped()) return;
    second = replica();
  }

  // `many` at once find `room` for so many, and the others are told.
  void ask_at_once(const Browser& who, int many, int room,
                   const std::function<base::HttpResponse(Browser&, const std::string&)>& ask) {
    std::atomic<int> made = 0, refused = 0;
    std::latch ready(many);
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < many; ++i)
        threads.emplace_back([&, i] {
          auto by = browser_of(i % 2 == 0 ? *server : *second);
          by.cookies = who.cookies;
          (void)by.get("/identity");
          ready.arrive_and_wait();
          const auto answer = ask(by, std::to_string(i));
          const bool full = slug(answer) == "limit-reached";
          EXPECT_TRUE(full || (answer.status >= 200 && answer.status < 300)) << answer.status << answer.body;
          ++(full ? refused : made);
        });
    }
    EXPECT_EQ(made, room);
    EXPECT_EQ(refused, many - room);
  }
  static void expect_full(const base::HttpResponse& answer, const std::string& limit, const std::string& way_out) {
    EXPECT_EQ(answer.status, 409) << answer.body;
    EXPECT_EQ(slug(answer), "limit-reached");
    EXPECT_THAT(text_of(answer, "detail"), HasSubstr("the limit is " + limit));
    EXPECT_THAT(text_of(answer, "detail"), HasSubstr(way_out));
  }
  static base::HttpResponse make_token(Browser& by, const std::string& name) {
    return by.post("/api/v1/me/tokens", {{"name", name}, {"scopes", json::array{"account:read"}}, {"days", 1}});
  }
  static base::HttpResponse make_organisation(Browser& by, const std::string& name) {
    return by.post("/api/v1/organisations", {{"name", name}}, {{"Idempotency-Key", name}});
  }
  static base::HttpResponse invite(Browser& by, const std::string& user, const char* role = "member") {
    return by.post("/api/v1/organisations/lab/invitations", {{"user", user}, {"role", role}});
  }
  static base::HttpResponse accept(Browser& by) { return by.send("POST", "/api/v1/me/invitations/lab"); }

  std::unique_ptr<Server> second;
};

TEST_F(LimitsTest, AccessTokensOfAUser) {
  auto ada = user("ada"), eve = user("eve");
  ask_at_once(ada, 8, 3, make_token);
  expect_full(make_token(ada, "more"), "3 access tokens of a user", "revoke one");
  EXPECT_EQ(make_token(eve, "mine").status, 201) << "each their own";
  const auto token = object_of(ada.get("/api/v1/me/tokens")).at("items").at(0).at("id").as_string();
  ASSERT_EQ(ada.send("DELETE", "/api/v1/me/tokens/" + std::string(token)).status, 204);
  EXPECT_EQ(make_token(ada, "more").status, 201);
  expect_full(make_token(ada, "yet more"), "3 access tokens of a user", "revoke one");
  script("UPDATE access_tokens SET expires_at = created_at + interval '1 second'");
  clock.advance(std::chrono::seconds(10));
  EXPECT_EQ(make_token(ada, "yet more").status, 201) << "those that are over do not count";
}

TEST_F(LimitsTest, OrganisationsThatAUserOwns) {
  auto ada = user("ada"), bob = user("bob");
  ask_at_once(ada, 6, 2, [](Browser& by, const std::string& name) { return make_organisation(by, "o" + name); });
  expect_full(make_organisation(ada, "more"), "2 organisations that a user owns", "delete one");

  // Nor by what others give.
  ASSERT_EQ(make_organisation(bob, "lab").status, 201);
  ASSERT_EQ(invite(bob, "ada", "owner").status, 204);
  expect_full(accept(ada), "2 organisations that a user owns", "another role");
  ASSERT_EQ(invite(bob, "ada", "maintainer").status, 204);
  ASSERT_EQ(accept(ada).status, 200);
  const auto promote = [&] {
    return bob.send("PUT", "/api/v1/organisations/lab/members/ada", json::object{{"role", "owner"}});
  };
  expect_full(promote(), "2 organisations that a user owns", "ada has them");
  const auto one = object_of(ada.get("/api/v1/organisations?mine=true&q=o")).at("items").at(0).at("name").as_string();
  ASSERT_EQ(ada.send("DELETE", "/api/v1/organisations/" + std::string(one) + "?confirm=" + std::string(one)).status,
            204);
  EXPECT_EQ(promote().status, 204);
  EXPECT_EQ(promote().status, 204) << "what one owns already is not one more";
  expect_full(make_organisation(ada, "more"), "2 organisations that a user owns", "let others own it");
}

TEST_F(LimitsTest, InvitationsAndMembersOfAnOrganisation) {
  auto ada = user("ada");
  std::vector<Browser> others;
  for (const char* name : {"u0", "u1", "u2", "u3"}) others.push_back(user(name));
  ASSERT_EQ(make_organisation(ada, "lab").status, 201);
  ask_at_once(ada, 4, 2, [](Browser& by, const std::string& who) { return invite(by, "u" + who); });
  int members = 1;
  for (auto& other : others) members += accept(other).status == 200 ? 1 : 0;
  EXPECT_EQ(members, 3);

  Browser* left = nullptr;
  for (auto& other : others)
    if (other.get("/api/v1/organisations/lab/members").status != 200) left = &other;
  ASSERT_TRUE(left);
  const auto name = text_of(left->get("/identity"), "name");
  ASSERT_EQ(invite(ada, name).status, 204);
  expect_full(accept(*left), "3 members of an organisation", "an owner has to remove somebody");
  // Who may add people without asking them is no exception.
  auto root = user("root1");
  script("UPDATE users SET administrator = true WHERE id = (SELECT id FROM accounts WHERE name = 'root1')");
  const auto third = replica();  // which has not seen root1 before
  auto by = browser_of(*third);
  by.cookies = root.cookies;
  expect_full(by.send("PUT", "/api/v1/organisations/lab/members/" + name, json::object{{"role", "member"}}),
              "3 members of an organisation", "remove somebody");
}

TEST_F(LimitsTest, WebhooksOfAUser) {
  auto ada = user("ada");
  const auto make = [](Browser& by, const std::string& name) {
    return by.post("/api/v1/me/webhooks", {{"url", "https://hooks.example.org/" + name}});
  };
  ask_at_once(ada, 5, 2, make);
  expect_full(make(ada, "more"), "2 webhooks of a user", "delete one");
}

TEST_F(LimitsTest, RoomForRepositoriesOfAnOwner) {
  user("ada");
  user("bob");
  ASSERT_EQ(store->follow(repo("ada", "there", true)).value(), true);
  const auto other = make_pool();
  RepositoryStore elsewhere(*other);
  std::atomic<int> room = 0;
  std::latch ready(8);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&, i] {
        auto& by = i % 2 == 0 ? *store : elsewhere;
        (void)by.place("ada", 0);  // with a connection
        ready.arrive_and_wait();
        room += by.reserve({"u-ada", "r" + std::to_string(i)}, 3).value() ? 1 : 0;
      });
  }
  EXPECT_EQ(room, 2) << "beside the one that is there";
  EXPECT_FALSE(store->reserve({"u-ada", "more"}, 3).value());
  EXPECT_TRUE(store->reserve({"u-bob", "more"}, 3).value());
  // One is made, and counts once; the other one is not.
  script(
      "UPDATE repository_reservations SET resource_name = 'r' WHERE id = (SELECT min(id) FROM "
      "repository_reservations)");
  ASSERT_EQ(store->follow(repo("ada", "r", true)).value(), true);
  EXPECT_FALSE(store->reserve({"u-ada", "more"}, 3).value());
  script("UPDATE repository_reservations SET expires_at = now() WHERE resource_name <> 'r'");
  EXPECT_TRUE(store->reserve({"u-ada", "more"}, 3).value()) << "whoever had it did not come back";
  EXPECT_TRUE(store->reserve({"u-ada", "more"}, 3).value()) << "again is not one more";
  EXPECT_FALSE(store->reserve({"u-ada", "yet-more"}, 3).value());
  ASSERT_TRUE(store->release({"u-ada", "more"}).ok());
  EXPECT_TRUE(store->reserve({"u-ada", "yet-more"}, 3).value());
  EXPECT_EQ(store->expire(base::system_clock().wall()).value(), 2U) << "of ada and of bob";
}

}  // namespace
}  // namespace causeway::api
