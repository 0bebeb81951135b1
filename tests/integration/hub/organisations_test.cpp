// What an organisation's people may do on the hub follows from who belongs to it.

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "apiserver/rest/field_value.hpp"
#include "base/encoding.hpp"
#include "operator/repo/reconciler.hpp"
#include "tests/integration/hub/hub_fixture.hpp"

namespace causeway::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class HubOrganisationsTest : public HubTest {
 protected:
  HubOrganisationsTest() { rates.requests = 1'000'000; }  // tests that wait ask often
  void SetUp() override {
    HubTest::SetUp();
    if (IsSkipped()) return;
    ada.emplace(user("ada" + suffix));
    bob.emplace(user("bob" + suffix));
    mine = {"o-" + rest::lower_case(lab), "u-ada" + suffix, "u-bob" + suffix};
    const auto made = ada->post("/api/v1/organisations", {{"name", lab}}, {{"Idempotency-Key", "1"}});
    ASSERT_EQ(made.status, 201) << made.body;
  }

  std::vector<std::string> bound() {
    std::vector<std::string> names;
    const auto binding = hub->get(kRoleBinding, "o-" + rest::lower_case(lab), "causeway-tenant");
    EXPECT_TRUE(binding.ok());
    if (binding)
      if (const auto* subjects = binding->if_contains("subjects"))
        for (const auto& subject : subjects->as_array()) names.emplace_back(subject.at("name").as_string());
    return names;
  }
  static std::string kube_user(Browser& by) { return "user-" + text_of(by.get("/identity"), "id"); }
  base::HttpResponse make_repository(Browser& by, const std::string& name) {
    return by.post("/api/v1/repositories", {{"owner", lab}, {"name", name}},
                   {{"Idempotency-Key", base::random_hex(16)}});
  }
  void join(const char* role) {
    ASSERT_EQ(ada->post(at("/invitations"), {{"user", "bob" + suffix}, {"role", role}}).status, 204);
    ASSERT_EQ(bob->send("POST", "/api/v1/me/invitations/" + lab).status, 200);
  }

  // While it lives, nobody answers for the cluster: its API server was killed, and the next one is stopped.
  class Gone {
   public:
    Gone() {
      const auto killed = process();
      EXPECT_EQ(::kill(killed, SIGKILL), 0);
      EXPECT_TRUE(database::eventually([&] { return process() != killed; }));
      stopped_ = process();
      EXPECT_EQ(::kill(stopped_, SIGSTOP), 0);
    }
    ~Gone() { ::kill(stopped_, SIGCONT); }

   private:
    static pid_t process() {
      return std::atoi(base::read_file(database::test_path("CAUSEWAY_TEST_APISERVER_PIDFILE")).value().c_str());
    }
    pid_t stopped_ = 0;
  };

  std::string at(const std::string& more) const { return "/api/v1/organisations/" + lab + more; }

  const std::string lab = "Lab" + suffix;
  std::optional<Browser> ada, bob;
};

TEST_F(HubOrganisationsTest, ItsNamespaceAndRightsFollowWhoBelongsToIt) {
  const auto ns = hub->get(kNamespace, "", "o-" + rest::lower_case(lab));
  ASSERT_TRUE(ns.ok()) << ns.error().message;
  EXPECT_EQ(ns->at("metadata").at("labels").at("causeway.dev/owner").as_string(), lab);
  EXPECT_THAT(bound(), ElementsAre(kube_user(*ada)));
  join("maintainer");
  EXPECT_THAT(bound(), UnorderedElementsAre(kube_user(*ada), kube_user(*bob))) << "before the answer";
  const std::string member = "/members/bob" + suffix;
  EXPECT_EQ(ada->send("PUT", at(member), json::object{{"role", "member"}}).status, 204);
  EXPECT_THAT(bound(), ElementsAre(kube_user(*ada)));
  EXPECT_EQ(ada->send("PUT", at(member), json::object{{"role", "owner"}}).status, 204);
  EXPECT_EQ(bob->send("DELETE", at("/members/ada" + suffix)).status, 204);
  EXPECT_THAT(bound(), ElementsAre(kube_user(*bob)));
}

TEST_F(HubOrganisationsTest, OwnersAndMaintainersMakeItsRepositories) {
  const auto made = make_repository(*ada, "digits");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(text_of(made, "path"), lab + "/digits");
  EXPECT_EQ(text_of(made, "right"), "admin");
  const auto repo = hub->get(crds::Repo::kResource, "o-" + rest::lower_case(lab), "digits");
  ASSERT_TRUE(repo.ok()) << repo.error().message;
  EXPECT_EQ(repo->at("spec").at("owner").as_string(), lab);
  EXPECT_EQ(make_repository(*bob, "mine").status, 422) << "does not belong to it";
  join("member");
  EXPECT_EQ(make_repository(*bob, "mine").status, 403);
  const std::string member = "/members/bob" + suffix, path = "/api/v1/repositories/" + lab + "/digits";
  ASSERT_EQ(ada->send("PUT", at(member), json::object{{"role", "maintainer"}}).status, 204);
  EXPECT_EQ(make_repository(*bob, "ours").status, 201);
  EXPECT_EQ(bob->send("PATCH", path, json::object{{"description", "Recognises digits"}}).status, 200);
  EXPECT_EQ(bob->send("PATCH", path, json::object{{"visibility", "public"}}).status, 403) << "for owners";
  EXPECT_EQ(bob->send("DELETE", path).status, 403);
  ASSERT_EQ(ada->send("DELETE", at(member)).status, 204);
  EXPECT_EQ(make_repository(*bob, "other").status, 422);
  EXPECT_EQ(ada->send("DELETE", path).status, 204);
}

class HubLimitsTest : public HubOrganisationsTest {
 protected:
  HubLimitsTest() {
    people.limits.repositories = 2;
    people.limits.collaborators = 2;
  }
};

TEST_F(HubLimitsTest, OfManyRepositoriesAtOnceThereAreAsManyAsThereMayBe) {
  const auto second = replica();
  std::atomic<int> made = 0, refused = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i)
      threads.emplace_back([&, i] {
        auto by = browser_of(i % 2 == 0 ? *server : *second);
        by.cookies = ada->cookies;
        const auto answer = make_repository(by, "r" + std::to_string(i));
        EXPECT_TRUE(answer.status == 201 || slug(answer) == "limit-reached") << answer.body;
        ++(answer.status == 201 ? made : refused);
      });
  }
  EXPECT_EQ(made, 2);
  EXPECT_EQ(refused, 4);
  EXPECT_EQ(hub->list(crds::Repo::kResource, "o-" + rest::lower_case(lab))->items.size(), 2U);
  const auto import =
      ada->post("/api/v1/repositories", {{"owner", lab}, {"name", "i"}, {"importUrl", "https://git.invalid/i"}},
                {{"Idempotency-Key", "i"}});
  EXPECT_EQ(slug(import), "limit-reached");
  EXPECT_THAT(text_of(import, "detail"), testing::HasSubstr("2 repositories of an owner"));
  EXPECT_EQ(number("SELECT count(*) FROM repository_reservations"), 0);

  // Whoever has them by kubectl has them: a quota of the cluster's would have said no.
  const auto ns = "o-" + rest::lower_case(lab);
  crds::Repo more;
  more.metadata.namespace_ = ns;
  more.metadata.name = "more";
  more.spec.owner = lab;
  more.spec.path = lab + "/more";
  ASSERT_TRUE(hub->create(crds::Repo::kResource, kube::encode(more)).ok());
  const auto path = [&](const std::string& name) { return "/api/v1/repositories/" + lab + "/" + name; };
  EXPECT_TRUE(database::eventually([&] { return ada->get(path("more")).status == 200; }));
  for (int i = 0; i < 6; ++i) (void)ada->send("DELETE", path("r" + std::to_string(i)));
  EXPECT_EQ(make_repository(*ada, "again").status, 201);
  EXPECT_EQ(slug(make_repository(*ada, "again-and-again")), "limit-reached");
}

TEST_F(HubLimitsTest, OfManyCollaboratorsAtOnceThereAreAsManyAsThereMayBe) {
  ASSERT_EQ(make_repository(*ada, "digits").status, 201);
  std::vector<std::string> names;
  for (const char* name : {"c", "d", "e", "f"}) {
    names.push_back(name + suffix);
    user(names.back());
    mine.push_back("u-" + names.back());
  }
  const auto repository = "/api/v1/repositories/" + lab + "/digits", path = repository + "/collaborators";
  std::atomic<int> made = 0, refused = 0;
  {
    std::vector<std::jthread> threads;
    for (const auto& name : names)
      threads.emplace_back([&] {
        auto by = browser();
        by.cookies = ada->cookies;
        const auto answer = by.send("PUT", path + "/" + name, json::object{{"role", "write"}});
        EXPECT_TRUE(answer.status == 204 || slug(answer) == "limit-reached") << answer.body;
        ++(answer.status == 204 ? made : refused);
      });
  }
  EXPECT_EQ(made, 2);
  EXPECT_EQ(refused, 2);
  const auto items = object_of(ada->get(path)).at("items").as_array();
  ASSERT_EQ(items.size(), 2U);
  const auto there = path + "/" + std::string(items[0].at("user").as_string());
  EXPECT_EQ(ada->send("PUT", there, json::object{{"role", "read"}}).status, 204) << "another role is not one more";
  json::array three;
  for (int i = 0; i < 3; ++i)
    three.push_back(json::object{{"user", names[static_cast<std::size_t>(i)]}, {"role", "read"}});
  EXPECT_EQ(slug(ada->send("PATCH", repository, json::object{{"collaborators", three}})), "limit-reached");
  ASSERT_EQ(ada->send("DELETE", there).status, 204);
  EXPECT_EQ(slug(ada->send("PUT", path + "/" + names[3], json::object{{"role", "read"}})), "");
}

TEST_F(HubOrganisationsTest, AnEmptyOneIsDeleted) {
  const auto ns = "o-" + rest::lower_case(lab);
  const auto erase = [&] { return ada->send("DELETE", at("?confirm=") + lab).status; };
  ASSERT_EQ(make_repository(*ada, "digits").status, 201);
  EXPECT_EQ(erase(), 409);
  ASSERT_EQ(ada->send("DELETE", "/api/v1/repositories/" + lab + "/digits").status, 204);
  ASSERT_EQ(erase(), 204);
  const auto there = hub->get(kNamespace, "", ns);
  EXPECT_TRUE(!there || there->at("metadata").as_object().contains("deletionTimestamp")) << "it goes";
  EXPECT_EQ(ada->post("/api/v1/organisations", {{"name", lab}}, {{"Idempotency-Key", "2"}}).status, 409);
}

TEST_F(HubOrganisationsTest, AnImportIsCancelled) {
  const auto import = [&](const std::string& name) {
    return ada->post("/api/v1/repositories",
                     {{"owner", lab}, {"name", name}, {"importUrl", "https://git.invalid/" + name}},
                     {{"Idempotency-Key", base::random_hex(16)}});
  };
  for (const char* name : {"one", "two", "three"}) ASSERT_EQ(import(name).status, 201);
  EXPECT_EQ(slug(import("four")), "conflict") << "too many at once";
  const auto path = "/api/v1/repositories/" + lab + "/two/import";
  EXPECT_EQ(text_of(ada->get(path), "state"), "waiting");
  EXPECT_EQ(text_of(ada->get(path), "requestedBy"), "ada" + suffix);
  ASSERT_EQ(ada->send("DELETE", path).status, 204);
  EXPECT_EQ(text_of(ada->get(path), "state"), "cancelled");
  EXPECT_EQ(ada->send("DELETE", path).status, 409);
  const auto repo = hub->get(crds::Repo::kResource, "o-" + rest::lower_case(lab), "two");
  ASSERT_TRUE(repo.ok()) << repo.error().message;
  EXPECT_FALSE(repo->at("spec").as_object().contains("import"));
  EXPECT_EQ(import("four").status, 201);
}

// With the operator's role repo beside it, and a server that takes a request and never answers.
TEST_F(HubOrganisationsTest, AnImportUnderWayIsCancelled) {
  std::mutex mutex;
  std::condition_variable_any never;
  auto slow = base::HttpServer::start({}, [&](base::HttpExchange& exchange) {
    std::unique_lock lock(mutex);
    never.wait(lock, exchange.closed(), [] { return false; });
  });
  ASSERT_TRUE(slow.ok()) << slow.error().message;
  kube::Manager manager({.name = "test-repo", .config = *kubernetes, .leader = {}, .listen = ""});
  const auto data = folder.path() / "git";
  op::repo::add_to(manager, {}, {.data = data, .allow_private_imports = true});
  std::jthread running([&](std::stop_token stop) { EXPECT_TRUE(manager.run(std::move(stop)).ok()); });

  const auto made = ada->post(
      "/api/v1/repositories",
      {{"owner", lab}, {"name", "slow"}, {"importUrl", "http://127.0.0.1:" + std::to_string((*slow)->port()) + "/x"}},
      {{"Idempotency-Key", base::random_hex(16)}});
  ASSERT_EQ(made.status, 201) << made.body;
  const auto path = "/api/v1/repositories/" + lab + "/slow";
  ASSERT_TRUE(database::eventually([&] { return text_of(ada->get(path + "/import"), "state") == "running"; }));
  EXPECT_EQ(text_of(ada->get(path + "/import"), "phase"), "connecting");
  EXPECT_FALSE(std::filesystem::exists(data / lab)) << "no half of it is there";
  ASSERT_EQ(ada->send("DELETE", path + "/import").status, 204);
  EXPECT_EQ(text_of(ada->get(path + "/import"), "state"), "cancelled");
  EXPECT_TRUE(database::eventually([&] { return std::filesystem::exists(data / lab / "slow.git" / "HEAD"); }))
      << "an empty one in its place";
  EXPECT_EQ(text_of(ada->get(path + "/import"), "state"), "cancelled");
  EXPECT_TRUE(database::eventually([&] { return std::filesystem::is_empty(data / ".tmp"); }));
  ASSERT_EQ(ada->send("DELETE", path).status, 204);
  EXPECT_TRUE(database::eventually([&] {
    const auto left = hub->get(crds::Repo::kResource, "o-" + rest::lower_case(lab), "slow");
    return !left && left.error().not_found();
  }));
}

TEST_F(HubOrganisationsTest, CollaboratorsComeAndGo) {
  ASSERT_EQ(make_repository(*ada, "digits").status, 201);
  const auto path = "/api/v1/repositories/" + lab + "/digits";
  const auto of_bob = path + "/collaborators/BOB" + suffix;
  EXPECT_EQ(bob->get(path).status, 404);
  for (const char* role : {"read", "write", "maintain", "admin"}) {
    ASSERT_EQ(ada->send("PUT", of_bob, json::object{{"role", role}}).status, 204);
    EXPECT_EQ(text_of(bob->get(path), "right"), role);
  }
  EXPECT_EQ(object_of(ada->get(path + "/collaborators")).at("items").as_array().size(), 1U);
  // Not in its namespace, and allowed all the same: what the API server lends is for what is there.
  EXPECT_EQ(bob->send("PUT", path + "/collaborators/ada" + suffix, json::object{{"role", "read"}}).status, 204);
  EXPECT_EQ(bob->send("PATCH", path, json::object{{"visibility", "public"}}).status, 200);
  EXPECT_EQ(make_repository(*bob, "mine").status, 422);
  ASSERT_EQ(ada->send("DELETE", path + "/collaborators/ada" + suffix).status, 204);
  ASSERT_EQ(ada->send("PATCH", path, json::object{{"visibility", "private"}}).status, 200);
  ASSERT_EQ(ada->send("PUT", of_bob, json::object{{"role", "maintain"}}).status, 204);
  EXPECT_EQ(bob->send("PATCH", path, json::object{{"description", "Recognises digits"}}).status, 200);
  EXPECT_EQ(bob->send("PATCH", path, json::object{{"visibility", "public"}}).status, 403) << "for admins";
  EXPECT_EQ(bob->send("DELETE", path).status, 403);
  ASSERT_EQ(ada->send("PUT", of_bob, json::object{{"role", "write"}}).status, 204);
  EXPECT_EQ(bob->send("PATCH", path, json::object{{"description", "Mine"}}).status, 403);
  EXPECT_EQ(ada->send("DELETE", of_bob).status, 204);
  EXPECT_EQ(bob->get(path).status, 404);
  EXPECT_EQ(ada->send("DELETE", of_bob).status, 404);
  const std::string log = "SELECT count(*) FROM audit_log WHERE detail -> 'change' ->> 'user' = 'bob" + suffix + "'";
  EXPECT_EQ(number(log + " AND action = 'collaborator.changed' AND target_kind = 'repository'"), 6);
  EXPECT_EQ(number(log + " AND action = 'collaborator.removed'"), 1);
}

TEST_F(HubOrganisationsTest, OfTwoWhoAddSomebodyAtOnceBothDo) {
  ASSERT_EQ(make_repository(*ada, "digits").status, 201);
  std::vector<std::string> names;
  for (const char* name : {"c", "d", "e"}) {
    names.push_back(name + suffix);
    user(names.back());
    mine.push_back("u-" + names.back());
  }
  const auto path = "/api/v1/repositories/" + lab + "/digits/collaborators";
  {
    std::vector<std::jthread> threads;
    for (const auto& name : names)
      threads.emplace_back([&] {
        auto by = browser();
        by.cookies = ada->cookies;
        EXPECT_EQ(by.send("PUT", path + "/" + name, json::object{{"role", "write"}}).status, 204);
      });
  }
  EXPECT_EQ(object_of(ada->get(path)).at("items").as_array().size(), 3U);
}

TEST_F(HubOrganisationsTest, WhileTheClusterIsGoneWhatIsHereGoesOnAndTheRestIsMadeUpFor) {
  using database::eventually;
  ASSERT_EQ(make_repository(*ada, "digits").status, 201);
  ASSERT_EQ(ada->post(at("/invitations"), {{"user", "bob" + suffix}, {"role", "maintainer"}}).status, 204);
  const auto path = "/api/v1/repositories/" + lab + "/digits";
  {
    const Gone gone;
    const auto refused = [](const base::HttpResponse& answer) {
      EXPECT_EQ(answer.status, 503) << answer.body;
      EXPECT_TRUE(answer.headers.get("Retry-After"));
    };
    const auto began = std::chrono::steady_clock::now();
    refused(make_repository(*ada, "more"));
    refused(ada->send("PATCH", path, json::object{{"description", "no"}}));
    refused(ada->send("PUT", path + "/collaborators/bob" + suffix, json::object{{"role", "read"}}));
    // Two attempts of 5 s each, where the connection is taken and nobody answers.
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(45));
    EXPECT_EQ(text_of(ada->get(path), "path"), lab + "/digits");
    EXPECT_EQ(ada->post(path + "/issues", {{"title", "t"}}, {{"Idempotency-Key", "1"}}).status, 201);
    EXPECT_EQ(bob->send("POST", "/api/v1/me/invitations/" + lab).status, 200);
    EXPECT_EQ(browser().get("/readyz").status, 200);
  }
  constexpr auto kStart = std::chrono::seconds(90);  // of an API server, on a machine that is busy
  ASSERT_TRUE(eventually([&] { return hub->get(kNamespace, "", "o-" + rest::lower_case(lab)).ok(); }, kStart));
  EXPECT_TRUE(eventually([&] { return bound().size() == 2; }, kStart)) << "whoever joined meanwhile may work there";
  EXPECT_EQ(make_repository(*ada, "more").status, 201);
  // And what happens there is followed again.
  ASSERT_TRUE(hub->remove(crds::Repo::kResource, "o-" + rest::lower_case(lab), "digits").ok());
  EXPECT_TRUE(eventually([&] { return ada->get(path).status == 404; }, kStart));
}

}  // namespace
}  // namespace causeway::api
