// What people are told: of whom, of what, and only as long as they may know of it.

#include "tests/integration/web/community_fixture.hpp"

namespace causeway::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class NotificationsTest : public CommunityTest {
 protected:
  const std::string mine = "/api/v1/me/notifications";
  // "eve issue.commented ada/digits#1"
  std::vector<std::string> told(Browser& by, const std::string& query = "") {
    std::vector<std::string> all;
    for (const auto& item : items_of(by.get(mine + query))) {
      const auto& o = item.as_object();
      std::string line;
      for (const char* member : {"actor", "kind", "repository"}) {
        if (const auto* value = o.if_contains(member))
          line += (line.empty() ? "" : " ") + std::string(value->as_string());
      }
      if (const auto* number = o.if_contains("number")) line += "#" + std::to_string(number->as_int64());
      all.push_back(line);
    }
    return all;
  }
  std::int64_t unread(Browser& by) { return object_of(by.get(mine + "/count")).at("unread").as_int64(); }
};

TEST_F(NotificationsTest, WhoTakesPartAndWhoIsMeantIsTold) {
  auto ada = user("ada"), eve = user("eve"), bob = user("bob"), mia = user("mia");
  auto r = repo("ada", "digits", true);
  r.spec.collaborators = {{"mia", crds::CollaboratorRole::Maintain}};
  ASSERT_EQ(store->follow(r).value(), true);
  const auto issue = open(eve, "ada/digits", "Why?", "Does @BOB know? `@ada`");
  EXPECT_THAT(told(ada), ElementsAre("eve issue.opened ada/digits#1")) << "it is hers";
  EXPECT_THAT(told(mia), ElementsAre("eve issue.opened ada/digits#1")) << "she maintains it";
  EXPECT_THAT(told(bob), ElementsAre("eve issue.mentioned ada/digits#1"));
  EXPECT_THAT(told(eve), IsEmpty()) << "who does it knows";

  const auto said = comment(bob, issue, "@eve, @ada: no. @bob @nobody");
  EXPECT_THAT(told(eve), ElementsAre("bob issue.mentioned ada/digits#1")) << "once";
  EXPECT_THAT(told(ada), ElementsAre("bob issue.mentioned ada/digits#1", "eve issue.opened ada/digits#1"));
  EXPECT_THAT(told(bob), SizeIs(1));
  const auto first = items_of(eve.get(mine)).at(0).as_object();
  EXPECT_EQ(first.at("subject").as_string(), "issue");
  EXPECT_EQ(first.at("title").as_string(), "Why?");
  EXPECT_EQ(issue + "/comments/" + std::string(first.at("comment").as_string()), said);

  ASSERT_EQ(change(bob, said, {{"body", "@eve, @ada, and @mia: no."}}).status, 200);
  EXPECT_THAT(told(mia), ElementsAre("bob issue.mentioned ada/digits#1", "bob issue.commented ada/digits#1",
                                     "eve issue.opened ada/digits#1"));
  EXPECT_THAT(told(eve), SizeIs(1)) << "she was meant before";
  ASSERT_EQ(change(ada, issue, {{"state", "closed"}}).status, 200);
  EXPECT_EQ(told(bob).front(), "ada issue.closed ada/digits#1");

  ASSERT_EQ(ada.send("DELETE", said).status, 204);
  EXPECT_THAT(told(eve), ElementsAre("ada issue.closed ada/digits#1")) << "of a comment that is gone nobody is told";
}

TEST_F(NotificationsTest, WhoMutesIsToldNothingAndWhoWatchesAll) {
  auto ada = user("ada"), eve = user("eve"), bob = user("bob"), mia = user("mia");
  make("ada", "digits");
  make("ada", "secret", false);
  const std::string repository = "/api/v1/repositories/ada/digits/watch";
  const auto set = [](Browser& by, const std::string& at, const char* level) {
    return by.send("PUT", at, json::object{{"level", level}}).status;
  };
  const auto level = [](Browser& by, const std::string& at) {
    const auto answer = object_of(by.get(at));
    return std::string(answer.at("level").as_string()) + (answer.at("own").as_bool() ? " own" : "");
  };
  EXPECT_EQ(level(eve, repository), "participating");
  EXPECT_EQ(set(eve, repository, "all"), 204);
  EXPECT_EQ(set(mia, repository, "none"), 204);
  EXPECT_EQ(set(mia, repository, "some"), 422);
  EXPECT_EQ(set(eve, "/api/v1/repositories/ada/secret/watch", "all"), 404) << "who may not read it";
  EXPECT_EQ(browser().get(repository).status, 401);
  const auto issue = open(bob, "ada/digits", "Why?", "@mia");
  EXPECT_THAT(told(eve), ElementsAre("bob issue.opened ada/digits#1"));
  EXPECT_THAT(told(mia), IsEmpty()) << "not even when she is mentioned";

  EXPECT_EQ(level(mia, issue + "/watch"), "none") << "as the repository";
  EXPECT_EQ(set(mia, issue + "/watch", "participating"), 204);
  EXPECT_EQ(level(mia, issue + "/watch"), "participating own");
  EXPECT_EQ(set(eve, issue + "/watch", "none"), 204);
  EXPECT_EQ(set(ada, issue + "/watch", "none"), 204) << "also whose repository it is";
  comment(bob, issue, "@mia, @eve: still here?");
  EXPECT_THAT(told(mia), ElementsAre("bob issue.mentioned ada/digits#1"));
  EXPECT_THAT(told(eve), SizeIs(1));
  EXPECT_THAT(told(ada), ElementsAre("bob issue.opened ada/digits#1"));

  EXPECT_EQ(eve.send("DELETE", issue + "/watch").status, 204);
  EXPECT_EQ(level(eve, issue + "/watch"), "all");
  comment(bob, issue, "Again.");
  EXPECT_EQ(told(eve).front(), "bob issue.commented ada/digits#1");
  EXPECT_THAT(told(mia), SizeIs(1)) << "she takes no part in it";
  EXPECT_EQ(set(eve, issue + "/watch", "participating"), 204);
  comment(bob, issue, "And again.");
  EXPECT_THAT(told(eve), SizeIs(2)) << "what is said of the issue goes first";
  EXPECT_EQ(eve.get("/api/v1/repositories/ada/digits/issues/7/watch").status, 404);
}

TEST_F(NotificationsTest, StarsAndFollowersAreToldOnce) {
  auto ada = user("ada"), eve = user("eve");
  make("ada", "digits");
  for (const char* method : {"PUT", "DELETE", "PUT", "PUT"}) {
    ASSERT_EQ(eve.send(method, "/api/v1/me/stars/ada/digits").status, 204);
    ASSERT_EQ(eve.send(method, "/api/v1/me/following/ada").status, 204);
  }
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/stars/ada/digits").status, 204);
  EXPECT_THAT(told(ada), ElementsAre("eve account.followed", "eve repository.starred ada/digits"));
}

TEST_F(NotificationsTest, AreReadOneByOneAndAllAtOnce) {
  auto ada = user("ada"), eve = user("eve");
  make("ada", "digits");
  for (const char* title : {"one", "two", "three"}) open(eve, "ada/digits", title);
  EXPECT_EQ(unread(ada), 3);
  const auto ids = members(ada.get(mine), "id");
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_EQ(ada.send("PATCH", mine + "/" + ids[1], json::object{{"read", true}}).status, 204);
  EXPECT_EQ(unread(ada), 2);
  EXPECT_THAT(members(ada.get(mine + "?unread=true"), "title"), ElementsAre("three", "one"));
  EXPECT_THAT(members(ada.get(mine), "read"), ElementsAre("false", "true", "false"));
  EXPECT_EQ(ada.send("PATCH", mine + "/" + ids[1], json::object{{"read", false}}).status, 204);
  EXPECT_EQ(unread(ada), 3);
  EXPECT_EQ(eve.send("PATCH", mine + "/" + ids[1], json::object{{"read", true}}).status, 404) << "it is ada's";

  ASSERT_EQ(ada.post(mine + "/read", {{"upTo", ids[1]}}).status, 204);
  EXPECT_THAT(members(ada.get(mine + "?unread=true"), "title"), ElementsAre("three")) << "which came later";
  EXPECT_EQ(ada.post(mine + "/read", json::object{}).status, 204);
  EXPECT_EQ(unread(ada), 0);
  EXPECT_THAT(paged(ada, mine, "title"), ElementsAre("three", "two", "one"));
  EXPECT_EQ(slug(ada.post(mine + "/read", {{"upTo", "all"}})), "invalid");
  EXPECT_EQ(browser().get(mine).status, 401);
}

TEST_F(NotificationsTest, SpeakOnlyOfWhatMayBeSeen) {
  auto ada = user("ada"), eve = user("eve"), bob = user("bob");
  auto r = repo("ada", "secret", false);
  r.spec.collaborators = {{"eve", crds::CollaboratorRole::Read}};
  ASSERT_EQ(store->follow(r).value(), true);
  const auto issue = open(ada, "ada/secret", "Plans", "@eve @bob");
  EXPECT_THAT(told(eve), ElementsAre("ada issue.mentioned ada/secret#1"));
  EXPECT_EQ(number("SELECT count(*) FROM notifications"), 1) << "of bob there is nothing to know";

  // Who may see it no longer is told no longer, and again when they may again.
  r.spec.collaborators.clear();
  change(r);
  EXPECT_THAT(told(eve), IsEmpty());
  EXPECT_EQ(unread(eve), 0);
  comment(ada, issue, "More");
  r.spec.collaborators = {{"eve", crds::CollaboratorRole::Read}, {"bob", crds::CollaboratorRole::Read}};
  change(r);
  EXPECT_THAT(told(eve), SizeIs(1));
  EXPECT_THAT(told(bob), IsEmpty()) << "what he might not know then he is not told now";

  // A token that was made for something else sees what everybody does.
  const auto with = token(eve, "account:read");
  const auto seen = browser().get(mine, {{"Authorization", "Bearer " + with}});
  EXPECT_EQ(seen.status, 200);
  EXPECT_THAT(items_of(seen), IsEmpty());
  r.spec.visibility = crds::RepoVisibility::Public;
  change(r);
  EXPECT_THAT(items_of(browser().get(mine, {{"Authorization", "Bearer " + with}})), SizeIs(1));
}

TEST_F(NotificationsTest, OfAnOrganisationThoseWhoMaintainItAreTold) {
  auto ada = user("ada"), eve = user("eve"), bob = user("bob");
  script(
      "BEGIN; INSERT INTO accounts (kind, name, namespace) VALUES ('organisation', 'lab', 'o-lab');"
      "INSERT INTO organisations (id) SELECT id FROM accounts WHERE name = 'lab';"
      "INSERT INTO organisation_members (organisation_id, user_id, role) SELECT o.id, a.id,"
      " CASE a.name WHEN 'ada' THEN 'owner' ELSE 'member' END FROM organisations o, accounts a WHERE a.name IN ('ada', "
      "'bob');"
      "COMMIT");
  auto r = repo("lab", "digits", true);
  r.metadata.namespace_ = "o-lab";
  ASSERT_EQ(store->follow(r).value(), true);
  open(eve, "lab/digits", "Why?");
  EXPECT_THAT(told(ada), ElementsAre("eve issue.opened lab/digits#1"));
  EXPECT_THAT(told(bob), IsEmpty());
  EXPECT_EQ(eve.send("PUT", "/api/v1/me/following/lab").status, 204);
  EXPECT_THAT(members(browser().get("/api/v1/users/eve/following"), "kind"), ElementsAre("organisation"));
}

}  // namespace
}  // namespace causeway::api
