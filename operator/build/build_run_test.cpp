// The steps of the pod against the real git, a real repository and, where the machine can, the real buildah.
#include "operator/build/build_run.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/http_server.hpp"
#include "base/pki.hpp"
#include "base/process.hpp"
#include "operator/build/buildah.hpp"
#include "operator/build/context.hpp"
#include "operator/build/git_fetch.hpp"

namespace causeway::op::build {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct BuildRunTest : testing::Test {
  static std::string must(std::vector<std::string> argv, const fs::path& cwd) {
    base::ProcessSpec spec;
    spec.argv = std::move(argv);
    spec.cwd = cwd.string();
    spec.env = {{"PATH", std::getenv("PATH")}, {"HOME", "/nonexistent"},
                {"GIT_AUTHOR_NAME", "Ada"},    {"GIT_AUTHOR_EMAIL", "ada@example.org"},
                {"GIT_COMMITTER_NAME", "Ada"}, {"GIT_COMMITTER_EMAIL", "ada@example.org"},
                {"GIT_CONFIG_NOSYSTEM", "1"},  {"GIT_CONFIG_GLOBAL", "/dev/null"}};
    auto ran = base::run_checked(spec);
    EXPECT_TRUE(ran.ok()) << (ran.ok() ? "" : ran.error().message);
    auto out = ran.ok() ? ran->out : std::string();
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
  }
  void SetUp() override {
    fs::create_directories(origin);
    must({"git", "init", "-q", "--initial-branch=main", "."}, origin);
    commit("one", "Dockerfile", "FROM scratch\nCOPY . /\n");
    first = must({"git", "rev-parse", "HEAD"}, origin);
    commit("two", "app.py", "print(2)\n");
    second = must({"git", "rev-parse", "HEAD"}, origin);
  }
  void commit(const std::string& message, const std::string& file, const std::string& content) {
    std::ofstream(origin / file) << content;
    must({"git", "add", "-A"}, origin);
    must({"git", "commit", "-q", "-m", message}, origin);
  }
  FetchOptions options() {
    fs::create_directories(folder.path() / "scratch");
    return {.credentials = {},
            .token = {},
            .audience = {},
            .ca = {},
            .scratch = folder.path() / "scratch",
            .timeout = std::chrono::seconds(30),
            .stop = {}};
  }

  base::TemporaryDirectory folder{"causeway-build"};
  fs::path origin = folder.path() / "origin";
  std::string first, second;
};

TEST_F(BuildRunTest, TheGitServersAuthorityIsTheOneItIsTold) {
  const auto authority = *base::make_authority("test");
  const auto leaf =
      *base::issue_certificate(authority, {.common_name = "git", .ip_addresses = {"127.0.0.1"}, .server = true});
  auto server = base::HttpServer::start({.tls = base::TlsServerOptions{leaf.cert_pem, leaf.key_pem}},
                                        base::HttpServer::Handler([](const base::HttpRequest&) {
                                          return base::text_response(404, "no such repository");
                                        }));
  ASSERT_TRUE(server.ok()) << server.error().message;
  const auto url = "https://127.0.0.1:" + std::to_string((*server)->port()) + "/ada/x.git";
  auto told = options();
  told.ca = folder.path() / "ca.crt";
  ASSERT_TRUE(base::write_file_atomic(told.ca, authority.cert_pem).ok());
  EXPECT_EQ(fetch_commit(url, first, folder.path() / "s", told).reason, BuildReason::RevisionNotFound);
  ASSERT_TRUE(base::write_file_atomic(told.ca, base::make_authority("another")->cert_pem).ok());
  const auto refused = fetch_commit(url, first, folder.path() / "s", told);
  EXPECT_EQ(refused.reason, BuildReason::GitUnavailable);
  EXPECT_THAT(refused.message, HasSubstr("certificate"));
}

// The token goes to whom asks for a user, and is read when it is asked for.
TEST_F(BuildRunTest, APrivateRepositoryIsReadWithTheTokenThatIsBoundToIt) {
  std::string proof;
  auto server = base::HttpServer::start({}, base::HttpServer::Handler([&](const base::HttpRequest& request) {
                                          auto answer = base::text_response(404, "no such repository");
                                          if (const auto given = request.headers.get("Authorization")) {
                                            proof = *given;
                                            return answer;
                                          }
                                          answer.status = 401;
                                          answer.headers.set("WWW-Authenticate", "Basic realm=\"git\"");
                                          return answer;
                                        }));
  ASSERT_TRUE(server.ok()) << server.error().message;
  auto told = options();
  told.token = folder.path() / "token";
  told.audience = git_audience("http://git.causeway-system.svc/ada/x.git");
  EXPECT_EQ(told.audience, "git.causeway.dev/ada/x");
  const auto url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/ada/x.git";
  EXPECT_EQ(fetch_commit(url, first, folder.path() / "s", told).reason, BuildReason::RevisionNotFound);
  EXPECT_EQ(proof, "") << "there is none yet";
  ASSERT_TRUE(base::write_file_atomic(told.token, "header.claims.signature").ok());
  EXPECT_EQ(fetch_commit(url, first, folder.path() / "s", told).reason, BuildReason::RevisionNotFound);
  EXPECT_EQ(proof, "Basic " + base::base64_encode("git.causeway.dev/ada/x:header.claims.signature"));
}

TEST_F(BuildRunTest, FetchesTheExactCommitWithoutItsHistory) {
  const auto into = folder.path() / "source";
  const auto result = fetch_commit("file://" + origin.string(), first, into, options());
  ASSERT_EQ(result.reason, BuildReason::None) << result.message;
  EXPECT_TRUE(fs::exists(into / "Dockerfile"));
  EXPECT_FALSE(fs::exists(into / "app.py")) << "only the second commit has it";
  EXPECT_FALSE(fs::exists(into / ".git"));
}

TEST_F(BuildRunTest, ACommitThatIsNotThere) {
  const auto result = fetch_commit("file://" + origin.string(), std::string(40, '1'), folder.path() / "s", options());
  EXPECT_EQ(result.reason, BuildReason::RevisionNotFound);
  EXPECT_THAT(result.message, HasSubstr(std::string(40, '1')));
}

TEST_F(BuildRunTest, AServerThatIsNotThere) {
  const auto result = fetch_commit("http://127.0.0.1:1/ada/x.git", first, folder.path() / "s", options());
  EXPECT_EQ(result.reason, BuildReason::GitUnavailable) << result.message;
}

TEST_F(BuildRunTest, TheSubcommandAnswersInTheTerminationLog) {
  const auto spec_file = folder.path() / "spec.json", log = folder.path() / "termination-log";
  ASSERT_TRUE(base::write_file_atomic(spec_file, R"({"repository":"file://)" + origin.string() + R"(","commit":")" +
                                                     first + R"(","path":"nowhere","image":"r/x","tag":"t"})")
                  .ok());
  std::vector<std::string> arguments{"build-run",         "--spec", spec_file, "--work", folder.path() / "work",
                                     "--termination-log", log};
  std::vector<char*> argv;
  for (auto& a : arguments) argv.push_back(a.data());
  EXPECT_EQ(build_run_main(static_cast<int>(argv.size()), argv.data()), kExitTerminal);
  const auto text = base::read_file(log);
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("\"reason\":\"RevisionNotFound\""));
  EXPECT_THAT(*text, HasSubstr("nowhere"));
}

TEST_F(BuildRunTest, WhereOverlayCannotBeMountedImagesAreCopied) {
  if (!base::find_program("buildah") || geteuid() != 0) GTEST_SKIP() << "needs buildah and root";
  const auto settings = folder.path() / "storage.conf";
  std::ofstream(settings) << "[storage]\ndriver = \"\"\nrunroot = \"" << (folder.path() / "run").string()
                          << "\"\ngraphroot = \"/proc/nothing-can-be-made-here\"\n";
  ::setenv("CONTAINERS_STORAGE_CONF", settings.c_str(), 1);
  const auto driver = storage_driver({});
  ::unsetenv("CONTAINERS_STORAGE_CONF");
  EXPECT_EQ(driver, "vfs");
}

TEST_F(BuildRunTest, BuildsWithBuildahAndSaysWhichStepFailed) {
  if (!base::find_program("buildah") || geteuid() != 0) GTEST_SKIP() << "needs buildah and root";
  BuildSpec spec;
  spec.commit = first;
  spec.image = "localhost/causeway-test-" + base::random_hex(8);
  spec.tag = "t";
  const auto checkout = folder.path() / "source", scratch = folder.path() / "scratch";
  ASSERT_EQ(fetch_commit("file://" + origin.string(), second, checkout, options()).reason, BuildReason::None);
  Context context;
  ASSERT_EQ(prepare_context(spec, checkout, scratch, context).reason, BuildReason::None);
  BuildahOptions buildah{.registry_certs = {}, .scratch = scratch, .timeout = std::chrono::minutes(2), .stop = {}};
  for (const auto& driver : {std::string("vfs"), storage_driver({})}) {
    buildah.storage_driver = driver;
    const auto built = build_image(spec, context, buildah);
    EXPECT_EQ(built.reason, BuildReason::None) << driver << ": " << built.message;
    must({"buildah", "--storage-driver", driver, "rmi", spec.image + ":" + spec.tag}, folder.path());
  }

  std::ofstream(checkout / "Dockerfile") << "FROM scratch\nCOPY nothing-here /\n";
  const auto broken = build_image(spec, context, buildah);
  EXPECT_EQ(broken.reason, BuildReason::DockerfileFailed);
  EXPECT_THAT(broken.message, HasSubstr("COPY nothing-here"));

  buildah.timeout = std::chrono::seconds(5);
  BuildSpec unreachable = spec;
  unreachable.image = "127.0.0.1:1/x";
  std::stop_source stop;
  stop.request_stop();
  buildah.stop = stop.get_token();
  EXPECT_EQ(push_image(unreachable, buildah).reason, BuildReason::RegistryUnavailable);
}

}  // namespace
}  // namespace causeway::op::build
