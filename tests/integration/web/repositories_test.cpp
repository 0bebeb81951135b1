// Repositories as people find them, and what git lets them do. Rows follow Repos; the cluster's part is in tests/e2e.

#include <atomic>
#include <thread>

#include "tests/integration/web/git_fixture.hpp"

namespace causeway::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_F(RepositoriesTest, EverybodySeesWhatTheyMay) {
  auto ada = user("ada"), eve = user("eve"), visitor = browser();
  auto open = repo("ada", "open", true), secret = repo("ada", "secret", false);
  ASSERT_EQ(store->follow(open).value(), true);
  ASSERT_EQ(store->follow(secret).value(), true);
  EXPECT_THAT(paths(visitor.get("/api/v1/repositories")), ElementsAre("ada/open"));
  EXPECT_THAT(paths(eve.get("/api/v1/repositories")), ElementsAre("ada/open"));
  EXPECT_THAT(paths(ada.get("/api/v1/repositories")), UnorderedElementsAre("ada/open", "ada/secret"));
  EXPECT_EQ(visitor.get("/api/v1/repositories/ada/secret").status, 404);
  const auto no_right = eve.get("/api/v1/repositories/ada/secret"),
             not_there = eve.get("/api/v1/repositories/ada/nothing");
  EXPECT_EQ(no_right.status, 404);
  EXPECT_EQ(slug(no_right), slug(not_there));
  EXPECT_EQ(text_of(ada.get("/api/v1/repositories/ADA/Secret"), "right"), "admin");
  EXPECT_EQ(text_of(visitor.get("/api/v1/repositories/ada/open"), "right"), "read");

  secret.spec.collaborators = {{"eve", crds::CollaboratorRole::Write}, {"nobody", crds::CollaboratorRole::Admin}};
  change(secret);
  EXPECT_EQ(text_of(eve.get("/api/v1/repositories/ada/secret"), "right"), "write");
  EXPECT_THAT(paths(eve.get("/api/v1/repositories?mine=true")), ElementsAre("ada/secret"));
  secret.spec.collaborators.clear();
  change(secret);
  EXPECT_EQ(eve.get("/api/v1/repositories/ada/secret").status, 404);

  script("UPDATE accounts SET disabled_at = now() WHERE name = 'ada'");
  EXPECT_THAT(paths(visitor.get("/api/v1/repositories")), IsEmpty());
  EXPECT_EQ(visitor.get("/api/v1/repositories/ada/open").status, 404);
}

TEST_F(RepositoriesTest, ATokenShowsWhatItsScopesSay) {
  auto ada = user("ada");
  ASSERT_EQ(store->follow(repo("ada", "secret", false)).value(), true);
  const auto token = [&](const char* scope) {
    return text_of(ada.post("/api/v1/me/tokens", {{"name", scope}, {"scopes", json::array{scope}}}), "token");
  };
  const auto list = [&](const std::string& with) {
    return paths(browser().get("/api/v1/repositories", {{"Authorization", "Bearer " + with}}));
  };
  EXPECT_THAT(list(token("repository:read")), ElementsAre("ada/secret"));
  EXPECT_THAT(list(token("account:read")), IsEmpty());
}

TEST_F(RepositoriesTest, AreSearchedAndFilteredInPages) {
  user("ada");
  user("bob");
  for (const char* name : {"digits", "letters", "word_s"}) {
    auto r = repo("ada", name, true);
    r.spec.tags = {"vision", name};
    r.status.metadata = json::object{{"sdk", "gradio"}};
    if (std::string(name) == "letters") r.spec.type = crds::RepoType::Space;
    ASSERT_EQ(store->follow(r).value(), true);
  }
  ASSERT_EQ(store->follow(repo("bob", "words", true)).value(), true);
  script("UPDATE repositories SET trending_score = id, download_count = 10 - id");
  auto b = browser();
  const auto all = [&](const std::string& query) { return paths(b.get("/api/v1/repositories?" + query)); };
  EXPECT_THAT(all("q=DIG"), ElementsAre("ada/digits"));
  EXPECT_THAT(all("q=word_"), ElementsAre("ada/word_s")) << "no wildcard";
  EXPECT_THAT(all("q=%25"), IsEmpty());
  EXPECT_THAT(all("owner=Bob"), ElementsAre("bob/words"));
  EXPECT_THAT(all("type=space"), ElementsAre("ada/letters"));
  EXPECT_THAT(all("tag=vision&tag=digits"), ElementsAre("ada/digits"));
  EXPECT_THAT(all("sdk=gradio&q=s&sort=downloads"), ElementsAre("ada/digits", "ada/letters", "ada/word_s"));
  EXPECT_THAT(all("sort=trending"), ElementsAre("bob/words", "ada/word_s", "ada/letters", "ada/digits"));
  EXPECT_EQ(b.get("/api/v1/repositories?type=cake").status, 400);
  EXPECT_EQ(b.get("/api/v1/repositories?sort=cake").status, 400);

  for (const std::string sort : {"recent", "trending", "stars", "downloads"}) {
    std::vector<std::string> seen;
    std::string cursor;
    do {
      const auto page =
          b.get("/api/v1/repositories?limit=1&sort=" + sort + (cursor.empty() ? "" : "&cursor=" + cursor));
      for (auto& path : paths(page)) seen.push_back(std::move(path));
      cursor = text_of(page, "next");
      ASSERT_LE(seen.size(), 4U);
    } while (!cursor.empty());
    EXPECT_THAT(seen, UnorderedElementsAre("ada/digits", "ada/letters", "ada/word_s", "bob/words")) << sort;
  }
}

TEST_F(RepositoriesTest, ARowFollowsItsRepo) {
  user("ada");
  auto r = repo("ada", "digits", true);
  EXPECT_EQ(store->follow(repo("nobody", "x", true)).value(), false) << "an account has to own it";
  auto foreign = repo("ada", "mine", true);
  foreign.metadata.namespace_ = "u-eve";
  EXPECT_EQ(store->follow(foreign).value(), false) << "nobody makes repositories of ada elsewhere";
  ASSERT_EQ(store->follow(r).value(), true);
  const auto updated = query("SELECT updated_at FROM repositories").front().get<base::WallTime>(0);
  ASSERT_EQ(store->follow(r).value(), true);
  EXPECT_EQ(query("SELECT updated_at FROM repositories").front().get<base::WallTime>(0), updated) << "nothing changed";
  r.status.head = crds::RepoHead{.commit = std::string(40, 'a')};
  r.spec.description = "Recognises digits";
  change(r);
  auto b = browser();
  EXPECT_EQ(text_of(b.get("/api/v1/repositories/ada/digits"), "headCommit"), std::string(40, 'a'));

  // Made anew under the same name: nobody's stars are left.
  script("UPDATE repositories SET star_count = 3");
  r.metadata.uid = "00000000-0000-4000-8000-000000000001";
  change(r);
  EXPECT_EQ(number("SELECT star_count FROM repositories"), 0);
  EXPECT_THAT(store->followed().value(), ElementsAre(r.metadata.key()));
  EXPECT_EQ(store->forget("u-ada", "digits").value(), true);
  EXPECT_EQ(store->forget("u-ada", "digits").value(), false);
  EXPECT_EQ(b.get("/api/v1/repositories/ada/digits").status, 404);
}

class GitRightsTest : public GitTest {
 protected:
  std::string token(Browser& owner, const char* scope) {
    return text_of(owner.post("/api/v1/me/tokens", {{"name", scope}, {"scopes", json::array{scope}}}), "token");
  }
  int ask(const std::string& name, const char* service, const std::string& with = "") {
    base::HttpClient http({.base_url = "http://127.0.0.1:" + std::to_string(git->port())});
    base::HttpRequest request{.target = "/ada/" + name + ".git/info/refs?service=git-" + service};
    if (!with.empty()) request.headers.set("Authorization", "Basic " + base::base64_encode("whoever:" + with));
    const auto answer = http.call(request);
    return answer ? answer->status : 0;
  }
  int fetch(const std::string& name, const std::string& with = "") { return ask(name, "upload-pack", with); }
  int push(const std::string& name, const std::string& with = "") { return ask(name, "receive-pack", with); }
};

TEST_F(RepositoriesTest, AReplicaThatLagsUndoesNothing) {
  user("ada");
  user("eve");
  auto r = repo("ada", "secret", true);
  r.spec.collaborators = {{"eve", crds::CollaboratorRole::Write}};
  ASSERT_EQ(store->follow(r).value(), true);
  const auto before = r;
  r.spec.visibility = crds::RepoVisibility::Private;
  r.spec.collaborators.clear();
  change(r);
  ASSERT_EQ(store->follow(before).value(), true);
  EXPECT_EQ(browser().get("/api/v1/repositories/ada/secret").status, 404);
  EXPECT_EQ(number("SELECT count(*) FROM collaborators"), 0);
}

TEST_F(RepositoriesTest, ReplicasFollowAtTheSameTime) {
  user("ada");
  for (int round = 0; round < 20; ++round) {
    const auto r = repo("ada", "r" + std::to_string(round), true);
    std::vector<std::jthread> replicas;
    std::atomic<int> followed = 0;
    for (int i = 0; i < 4; ++i) replicas.emplace_back([&] { followed += store->follow(r).ok(); });
    replicas.clear();
    ASSERT_EQ(followed, 4) << round;
  }
}

TEST_F(GitRightsTest, PeoplePushWithTokensWhereTheyMay) {
  auto ada = user("ada"), eve = user("eve");
  make("open", true);
  make("secret", false);
  const auto writes = token(ada, "repository:write"), reads = token(ada, "repository:read"),
             other = token(ada, "account:write"), foreign = token(eve, "repository:write");
  EXPECT_EQ(fetch("open"), 200);
  EXPECT_EQ(push("open"), 401);
  EXPECT_EQ(push("open", writes), 200);
  EXPECT_EQ(push("open", reads), 403);
  EXPECT_EQ(push("open", foreign), 403) << "it can be read, so it can be said";
  EXPECT_EQ(fetch("secret", writes), 200);
  EXPECT_EQ(fetch("secret", reads), 200);
  EXPECT_EQ(fetch("secret", other), 403);
  EXPECT_EQ(fetch("open", other), 200);
  EXPECT_EQ(fetch("open", "cwt_nonsense"), 401);
  EXPECT_EQ(fetch("secret", foreign), 404);
  EXPECT_EQ(push("secret", foreign), 404);
  EXPECT_EQ(fetch("nothing", foreign), 404);
  EXPECT_EQ(fetch("secret"), 401);
  EXPECT_EQ(fetch("nothing"), 401) << "a visitor learns nothing of what is private";
}

TEST_F(GitRightsTest, WhatIsTakenDownIsNotClonedAnyMore) {
  auto ada = user("ada"), eve = user("eve");
  make("open", true);
  const auto foreign = token(eve, "repository:read");
  ASSERT_EQ(fetch("open"), 200);
  script("UPDATE accounts SET disabled_at = now() WHERE name = 'ada'");
  EXPECT_EQ(fetch("open"), 401) << "as if it were not there";
  EXPECT_EQ(fetch("open", foreign), 404);
  script("UPDATE accounts SET disabled_at = NULL");
  EXPECT_EQ(fetch("open"), 200);
}

TEST_F(GitRightsTest, GuessingIsStopped) {
  auto ada = user("ada");
  make("open", true);
  const auto writes = token(ada, "repository:write");
  for (int i = 0; i < 30; ++i) ASSERT_EQ(push("open", "cwt_nonsense"), 401);
  EXPECT_EQ(push("open", "cwt_nonsense"), 429);
  EXPECT_EQ(push("open", writes), 429) << "and nobody learns whether it was right";
  EXPECT_EQ(fetch("open"), 200) << "without a proof there is nothing to guess";
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(push("open", writes), 200);
}

class GitRatesTest : public GitRightsTest {
 protected:
  GitRatesTest() { rates.git = 5; }
};

TEST_F(GitRatesTest, ManyRequestsOfOneAddressAreTooMany) {
  user("ada");
  make("open", true);
  for (int i = 0; i < 5; ++i) ASSERT_EQ(fetch("open"), 200);
  EXPECT_EQ(fetch("open"), 429);
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(fetch("open"), 200);
}

TEST_F(GitRightsTest, WhatIsPublicIsClonedWithoutTheDatabase) {
  auto ada = user("ada");
  make("open", true);
  const auto writes = token(ada, "repository:write");
  const Held held;
  kill_server(false);
  EXPECT_EQ(fetch("open"), 200);
  EXPECT_EQ(push("open", writes), 503);
}

// What the operator says in the Repo is what people are told.
TEST_F(RepositoriesTest, AnImportSaysHowFarItIs) {
  auto ada = user("ada"), eve = user("eve");
  auto copy = repo("ada", "copy", true);
  copy.spec.import_ = crds::RepoImport{.url = "https://example.org/x", .credentials_ref = {}, .mirror_interval = {}};
  const std::string path = "/api/v1/repositories/ada/copy/import";
  const auto say = [&](const std::string& reason, const std::string& message) {
    kube::set_condition(copy.status.conditions,
                        {.type = std::string(crds::repo_conditions::kImported),
                         .status = "False",
                         .observed_generation = copy.metadata.generation,
                         .last_transition_time = {},
                         .reason = reason,
                         .message = message},
                        clock.wall());
    EXPECT_EQ(store->follow(copy).value(), true);
    return object_of(ada.get(path));
  };
  ASSERT_EQ(store->follow(copy).value(), true);
  const auto waiting = object_of(ada.get(path));
  EXPECT_EQ(waiting.at("state"), "waiting");
  EXPECT_EQ(waiting.at("url"), "https://example.org/x");
  EXPECT_FALSE(waiting.contains("finishedAt"));
  EXPECT_EQ(eve.get(path).status, 403) << "a reader";
  EXPECT_EQ(browser().get(path).status, 401);
  const auto running = say("Importing", "receiving objects: 430 of 1000, 12345 bytes");
  EXPECT_EQ(running.at("state"), "running");
  EXPECT_EQ(running.at("phase"), "receiving");
  EXPECT_EQ(running.at("done"), 430);
  EXPECT_EQ(running.at("total"), 1000);
  EXPECT_EQ(running.at("bytes"), 12345);
  const auto again = say("ImportFailed", "the host does not answer");
  EXPECT_EQ(again.at("state"), "waiting") << "it is tried again";
  EXPECT_EQ(again.at("error"), "the host does not answer");
  const auto failed = say("ImportRefused", "there is no such repository");
  EXPECT_EQ(failed.at("state"), "failed");
  EXPECT_TRUE(failed.contains("finishedAt"));
  EXPECT_EQ(ada.send("DELETE", path).status, 503) << "there is no cluster";
  EXPECT_EQ(eve.send("DELETE", path).status, 403);

  // Somebody took it out of the Repo, and put it in again.
  say("Importing", "connecting");
  copy.spec.import_.reset();
  change(copy);
  EXPECT_EQ(object_of(ada.get(path)).at("state"), "cancelled");
  EXPECT_EQ(ada.send("DELETE", path).status, 409);
  copy.spec.import_ = crds::RepoImport{.url = "https://example.org/x", .credentials_ref = {}, .mirror_interval = {}};
  copy.status.imported = crds::RepoImported{.at = "2026-11-24T10:00:00Z", .from = "https://example.org/x"};
  change(copy);
  EXPECT_EQ(object_of(ada.get(path)).at("state"), "succeeded");
  EXPECT_EQ(ada.send("DELETE", path).status, 409);
  EXPECT_EQ(number("SELECT count(*) FROM imports"), 2);

  ASSERT_EQ(store->follow(repo("ada", "own", true)).value(), true);
  EXPECT_EQ(ada.get("/api/v1/repositories/ada/own/import").status, 404);
}

}  // namespace
}  // namespace causeway::api
