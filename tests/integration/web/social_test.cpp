// Stars and followers, and what people see of what others did.

#include <thread>

#include "tests/integration/web/community_fixture.hpp"

namespace causeway::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SocialTest : public CommunityTest {
 protected:
  static std::int64_t count(const base::HttpResponse& answer, std::string_view member) {
    return object_of(answer).at(member).as_int64();
  }
  std::int64_t stars() { return count(browser().get("/api/v1/repositories/ada/digits"), "stars"); }
  // "eve issue.opened ada/digits#1"
  static std::vector<std::string> told(const base::HttpResponse& answer) {
    std::vector<std::string> all;
    for (const auto& item : items_of(answer)) {
      const auto& o = item.as_object();
      const auto text = [&](const char* member) {
        const auto* value = o.if_contains(member);
        return value ? std::string(value->as_string()) : std::string();
      };
      std::string line = text("actor") + " " + text("kind") + " " + text("repository") + text("account");
      if (const auto* number = o.if_contains("number")) line += "#" + std::to_string(number->as_int64());
      all.push_back(line);
    }
    return all;
  }
};

TEST_F(SocialTest, AStarCountsOnce) {
  auto ada = user("ada"), eve = user("eve");
  make("ada", "digits");
  const std::string star = "/api/v1/me/stars/ada/digits";
  EXPECT_FALSE(object_of(eve.get("/api/v1/repositories/ada/digits")).at("starred").as_bool());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(eve.send("PUT", star).status, 204);
    EXPECT_EQ(stars(), 1);
  }
  EXPECT_EQ(ada.send("PUT", star).status, 204);
  EXPECT_EQ(stars(), 2);
  EXPECT_TRUE(object_of(eve.get("/api/v1/repositories/ada/digits")).at("starred").as_bool());
  EXPECT_FALSE(object_of(browser().get("/api/v1/repositories/ada/digits")).at("starred").as_bool());
  const std::string gazers = "/api/v1/repositories/ada/digits/stargazers";
  EXPECT_THAT(members(browser().get(gazers), "name"), ElementsAre("ada", "eve"));
  auto visitor = browser();
  EXPECT_THAT(paged(visitor, gazers, "name"), ElementsAre("ada", "eve"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(eve.send("DELETE", star).status, 204);
    EXPECT_EQ(stars(), 1);
  }
  EXPECT_EQ(browser().send("PUT", star).status, 401);
  EXPECT_EQ(eve.send("PUT", "/api/v1/me/stars/ada/nothing").status, 404);
}

TEST_F(SocialTest, ManyStarAtOnce) {
  user("ada");
  make("ada", "digits");
  std::vector<Browser> gazers;
  for (int i = 0; i < 4; ++i) gazers.push_back(user("user" + std::to_string(i)));
  {
    std::vector<std::jthread> threads;
    for (auto& person : gazers) {
      for (int n = 0; n < 2; ++n) {
        threads.emplace_back([this, cookies = person.cookies] {
          auto tab = browser();
          tab.cookies = cookies;
          for (const char* method : {"PUT", "DELETE", "PUT"})
            EXPECT_EQ(tab.send(method, "/api/v1/me/stars/ada/digits").status, 204);
        });
      }
    }
  }
  EXPECT_EQ(stars(), number("SELECT count(*) FROM stars"));
  EXPECT_EQ(stars(), number("SELECT count(*) FROM activities"));
}

TEST_F(SocialTest, StarsShowOnlyWhatMayBeSeen) {
  auto ada = user("ada"), eve = user("eve");
  make("ada", "open");
  auto secret = repo("ada", "secret", false);
  secret.spec.collaborators = {{"eve", crds::CollaboratorRole::Read}};
  ASSERT_EQ(store->follow(secret).value(), true);
  auto other = user("other");
  EXPECT_EQ(other.send("PUT", "/api/v1/me/stars/ada/secret").status, 404);
  ASSERT_EQ(eve.send("PUT", "/api/v1/me/stars/ada/open").status, 204);
  ASSERT_EQ(eve.send("PUT", "/api/v1/me/stars/ada/secret").status, 204);
  const auto starred = [&](Browser& by) {
    std::vector<std::string> all;
    for (const auto& item : items_of(by.get("/api/v1/users/eve/stars")))
      all.emplace_back(item.at("repository").at("path").as_string());
    return all;
  };
  auto visitor = browser();
  EXPECT_THAT(starred(eve), ElementsAre("ada/secret", "ada/open"));
  EXPECT_THAT(starred(ada), ElementsAre("ada/secret", "ada/open"));
  EXPECT_THAT(starred(other), ElementsAre("ada/open"));
  EXPECT_THAT(starred(visitor), ElementsAre("ada/open"));
  EXPECT_EQ(visitor.get("/api/v1/repositories/ada/secret/stargazers").status, 404);
  EXPECT_EQ(visitor.get("/api/v1/users/nobody/stars").status, 404);
  EXPECT_EQ(paged(eve, "/api/v1/users/eve/stars", "since").size(), 2U);
}

TEST_F(SocialTest, FollowersAreCountedOnce) {
  auto ada = user("ada"), eve = user("eve"), bob = user("bob");
  const auto me = std::string(ada.get("/api/v1/me").headers.get("ETag").value());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(eve.send("PUT", "/api/v1/me/following/ADA").status, 204);
  EXPECT_EQ(bob.send("PUT", "/api/v1/me/following/ada").status, 204);
  EXPECT_EQ(count(browser().get("/api/v1/users/ada"), "followers"), 2);
  EXPECT_EQ(count(browser().get("/api/v1/users/eve"), "following"), 1);
  EXPECT_EQ(std::string(ada.get("/api/v1/me").headers.get("ETag").value()), me)
      << "who edits the profile is not in conflict with who follows";
  EXPECT_THAT(members(browser().get("/api/v1/users/ada/followers"), "name"), ElementsAre("bob", "eve"));
  EXPECT_THAT(members(browser().get("/api/v1/users/eve/following"), "name"), ElementsAre("ada"));
  auto visitor = browser();
  EXPECT_THAT(paged(visitor, "/api/v1/users/ada/followers", "name"), ElementsAre("bob", "eve"));
  EXPECT_EQ(eve.get("/api/v1/me/following/ada").status, 204);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(eve.send("DELETE", "/api/v1/me/following/ada").status, 204);
  EXPECT_EQ(eve.get("/api/v1/me/following/ada").status, 404);
  EXPECT_EQ(count(browser().get("/api/v1/users/ada"), "followers"), 1);
  EXPECT_EQ(ada.send("PUT", "/api/v1/me/following/ada").status, 409);
  EXPECT_EQ(ada.send("PUT", "/api/v1/me/following/nobody").status, 404);

  script("UPDATE accounts SET disabled_at = now() WHERE name = 'bob'");
  EXPECT_THAT(members(browser().get("/api/v1/users/ada/followers"), "name"), IsEmpty());
  EXPECT_EQ(browser().get("/api/v1/users/bob/followers").status, 404);
  script("DELETE FROM accounts WHERE name = 'bob'");
  EXPECT_EQ(count(browser().get("/api/v1/users/ada"), "followers"), 0);
}

TEST_F(SocialTest, TwoFollowEachOtherAtOnce) {
  auto ada = user("ada"), eve = user("eve");
  for (int round = 0; round < 20; ++round) {
    const char* method = round % 2 == 0 ? "PUT" : "DELETE";
    std::jthread one([&] { EXPECT_EQ(ada.send(method, "/api/v1/me/following/eve").status, 204); });
    std::jthread two([&] { EXPECT_EQ(eve.send(method, "/api/v1/me/following/ada").status, 204); });
  }
  EXPECT_EQ(count(browser().get("/api/v1/users/ada"), "followers"), 0);
  EXPECT_EQ(count(browser().get("/api/v1/users/ada"), "following"), 0);
}

TEST_F(SocialTest, WhatPeopleDidIsSeenAsFarAsTheRepositoryIs) {
  auto ada = user("ada"), eve = user("eve");
  make("ada", "open");
  make("ada", "secret", false);
  const auto issue = open(eve, "ada/open", "Why?");
  open(ada, "ada/secret", "Plans");
  const auto said = comment(ada, issue, "Because");
  ASSERT_EQ(change(ada, issue, {{"state", "closed"}}).status, 200);
  ASSERT_EQ(eve.send("PUT", "/api/v1/me/stars/ada/open").status, 204);
  ASSERT_EQ(eve.send("PUT", "/api/v1/me/following/ada").status, 204);
  auto visitor = browser();
  const auto of = [&](Browser& by, const std::string& name) {
    return told(by.get("/api/v1/users/" + name + "/activity"));
  };
  EXPECT_THAT(of(visitor, "ada"), ElementsAre("ada issue.closed ada/open#1", "ada issue.commented ada/open#1"));
  EXPECT_THAT(of(ada, "ada"), ElementsAre("ada issue.closed ada/open#1", "ada issue.commented ada/open#1",
                                          "ada issue.opened ada/secret#1"));
  EXPECT_THAT(of(visitor, "eve"), ElementsAre("eve account.followed ada", "eve repository.starred ada/open",
                                              "eve issue.opened ada/open#1"));
  EXPECT_THAT(told(visitor.get("/api/v1/repositories/ada/open/activity")),
              ElementsAre("eve repository.starred ada/open", "ada issue.closed ada/open#1",
                          "ada issue.commented ada/open#1", "eve issue.opened ada/open#1"));
  EXPECT_EQ(visitor.get("/api/v1/repositories/ada/secret/activity").status, 404);
  EXPECT_EQ(paged(visitor, "/api/v1/users/eve/activity", "kind").size(), 3U);

  // What is taken back was not done.
  ASSERT_EQ(ada.send("DELETE", said).status, 204);
  ASSERT_EQ(eve.send("DELETE", "/api/v1/me/stars/ada/open").status, 204);
  ASSERT_EQ(eve.send("DELETE", "/api/v1/me/following/ada").status, 204);
  EXPECT_THAT(told(visitor.get("/api/v1/repositories/ada/open/activity")),
              ElementsAre("ada issue.closed ada/open#1", "eve issue.opened ada/open#1"));
  EXPECT_THAT(of(visitor, "eve"), ElementsAre("eve issue.opened ada/open#1"));

  script("UPDATE accounts SET disabled_at = now() WHERE name = 'eve'");
  EXPECT_EQ(visitor.get("/api/v1/users/eve/activity").status, 404);
  EXPECT_THAT(told(visitor.get("/api/v1/repositories/ada/open/activity")), ElementsAre("ada issue.closed ada/open#1"));
}

}  // namespace
}  // namespace causeway::api
