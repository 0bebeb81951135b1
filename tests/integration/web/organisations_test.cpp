// Organisations, who belongs to them, and what that lets people do. What the hub has of it is in ../hub.

#include <thread>

#include "apiserver/tenant/tenant_store.hpp"
#include "tests/integration/web/git_fixture.hpp"

namespace causeway::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class OrganisationsTest : public RepositoriesTest {
 protected:
  base::HttpResponse make(Browser& by, const std::string& name) {
    return by.post("/api/v1/organisations", {{"name", name}, {"displayName", "The " + name}},
                   {{"Idempotency-Key", "make-" + name}});
  }
  // `who` becomes a member as people do.
  void join(Browser& owner, Browser& who, const std::string& organisation, const char* role) {
    const auto name = text_of(who.get("/identity"), "name");
    ASSERT_EQ(owner.post(at(organisation, "/invitations"), {{"user", name}, {"role", role}}).status, 204);
    ASSERT_EQ(who.send("POST", "/api/v1/me/invitations/" + organisation).status, 200);
  }
  static std::string at(const std::string& organisation, const std::string& more = "") {
    return "/api/v1/organisations/" + organisation + more;
  }
  static std::vector<std::string> all(const base::HttpResponse& answer, const char* member) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::vector<std::string> texts;
    const auto object = object_of(answer);
    if (const auto* items = object.if_contains("items"))
      for (const auto& item : items->as_array()) texts.emplace_back(item.at(member).as_string());
    return texts;
  }
  std::vector<std::string> members(Browser& by, const std::string& organisation) {
    const auto answer = by.get(at(organisation, "/members"));
    auto names = all(answer, "user"), roles = all(answer, "role");
    for (std::size_t i = 0; i < names.size(); ++i) names[i] += "=" + roles[i];
    return names;
  }
  // Who would have rights in its namespace on the hub.
  std::vector<std::int64_t> on_the_hub(const std::string& organisation) {
    const auto id = number("SELECT id FROM accounts WHERE lower(name) = lower('" + organisation + "')");
    return tenant::TenantStore(*pool).find(id).value().value().users;
  }
  static std::int64_t id_of(Browser& by) { return std::stoll(text_of(by.get("/identity"), "id")); }
};

TEST_F(OrganisationsTest, WhoMakesOneOwnsIt) {
  auto ada = user("ada"), visitor = browser();
  const auto made = make(ada, "Lab");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location"), "/api/v1/organisations/Lab");
  EXPECT_EQ(text_of(made, "role"), "owner");
  EXPECT_EQ(object_of(made).at("memberCount"), 1);
  const auto seen = visitor.get(at("lab"));
  EXPECT_EQ(text_of(seen, "name"), "Lab");
  EXPECT_EQ(text_of(seen, "displayName"), "The Lab");
  EXPECT_EQ(text_of(seen, "role"), "");
  EXPECT_THAT(on_the_hub("lab"), ElementsAre(id_of(ada)));
  EXPECT_EQ(number("SELECT count(*) FROM accounts WHERE namespace = 'o-lab'"), 1);
  EXPECT_EQ(make(ada, "Lab").status, 201) << "the same request again";
  EXPECT_EQ(number("SELECT count(*) FROM organisations"), 1);
}

TEST_F(OrganisationsTest, NamesAreThoseOfUsersToo) {
  auto ada = user("ada");
  EXPECT_EQ(slug(make(ada, "ADA")), "conflict");
  EXPECT_EQ(slug(make(ada, "admin")), "invalid");
  EXPECT_EQ(slug(make(ada, "a--b")), "invalid");
  ASSERT_EQ(make(ada, "lab").status, 201);
  auto eve = user("eve");
  EXPECT_EQ(slug(make(eve, "LAB")), "conflict");
  EXPECT_EQ(browser().get(at("ada")).status, 404) << "a user is none";
  EXPECT_EQ(browser().get("/api/v1/users/lab").status, 404);
  EXPECT_EQ(make(*std::make_unique<Browser>(browser()), "other").status, 401);
}

TEST_F(OrganisationsTest, NobodyOwnsTooMany) {
  auto ada = user("ada");
  for (int i = 0; i < 20; ++i) ASSERT_EQ(make(ada, "lab" + std::to_string(i)).status, 201);
  EXPECT_EQ(slug(make(ada, "onemore")), "limit-reached");
}

TEST_F(OrganisationsTest, AreListedInPages) {
  auto ada = user("ada"), eve = user("eve");
  for (const char* name : {"lab", "Art", "lib_"}) make(ada, name);
  make(ada, "lib");
  make(eve, "zoo");
  auto visitor = browser();
  EXPECT_THAT(all(visitor.get("/api/v1/organisations"), "name"), ElementsAre("Art", "lab", "lib", "zoo"));
  EXPECT_THAT(all(visitor.get("/api/v1/organisations?q=L"), "name"), ElementsAre("lab", "lib"));
  EXPECT_THAT(all(visitor.get("/api/v1/organisations?q=_"), "name"), IsEmpty());
  EXPECT_THAT(all(eve.get("/api/v1/organisations?mine=true"), "name"), ElementsAre("zoo"));
  EXPECT_THAT(all(visitor.get("/api/v1/organisations?mine=true"), "name"), IsEmpty());
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const auto page = visitor.get("/api/v1/organisations?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (auto& name : all(page, "name")) seen.push_back(std::move(name));
    cursor = text_of(page, "next");
    ASSERT_LE(seen.size(), 4U);
  } while (!cursor.empty());
  EXPECT_THAT(seen, ElementsAre("Art", "lab", "lib", "zoo"));
}

TEST_F(OrganisationsTest, OwnersSayWhatItIs) {
  auto ada = user("ada"), eve = user("eve"), bob = user("bob");
  make(ada, "lab");
  join(ada, bob, "lab", "maintainer");
  const json::object change{{"displayName", "The Laboratory"}, {"introduction", "# Hello\n<script>"}};
  EXPECT_EQ(bob.send("PATCH", at("lab"), change).status, 403);
  EXPECT_EQ(eve.send("PATCH", at("lab"), change).status, 404);
  EXPECT_EQ(browser().send("PATCH", at("lab"), change).status, 401);
  const auto changed = ada.send("PATCH", at("lab"), change);
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(text_of(changed, "displayName"), "The Laboratory");
  EXPECT_THAT(text_of(changed, "introductionHtml"), testing::HasSubstr("Hello"));
  EXPECT_THAT(text_of(changed, "introductionHtml"), testing::Not(testing::HasSubstr("<script")));
  EXPECT_EQ(slug(ada.send("PATCH", at("lab"), json::object{{"website", "javascript:alert(1)"}})), "invalid");
  EXPECT_EQ(slug(ada.send("PATCH", at("lab"), json::object{{"name", "other"}})), "invalid") << "the name stays";
}

TEST_F(OrganisationsTest, NobodyJoinsWithoutSayingSo) {
  auto ada = user("ada"), eve = user("eve");
  make(ada, "lab");
  EXPECT_EQ(ada.send("PUT", at("lab", "/members/eve"), json::object{{"role", "member"}}).status, 404);
  ASSERT_EQ(ada.post(at("lab", "/invitations"), {{"user", "EVE"}, {"role", "owner"}}).status, 204);
  EXPECT_EQ(eve.get(at("lab", "/members")).status, 404) << "not yet";
  EXPECT_THAT(all(eve.get("/api/v1/me/invitations"), "organisation"), ElementsAre("lab"));
  EXPECT_THAT(all(ada.get(at("lab", "/invitations")), "user"), ElementsAre("eve"));
  EXPECT_EQ(ada.post(at("lab", "/invitations"), {{"user", "eve"}}).status, 204) << "as a member then";
  EXPECT_EQ(ada.send("POST", "/api/v1/me/invitations/lab").status, 404) << "not ada's";
  const auto in = eve.send("POST", "/api/v1/me/invitations/LAB");
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(text_of(in, "role"), "member");
  EXPECT_EQ(eve.send("POST", "/api/v1/me/invitations/lab").status, 404) << "it is used";
  EXPECT_THAT(members(eve, "lab"), ElementsAre("ada=owner", "eve=member"));
  EXPECT_EQ(slug(ada.post(at("lab", "/invitations"), {{"user", "eve"}})), "conflict");
  EXPECT_EQ(slug(ada.post(at("lab", "/invitations"), {{"user", "nobody"}})), "invalid");

  auto bob = user("bob");
  ASSERT_EQ(ada.post(at("lab", "/invitations"), {{"user", "bob"}}).status, 204);
  EXPECT_EQ(bob.send("DELETE", "/api/v1/me/invitations/lab").status, 204);
  EXPECT_EQ(bob.send("DELETE", "/api/v1/me/invitations/lab").status, 404);
  ASSERT_EQ(ada.post(at("lab", "/invitations"), {{"user", "bob"}}).status, 204);
  EXPECT_EQ(ada.send("DELETE", at("lab", "/invitations/bob")).status, 204);
  EXPECT_EQ(bob.send("POST", "/api/v1/me/invitations/lab").status, 404) << "taken back";
}

TEST_F(OrganisationsTest, WhoBelongsToItItsMembersKnow) {
  auto ada = user("ada"), eve = user("eve"), bob = user("bob");
  make(ada, "lab");
  join(ada, bob, "lab", "member");
  EXPECT_THAT(members(bob, "lab"), ElementsAre("ada=owner", "bob=member"));
  EXPECT_EQ(bob.get(at("lab", "/invitations")).status, 403);
  EXPECT_EQ(eve.get(at("lab", "/members")).status, 404);
  EXPECT_EQ(slug(eve.get(at("lab", "/members"))), slug(eve.get(at("nothing", "/members"))));
  EXPECT_EQ(eve.get(at("lab", "/invitations")).status, 404);
  EXPECT_EQ(eve.post(at("lab", "/invitations"), {{"user", "eve"}, {"role", "owner"}}).status, 404);
  EXPECT_EQ(eve.send("DELETE", at("lab", "/members/ada")).status, 404);
  EXPECT_EQ(browser().get(at("lab", "/members")).status, 401);
  const auto reads =
      text_of(bob.post("/api/v1/me/tokens", {{"name", "t"}, {"scopes", json::array{"account:read"}}}), "token");
  const base::Headers with{{"Authorization", "Bearer " + reads}};
  EXPECT_EQ(browser().get(at("lab", "/members"), with).status, 200);
  EXPECT_EQ(browser().send("DELETE", at("lab", "/members/bob"), {}, with).status, 403);
}

TEST_F(OrganisationsTest, NeverWithoutAnOwner) {
  auto ada = user("ada"), bob = user("bob");
  make(ada, "lab");
  join(ada, bob, "lab", "member");
  const auto role = [&](Browser& by, const char* of, const char* to) {
    return by.send("PUT", at("lab", "/members/" + std::string(of)), json::object{{"role", to}});
  };
  EXPECT_EQ(slug(ada.send("DELETE", at("lab", "/members/ada"))), "conflict") << "the last one";
  EXPECT_EQ(slug(role(ada, "ada", "member")), "conflict");
  EXPECT_EQ(role(bob, "bob", "owner").status, 403);
  EXPECT_EQ(bob.send("DELETE", at("lab", "/members/ada")).status, 403);
  EXPECT_THAT(on_the_hub("lab"), ElementsAre(id_of(ada)));
  EXPECT_EQ(role(ada, "bob", "owner").status, 204);
  EXPECT_THAT(on_the_hub("lab"), ElementsAre(id_of(ada), id_of(bob)));
  EXPECT_EQ(ada.send("DELETE", at("lab", "/members/Ada")).status, 204) << "leaves";
  EXPECT_THAT(members(bob, "lab"), ElementsAre("bob=owner"));
  EXPECT_THAT(on_the_hub("lab"), ElementsAre(id_of(bob)));
  EXPECT_EQ(bob.send("DELETE", at("lab", "/members/ada")).status, 404);
  EXPECT_EQ(role(bob, "nobody", "owner").status, 404);
  EXPECT_EQ(slug(role(bob, "bob", "king")), "invalid");
}

TEST_F(OrganisationsTest, TwoOwnersWhoLeaveAtOnceDoSoOneAfterTheOther) {
  auto ada = user("ada"), bob = user("bob");
  make(ada, "lab");
  join(ada, bob, "lab", "owner");
  for (int round = 0; round < 5; ++round) {
    std::array<int, 2> statuses{};
    {
      std::jthread first([&] { statuses[0] = ada.send("DELETE", at("lab", "/members/ada")).status; });
      std::jthread second([&] { statuses[1] = bob.send("DELETE", at("lab", "/members/bob")).status; });
    }
    EXPECT_THAT(statuses, UnorderedElementsAre(204, 409));
    auto &left = statuses[0] == 204 ? ada : bob, &stayed = statuses[0] == 204 ? bob : ada;
    join(stayed, left, "lab", "owner");
  }
}

TEST_F(OrganisationsTest, AdministratorsOfThePlatformPutThingsRight) {
  auto ada = user("ada"), eve = user("eve"), root = user("boss");
  make(ada, "lab");
  script("UPDATE users SET administrator = true WHERE id = (SELECT id FROM accounts WHERE name = 'boss')");
  clock.advance(std::chrono::seconds(6));
  EXPECT_THAT(members(root, "lab"), ElementsAre("ada=owner"));
  EXPECT_EQ(root.send("PUT", at("lab", "/members/eve"), json::object{{"role", "owner"}}).status, 204);
  EXPECT_EQ(root.send("DELETE", at("lab", "/members/ada")).status, 204);
  EXPECT_THAT(members(eve, "lab"), ElementsAre("eve=owner"));
}

TEST_F(OrganisationsTest, MembersWorkOnItsRepositories) {
  auto ada = user("ada"), bob = user("bob"), eve = user("eve");
  make(ada, "lab");
  join(ada, bob, "lab", "member");
  auto secret = repo("lab", "secret", false);
  secret.metadata.namespace_ = "o-lab";
  ASSERT_EQ(store->follow(secret).value(), true);
  EXPECT_EQ(text_of(ada.get("/api/v1/repositories/lab/secret"), "right"), "admin");
  EXPECT_EQ(text_of(bob.get("/api/v1/repositories/lab/secret"), "right"), "write");
  EXPECT_EQ(eve.get("/api/v1/repositories/lab/secret").status, 404);
  EXPECT_EQ(ada.send("PUT", at("lab", "/members/bob"), json::object{{"role", "maintainer"}}).status, 204);
  EXPECT_EQ(text_of(bob.get("/api/v1/repositories/lab/secret"), "right"), "maintain");
  EXPECT_EQ(ada.send("DELETE", at("lab", "/members/bob")).status, 204);
  EXPECT_EQ(bob.get("/api/v1/repositories/lab/secret").status, 404) << "at once";
}

TEST_F(OrganisationsTest, WhoIsDisabledHasNoRightsOnTheHub) {
  auto ada = user("ada"), bob = user("bob"), root = user("boss");
  make(ada, "lab");
  join(ada, bob, "lab", "owner");
  script("UPDATE users SET administrator = true WHERE id = (SELECT id FROM accounts WHERE name = 'boss')");
  clock.advance(std::chrono::seconds(6));
  const auto lab = number("SELECT id FROM accounts WHERE name = 'lab'");
  const auto told = [&] {
    return number("SELECT count(*) FROM events WHERE topic = 'account' AND payload = '{\"account\": " +
                  std::to_string(lab) + "}'");
  };
  const auto before = told();
  ASSERT_EQ(root.send("PUT", "/api/v1/users/bob/standing", json::object{{"disabled", true}}).status, 200);
  EXPECT_THAT(on_the_hub("lab"), ElementsAre(id_of(ada)));
  EXPECT_EQ(told(), before + 1) << "its keeper hears of it";
}

TEST_F(OrganisationsTest, AnEmptyOneIsDeletedByWhoTypesItsName) {
  auto ada = user("ada"), bob = user("bob"), eve = user("eve");
  make(ada, "Lab");
  join(ada, bob, "lab", "maintainer");
  auto secret = repo("Lab", "secret", false);
  secret.metadata.namespace_ = "o-lab";
  ASSERT_EQ(store->follow(secret).value(), true);
  const auto erase = [&](Browser& by, const std::string& name) {
    return by.send("DELETE", at("lab") + "?confirm=" + name).status;
  };
  EXPECT_EQ(erase(bob, "Lab"), 403);
  EXPECT_EQ(erase(eve, "Lab"), 404);
  EXPECT_EQ(erase(ada, "lab"), 422) << "as it is written";
  EXPECT_EQ(ada.send("DELETE", at("lab")).status, 400);
  EXPECT_EQ(erase(ada, "Lab"), 409) << "it owns a repository";
  ASSERT_EQ(store->forget("o-lab", "secret").value(), true);
  const auto id = number("SELECT id FROM accounts WHERE name = 'Lab'");
  EXPECT_EQ(erase(ada, "Lab"), 204);
  EXPECT_EQ(ada.get(at("lab")).status, 404);
  EXPECT_EQ(erase(ada, "Lab"), 404);
  EXPECT_EQ(slug(make(eve, "LAB")), "conflict") << "its addresses would lead to a stranger";
  EXPECT_EQ(number("SELECT count(*) FROM audit_log WHERE action = 'organisation.removed' AND target_id = '" +
                   std::to_string(id) + "' AND detail ->> 'organisation' = 'Lab'"),
            1);
  const auto gone = tenant::TenantStore(*pool).find_departed(id).value();
  ASSERT_TRUE(gone.has_value());
  EXPECT_EQ(gone->ns, "o-lab");
  EXPECT_EQ(gone->owner, "Lab");
}

TEST_F(OrganisationsTest, WhoGotWhichRightsIsInTheAuditLog) {
  auto ada = user("ada"), bob = user("bob");
  make(ada, "Lab");
  ASSERT_EQ(ada.post(at("lab", "/invitations"), {{"user", "bob"}, {"role", "owner"}}).status, 204);
  ASSERT_EQ(ada.send("DELETE", at("lab", "/invitations/bob")).status, 204);
  join(ada, bob, "lab", "member");
  ASSERT_EQ(ada.send("PUT", at("lab", "/members/BOB"), json::object{{"role", "maintainer"}}).status, 204);
  ASSERT_EQ(ada.send("PUT", at("lab", "/members/eve"), json::object{{"role", "owner"}}).status, 404);
  ASSERT_EQ(bob.send("DELETE", at("lab", "/members/BOB")).status, 204);
  const auto deeds = pool->read([](database::Transaction& tx) {
    std::vector<std::string> all;
    for (const auto row : tx.execute("SELECT actor_name || ' ' || action || ' ' || detail::text AS deed FROM audit_log"
                                     " WHERE target_kind = 'organisation' AND target_id ="
                                     " (SELECT id::text FROM accounts WHERE name = 'Lab') ORDER BY id"))
      all.push_back(row.get<std::string>(0));
    return all;
  });
  EXPECT_THAT(deeds.value(),
              ElementsAre(R"(ada organisation.created {"organisation": "Lab"})",
                          R"(ada member.invited {"role": "owner", "user": "bob", "organisation": "Lab"})",
                          R"(ada member.uninvited {"user": "bob", "organisation": "Lab"})",
                          R"(ada member.invited {"role": "member", "user": "bob", "organisation": "Lab"})",
                          R"(bob member.joined {"role": "member", "organisation": "Lab"})",
                          R"(ada member.changed {"role": "maintainer", "user": "bob", "organisation": "Lab"})",
                          R"(bob member.removed {"user": "bob", "organisation": "Lab"})"));
}

// Without a cluster nothing is written; who may is decided before.
TEST_F(RepositoriesTest, CollaboratorsAreForTheOwnerToChoose) {
  auto ada = user("ada"), bob = user("bob"), eve = user("eve");
  auto secret = repo("ada", "secret", false);
  secret.spec.collaborators = {{"bob", crds::CollaboratorRole::Write}, {"nobody", crds::CollaboratorRole::Read}};
  ASSERT_EQ(store->follow(secret).value(), true);
  const std::string path = "/api/v1/repositories/ada/secret/collaborators";
  const auto list = bob.get(path);
  ASSERT_EQ(list.status, 200) << list.body;
  const auto items = object_of(list).at("items").as_array();
  ASSERT_EQ(items.size(), 1U) << "who is no user here has no role";
  EXPECT_EQ(items[0].at("user"), "bob");
  EXPECT_EQ(items[0].at("role"), "write");
  const json::object role{{"role", "admin"}};
  EXPECT_EQ(bob.send("PUT", path + "/bob", role).status, 403) << "nobody gives themselves more";
  EXPECT_EQ(bob.send("DELETE", path + "/ada").status, 403);
  EXPECT_EQ(eve.get(path).status, 404);
  EXPECT_EQ(eve.send("PUT", path + "/eve", role).status, 404);
  EXPECT_EQ(browser().get(path).status, 401);
  EXPECT_EQ(ada.send("PUT", path + "/nobody", role).status, 404);
  EXPECT_EQ(ada.send("PUT", path + "/ADA", role).status, 409) << "owns it";
  EXPECT_EQ(slug(ada.send("PUT", path + "/eve", json::object{{"role", "king"}})), "invalid");
  EXPECT_EQ(ada.send("PUT", path + "/eve", role).status, 503);
}

}  // namespace
}  // namespace causeway::api
