// What an organisation's people may do on the hub follows from who belongs to it.

#include <csignal>
#include <cstdlib>
#include <thread>

#include "apiserver/rest/field_value.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/process.hpp"
#include "kube/client/client.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr kube::ResourceType kNamespace{"", "v1", "Namespace", "namespaces", false};
constexpr kube::ResourceType kRoleBinding{"rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"};

class HubOrganisationsTest : public WebTest {
 protected:
  void SetUp() override {
    const char* path = std::getenv("CAUSEWAY_TEST_KUBECONFIG");
    if (!path || !*path)
      GTEST_SKIP() << "CAUSEWAY_TEST_KUBECONFIG is not set: run this through tests/integration/apiserver.sh";
    const std::filesystem::path root = CAUSEWAY_SOURCE_DIR;
    kubectl({"apply", "--server-side", "-k", (root / "crds").string()});
    kubectl({"wait", "--for=condition=Established", "crd", "-l", "app.kubernetes.io/part-of=causeway"});
    kubectl({"apply", "--server-side", "-f", tenant_role(root).string()});
    kubernetes = kube::load_kubeconfig(path).value();
    hub = std::make_unique<kube::Client>(*kubernetes);
    WebTest::SetUp();
    if (IsSkipped()) return;
    ada.emplace(user("ada" + suffix));
    bob.emplace(user("bob" + suffix));
    const auto made = ada->post("/api/v1/organisations", {{"name", lab}}, {{"Idempotency-Key", "1"}});
    ASSERT_EQ(made.status, 201) << made.body;
  }
  void TearDown() override {
    server.reset();
    if (hub) {
      for (const auto& ns : {"o-" + rest::lower_case(lab), "u-ada" + suffix, "u-bob" + suffix}) {
        const auto repos = hub->list(crds::Repo::kResource, ns);
        if (repos)
          for (const auto& repo : repos->items)
            (void)hub->remove(crds::Repo::kResource, ns, std::string(repo.at("metadata").at("name").as_string()));
        (void)hub->remove(kNamespace, "", ns);
      }
    }
    WebTest::TearDown();
  }

  static void kubectl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"kubectl", "--kubeconfig", std::getenv("CAUSEWAY_TEST_KUBECONFIG")});
    const auto ran = base::run_checked({.argv = std::move(arguments)});
    ASSERT_TRUE(ran) << ran.error().message;
  }
  // As it is installed.
  std::filesystem::path tenant_role(const std::filesystem::path& root) const {
    const auto manifest = base::read_file(root / "manifests/base/apiserver.yaml").value();
    const auto at = manifest.find("kind: ClusterRole\nmetadata:\n  name: causeway-tenant\n");
    const auto begin = manifest.rfind("---\n", at), end = manifest.find("\n---\n", at);
    const auto file = folder.path() / "tenant.yaml";
    EXPECT_TRUE(base::write_file_atomic(file, manifest.substr(begin, end - begin)));
    return file;
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
  static std::string kube_user(Browser& by) { return "causeway:" + text_of(by.get("/identity"), "id"); }
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

  const base::TemporaryDirectory folder;
  const std::string suffix = base::random_hex(6), lab = "Lab" + suffix;
  std::unique_ptr<kube::Client> hub;
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
  // An admin may, as far as we are concerned; in the namespace it has no right.
  EXPECT_EQ(bob->send("PUT", path + "/collaborators/ada" + suffix, json::object{{"role", "read"}}).status, 403);
  EXPECT_EQ(ada->send("DELETE", of_bob).status, 204);
  EXPECT_EQ(bob->get(path).status, 404);
  EXPECT_EQ(ada->send("DELETE", of_bob).status, 404);
}

TEST_F(HubOrganisationsTest, OfTwoWhoAddSomebodyAtOnceBothDo) {
  ASSERT_EQ(make_repository(*ada, "digits").status, 201);
  std::vector<std::string> names;
  for (const char* name : {"c", "d", "e"}) {
    names.push_back(name + suffix);
    user(names.back());
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
  for (const auto& name : names) (void)hub->remove(kNamespace, "", "u-" + name);
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
