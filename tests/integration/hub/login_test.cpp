// `./causeway login` and kubectl with what it writes, as a person uses them.

#include <gmock/gmock.h>

#include "base/encoding.hpp"
#include "base/process.hpp"
#include "tests/integration/hub/hub_fixture.hpp"

namespace causeway::api {
namespace {

using testing::HasSubstr;

class LoginTest : public HubTest {
 protected:
  void SetUp() override {
    HubTest::SetUp();
    if (IsSkipped()) return;
    ada.emplace(user("ada" + suffix));
    bob.emplace(user("bob" + suffix));
    mine = {"u-ada" + suffix, "u-bob" + suffix};
    id = text_of(ada->get("/identity"), "id");
  }

  std::string site() const { return "http://127.0.0.1:" + std::to_string(server->port()); }
  std::string token_of(Browser& owner, const std::string& scope) {
    const auto made = owner.post("/api/v1/me/tokens", {{"name", scope}, {"scopes", json::array{scope}}});
    EXPECT_EQ(made.status, 201) << made.body;
    return text_of(made, "token");
  }
  base::RunOutput causeway(std::vector<std::string> arguments, std::string input) {
    arguments.insert(arguments.begin(), (root / "causeway").string());
    return base::run({.argv = std::move(arguments)}, {.input = std::move(input)}).value();
  }
  base::RunOutput login(const std::string& token) {
    return causeway({"login", site(), "--token-file", "-", "--folder", (folder.path() / "login").string()}, token);
  }
  base::RunOutput as_person(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"kubectl", "--kubeconfig", (folder.path() / "login/kubeconfig").string(),
                                         "--cache-dir", (folder.path() / "cache").string()});
    return base::run({.argv = std::move(arguments)}).value();
  }
  // Whether there is whom the hub's tokens are of.
  bool has_account() {
    constexpr kube::ResourceType kServiceAccount{"", "v1", "ServiceAccount", "serviceaccounts"};
    return hub->get(kServiceAccount, "causeway-people", "user-" + id).ok();
  }
  void make_repository(Browser& owner, const std::string& name) {
    ASSERT_EQ(owner.post("/api/v1/repositories", {{"name", name}}, {{"Idempotency-Key", base::random_hex(8)}}).status,
              201);
  }

  std::optional<Browser> ada, bob;
  std::string id;  // ada's
};

TEST_F(LoginTest, KubectlSeesTheOwnNamespaceAndNothingOfOthers) {
  make_repository(*ada, "digits");
  make_repository(*bob, "secret");
  const auto done = login(token_of(*ada, "kubernetes"));
  ASSERT_TRUE(done.status.success()) << done.err;
  for (const char* name : {"token", "kubeconfig"}) {
    const auto mode = std::filesystem::status(folder.path() / "login" / name).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write) << name;
  }
  auto repos = as_person({"get", "repos", "-o", "name"});
  EXPECT_EQ(repos.out, "repo.causeway.dev/digits\n") << repos.err;
  EXPECT_TRUE(as_person({"annotate", "repo", "digits", "by=kubectl"}).status.success());
  const auto who = as_person({"auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"});
  EXPECT_EQ(who.out, "system:serviceaccount:causeway-people:user-" + id);
  for (const std::vector<std::string>& others :
       std::vector<std::vector<std::string>>{{"get", "repos", "-n", "u-bob" + suffix},
                                             {"get", "repos", "-A"},
                                             {"get", "namespaces"},
                                             {"get", "secrets"},
                                             {"get", "serviceaccounts", "-n", "causeway-people"},
                                             {"create", "token", "user-1", "-n", "causeway-people"},
                                             {"create", "configmap", "x"}}) {
    const auto refused = as_person(others);
    EXPECT_FALSE(refused.status.success()) << others[1];
    EXPECT_THAT(refused.err, HasSubstr("orbidden")) << others[1];
  }
  // Asked once for all of these: a token is kept as long as it is good.
  const auto log = ada->get("/api/v1/me/audit").body;
  const auto first = log.find("hub.token_made");
  EXPECT_NE(first, std::string::npos) << log;
  EXPECT_EQ(log.find("hub.token_made", first + 1), std::string::npos) << log;
}

TEST_F(LoginTest, SigningInOnTheTerminalMakesAToken) {
  ASSERT_EQ(ada->send("PUT", "/api/v1/me/password", json::object{{"password", "a long enough passphrase"}}).status,
            204);
  const std::vector<std::string> arguments{"login", site(), "--folder", (folder.path() / "login").string()};
  const auto wrong = causeway(arguments, "ada" + suffix + "\nnot that one\n");
  EXPECT_FALSE(wrong.status.success());
  EXPECT_THAT(wrong.err, HasSubstr("do not belong together"));
  const auto done = causeway(arguments, "ada" + suffix + "\na long enough passphrase\n");
  ASSERT_TRUE(done.status.success()) << done.err;
  const auto allowed = as_person({"auth", "can-i", "list", "repos"});
  EXPECT_EQ(allowed.out, "yes\n") << allowed.err;
  const auto tokens = ada->get("/api/v1/me/tokens").body;
  EXPECT_THAT(tokens, HasSubstr("kubectl on "));
  EXPECT_THAT(tokens, HasSubstr(R"("scopes":["kubernetes"])"));
  // Whoever revokes it ends what was got with it: there is nobody any more whom the hub's tokens are of.
  EXPECT_TRUE(has_account());
  const auto token = std::string(json::parse(tokens).at("items").at(0).at("id").as_string());
  EXPECT_EQ(ada->send("DELETE", "/api/v1/me/tokens/" + token).status, 204);
  EXPECT_FALSE(has_account());
}

TEST_F(LoginTest, WhoIsDisabledIsOut) {
  ASSERT_TRUE(login(token_of(*ada, "kubernetes")).status.success());
  ASSERT_TRUE(as_person({"get", "repos"}).status.success());
  script("UPDATE users SET administrator = true WHERE id = (SELECT id FROM accounts WHERE name = 'bob" + suffix + "')");
  auto root_user = browser();
  root_user.cookies = bob->cookies;
  ASSERT_TRUE(database::eventually([&] {
    return root_user.send("PUT", "/api/v1/users/ada" + suffix + "/standing", json::object{{"disabled", true}}).status ==
           200;
  }));
  // The right goes with the binding, and next the account of the token: the API server remembers for ten seconds that
  // it was valid.
  EXPECT_TRUE(database::eventually([&] { return !as_person({"get", "repos"}).status.success(); }));
  EXPECT_TRUE(database::eventually([&] { return !has_account(); }));
  // kubectl throws away what was refused and asks again.
  std::filesystem::remove(folder.path() / "login/credential.json");
  EXPECT_THAT(as_person({"get", "repos"}).err, HasSubstr("is not valid"));
}

TEST_F(LoginTest, TheTokenHasToBeForIt) {
  const auto refused = login(token_of(*ada, "repository:write"));
  EXPECT_FALSE(refused.status.success());
  EXPECT_THAT(refused.err, HasSubstr("kubernetes")) << "says which scope";
  EXPECT_THAT(login("cwt_nonsense").err, HasSubstr("not valid"));
  const auto plain = causeway({"login", "http://causeway.example.org"}, "");
  EXPECT_FALSE(plain.status.success());
  EXPECT_THAT(plain.err, HasSubstr("plain http"));
  // Who has no name yet has nothing there.
  auto eve = browser();
  ASSERT_EQ(eve.post("/email_code", {{"email", "eve@example.org"}}).status, 200);
  ASSERT_EQ(eve.post("/login", {{"email", "eve@example.org"}, {"code", mailbox.code("eve@example.org")}}).status, 200);
  EXPECT_EQ(eve.send("POST", "/api/v1/me/hub/tokens").status, 409);
  EXPECT_EQ(browser().send("POST", "/api/v1/me/hub/tokens").status, 401);
}

}  // namespace
}  // namespace causeway::api
