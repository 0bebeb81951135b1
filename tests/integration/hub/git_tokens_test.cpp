// How builds and the operator prove who they are to the git server: tokens that a real API server makes, and is asked
// about with the rights that the git server's account has.

#include <gmock/gmock.h>

#include "base/encoding.hpp"
#include "base/process.hpp"
#include "operator/repo/token_reviews.hpp"
#include "tests/integration/hub/hub_fixture.hpp"

namespace causeway::api {
namespace {

using testing::HasSubstr;

class GitTokensTest : public HubTest {
 protected:
  void SetUp() override {
    HubTest::SetUp();
    if (IsSkipped()) return;
    kubectl({"apply", "--server-side", "-f", (root / "manifests/base/git-rbac.yaml").string(), "-f",
             (root / "manifests/base/operator-rbac.yaml").string()});
    reviews.emplace(as_account("causeway-system", "git"));
    const auto socket = "unix://" + (folder.path() / "reviews").string();
    ASSERT_TRUE(reviews->start(socket).ok());
    for (const char* name : {"digits", "other"}) make_private(name);
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.git.data = folder.path() / "data";
    options.git.tokens.reviews = socket;
    auto started = Server::start(options, clock);
    ASSERT_TRUE(started.ok()) << started.error().message;
    git = std::move(*started);
  }
  void TearDown() override {
    git.reset();
    if (reviews) reviews->stop();
    HubTest::TearDown();
  }

  static std::string out(std::vector<std::string> argv) {
    auto ran = base::run_checked({.argv = std::move(argv)});
    EXPECT_TRUE(ran.ok()) << (ran ? "" : ran.error().message);
    auto text = ran ? ran->out : "";
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }
  static std::string token_of(const std::string& ns, const std::string& account, const std::string& audience = "") {
    std::vector<std::string> argv{
        "kubectl", "--kubeconfig",  std::getenv("CAUSEWAY_TEST_KUBECONFIG"), "-n", ns, "create", "token",
        account,   "--duration=10m"};
    if (!audience.empty()) argv.push_back("--audience=" + audience);
    return out(std::move(argv));
  }
  // The account itself, with its rights and no others.
  kube::ClientConfig as_account(const std::string& ns, const std::string& account) const {
    kube::ClientConfig config;
    config.server = kubernetes->server;
    config.tls.ca_pem =
        kubernetes->tls_source ? kubernetes->tls_source->current().options->ca_pem : kubernetes->tls.ca_pem;
    config.token = kube::static_token(token_of(ns, account));
    return config;
  }
  void make_private(const std::string& name) const {
    const auto bare = (folder.path() / "data" / "ada" / (name + ".git")).string(),
               work = (folder.path() / name).string();
    out({"git", "init", "-q", "--bare", "--initial-branch=main", bare});
    out({"git", "--git-dir", bare, "config", "causeway.visibility", "private"});
    out({"git", "init", "-q", "--initial-branch=main", work});
    out({"git", "-C", work, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty",
         "-m", "first"});
    out({"git", "-C", work, "push", "-q", bare, "main"});
  }
  // What git says of a repository: its branch, or the refusal.
  std::string ask(std::string user, const std::string& token, const std::string& name,
                  const std::vector<std::string>& what = {"ls-remote"}) const {
    for (std::size_t at = 0; (at = user.find('/', at)) != std::string::npos;) user.replace(at, 1, "%2F");
    const auto url =
        "http://" + user + ":" + token + "@127.0.0.1:" + std::to_string(git->port()) + "/ada/" + name + ".git";
    base::ProcessSpec spec;
    spec.argv = {"git", "-C", (folder.path() / "digits").string()};
    spec.argv.insert(spec.argv.end(), what.begin(), what.end());
    spec.argv.push_back(url);
    if (what[0] == "push") spec.argv.emplace_back("main:next");
    spec.env = {{"PATH", std::getenv("PATH")}, {"HOME", "/nonexistent"}, {"GIT_TERMINAL_PROMPT", "0"}, {"LC_ALL", "C"}};
    const auto ran = base::run(spec).value();
    return ran.status.success() ? ran.out : ran.err;
  }

  std::optional<op::repo::TokenReviews> reviews;
  std::unique_ptr<Server> git;
  const std::string digits = "git.causeway.dev/ada/digits";
};

TEST_F(GitTokensTest, OfABuildReadsItsRepositoryAndNothingElse) {
  const auto token = token_of("causeway-builds", "build", digits);
  EXPECT_THAT(ask(digits, token, "digits"), HasSubstr("refs/heads/main"));
  EXPECT_THAT(ask(digits, token, "other"), HasSubstr("not found"));
  EXPECT_THAT(ask("git.causeway.dev/ada/other", token, "other"), HasSubstr("Authentication failed"));
  EXPECT_THAT(ask("git.causeway.dev", token, "other"), HasSubstr("Authentication failed"));
  EXPECT_THAT(ask(digits, token, "digits", {"push"}), HasSubstr("403"));
}

TEST_F(GitTokensTest, OfSomebodyElseProvesNothing) {
  EXPECT_THAT(ask(digits, token_of("causeway-builds", "build"), "digits"), HasSubstr("Authentication failed"))
      << "one for the API server";
  EXPECT_THAT(ask(digits, token_of("causeway-system", "git", digits), "digits"), HasSubstr("Authentication failed"));
  EXPECT_THAT(ask("git.causeway.dev", token_of("causeway-builds", "build", "git.causeway.dev"), "digits"),
              HasSubstr("Authentication failed"));
}

TEST_F(GitTokensTest, OfTheOperatorReadsEveryRepository) {
  const auto token = token_of("causeway-system", "causeway-operator-hub", "git.causeway.dev");
  for (const char* name : {"digits", "other"})
    EXPECT_THAT(ask("git.causeway.dev", token, name), HasSubstr("refs/heads/main"));
  EXPECT_THAT(ask("git.causeway.dev", token, "digits", {"push"}), HasSubstr("403"));
}

TEST_F(GitTokensTest, EndsWithItsAccount) {
  const auto token = token_of("causeway-builds", "build", digits);
  EXPECT_THAT(ask(digits, token, "digits"), HasSubstr("refs/heads/main"));
  kubectl({"-n", "causeway-builds", "delete", "serviceaccount", "build"});
  clock.advance(git::kRememberedFor);
  EXPECT_TRUE(database::eventually([&] {
    clock.advance(git::kRememberedFor);
    return ask(digits, token, "digits").find("Authentication failed") != std::string::npos;
  }));
}

}  // namespace
}  // namespace causeway::api
