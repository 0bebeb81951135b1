// The whole server against the real git: clone, push, shallow, protocols, big pushes, bad users, clients that leave.
#include "apiserver/server.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "apiserver/git/test_pack.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/http_client.hpp"
#include "base/process.hpp"
#include "base/test_sockets.hpp"

namespace causeway::api {
namespace {

const std::string kPassword(32, 'p'), kAda = "ada:" + kPassword;

using testing::HasSubstr;

class GitServerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    ASSERT_TRUE(base::write_file_atomic(credentials(), "ada:" + base::sha256_hex(kPassword) + "\n", 0600).ok());
    std::filesystem::create_directories(data());
    options_.listen = "127.0.0.1:0";
    options_.git.data = data();
    options_.git.credentials_file = credentials();
    options_.git.limits.max_push_bytes = 48u << 20;
    options_.git.limits.child.memory = 128u << 20;
    options_.git.max_file = 32u << 20;
    options_.workers = 8;
    start();
  }
  void start() {
    server_.reset();
    auto started = Server::start(options_, base::system_clock());
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = std::move(*started);
  }

  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::filesystem::path credentials() const { return folder_.path() / "credentials"; }
  std::filesystem::path work(const std::string& name) const { return folder_.path() / name; }
  std::string url(const std::string& path, const std::string& user = {}) const {
    return "http://" + (user.empty() ? "" : user + "@") + "127.0.0.1:" + std::to_string(server_->port()) + path;
  }

  // As the operator's repo role makes one.
  void make_repository(const std::string& path, const std::string& visibility) {
    const auto directory = (data() / (path + ".git")).string();
    must({"git", "init", "-q", "--bare", "--initial-branch=main", directory});
    must({"git", "--git-dir", directory, "config", "causeway.visibility", visibility});
  }

  static base::RunOutput run(std::vector<std::string> argv, const std::string& cwd = {}) {
    base::ProcessSpec spec;
    spec.argv = std::move(argv);
    spec.cwd = cwd;
    spec.env = {{"PATH", std::getenv("PATH")},      {"HOME", "/nonexistent"},
                {"GIT_CONFIG_NOSYSTEM", "1"},       {"GIT_TERMINAL_PROMPT", "0"},
                {"GIT_AUTHOR_NAME", "Ada"},         {"GIT_AUTHOR_EMAIL", "ada@example.org"},
                {"GIT_COMMITTER_NAME", "Ada"},      {"GIT_COMMITTER_EMAIL", "ada@example.org"},
                {"GIT_CONFIG_GLOBAL", "/dev/null"}, {"LC_ALL", "C"}};
    auto ran = base::run(spec);
    EXPECT_TRUE(ran.ok()) << (ran.ok() ? "" : ran.error().message);
    return ran.ok() ? *ran : base::RunOutput{};
  }
  static std::string must(std::vector<std::string> argv, const std::string& cwd = {}) {
    const auto ran = run(argv, cwd);
    EXPECT_TRUE(ran.status.success()) << argv[0] << " " << argv[1] << " " << (argv.size() > 2 ? argv[2] : "") << ": "
                                      << ran.status.describe() << "\n"
                                      << ran.err;
    return ran.out;
  }

  // A work tree with `commits` commits, pushed to `path`.
  std::string push_work(const std::string& path, int commits) {
    const auto directory = work("seed-" + base::random_hex(6)).string();
    must({"git", "init", "-q", "--initial-branch=main", directory});
    for (int i = 0; i < commits; ++i) {
      std::ofstream(directory + "/file.txt") << "version " << i << "\n";
      must({"git", "add", "."}, directory);
      must({"git", "commit", "-q", "-m", "commit " + std::to_string(i)}, directory);
    }
    must({"git", "push", "-q", url(path, kAda), "main"}, directory);
    return directory;
  }

  // git processes of this one, which runs the server.
  static std::size_t children() {
    std::size_t count = 0;
    std::error_code error;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
      std::ifstream pids(task.path() / "children");
      for (int pid = 0; pids >> pid;) ++count;
    }
    return count;
  }
  static bool eventually(const std::function<bool()>& done) {
    for (int i = 0; i < 1000 && !done(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return done();
  }

  // As git's protocol frames it.
  static std::string pkt_line(const std::string& text) {
    char length[5];
    std::snprintf(length, sizeof length, "%04zx", text.size() + 4);
    return length + text;
  }

  // Files beneath objects/, also those of a push that is under way.
  std::size_t objects_of(const std::string& path) const {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data() / (path + ".git") / "objects"))
      files += entry.is_regular_file() ? 1 : 0;
    return files;
  }

  base::HttpResponse call(base::HttpRequest request) {
    base::HttpClientOptions options;
    options.base_url = url("");
    base::HttpClient client(std::move(options));
    auto answered = client.call(request);
    EXPECT_TRUE(answered.ok()) << (answered.ok() ? "" : answered.error().message);
    return answered.ok() ? *answered : base::HttpResponse{0, {}, {}};
  }
  base::HttpResponse get(const std::string& target, base::Headers headers = {}) {
    base::HttpRequest request;
    request.target = target;
    request.headers = std::move(headers);
    return call(std::move(request));
  }

  base::TemporaryDirectory folder_{"causeway-git"};
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

TEST_F(GitServerTest, PushThenCloneInEveryProtocolVersion) {
  make_repository("ada/digits", "public");
  const auto seed = push_work("/ada/digits.git", 3);
  const auto head = must({"git", "rev-parse", "HEAD"}, seed);
  for (const char* version : {"0", "1", "2"}) {
    const auto clone = work(std::string("clone-v") + version).string();
    must({"git", "-c", std::string("protocol.version=") + version, "clone", "-q", url("/ada/digits.git"), clone});
    EXPECT_EQ(must({"git", "rev-parse", "HEAD"}, clone), head) << version;
    EXPECT_EQ(must({"git", "rev-list", "--count", "HEAD"}, clone), "3\n");
    EXPECT_EQ(must({"git", "-c", std::string("protocol.version=") + version, "ls-remote", url("/ada/digits"), "main"}),
              head.substr(0, 40) + "\trefs/heads/main\n");
  }
}

TEST_F(GitServerTest, ShallowCloneAndFetchOfWhatWasPushedSince) {
  make_repository("ada/digits", "public");
  const auto seed = push_work("/ada/digits.git", 5);
  const auto clone = work("shallow").string();
  must({"git", "clone", "-q", "--depth", "1", url("/ada/digits.git"), clone});
  EXPECT_EQ(must({"git", "rev-list", "--count", "HEAD"}, clone), "1\n");

  std::ofstream(seed + "/file.txt") << "newer\n";
  must({"git", "commit", "-q", "-a", "-m", "newer"}, seed);
  must({"git", "push", "-q", url("/ada/digits.git", kAda), "main"}, seed);
  must({"git", "fetch", "-q", "--unshallow"}, clone);
  EXPECT_EQ(must({"git", "rev-list", "--count", "origin/main"}, clone), "6\n");
}

TEST_F(GitServerTest, AnExactCommitCanBeFetchedAlone) {
  make_repository("ada/digits", "public");
  const auto seed = push_work("/ada/digits.git", 2);
  const auto head = must({"git", "rev-parse", "HEAD"}, seed).substr(0, 40);
  const auto clone = work("exact").string();
  must({"git", "init", "-q", clone});
  must({"git", "fetch", "-q", "--depth", "1", url("/ada/digits.git"), head}, clone);
  EXPECT_EQ(must({"git", "rev-parse", "FETCH_HEAD"}, clone), head + "\n");
}

TEST_F(GitServerTest, NegotiationWithManyHavesIsCompressedAndUnderstood) {
  make_repository("ada/digits", "public");
  push_work("/ada/digits.git", 2);
  // A clone with a history of its own offers many "have" lines, which git sends gzipped.
  const auto other = work("other").string();
  must({"git", "init", "-q", "--initial-branch=main", other});
  for (int i = 0; i < 120; ++i) must({"git", "commit", "-q", "--allow-empty", "-m", std::to_string(i)}, other);
  const auto fetched =
      run({"git", "-c", "protocol.version=0", "fetch", "-q", url("/ada/digits.git"), "main:refs/heads/theirs"}, other);
  EXPECT_TRUE(fetched.status.success()) << fetched.err;
  EXPECT_EQ(must({"git", "rev-list", "--count", "theirs"}, other), "2\n");
}

TEST_F(GitServerTest, BigPushIsStreamedWithAProbeAndChunks) {
  make_repository("ada/models", "public");
  const auto seed = work("big").string();
  must({"git", "init", "-q", "--initial-branch=main", seed});
  std::ofstream(seed + "/weights.bin", std::ios::binary) << base::random_bytes(24u << 20);
  must({"git", "add", "."}, seed);
  must({"git", "commit", "-q", "-m", "weights"}, seed);
  must({"git", "-c", "http.postBuffer=65536", "push", "-q", url("/ada/models.git", kAda), "main"}, seed);
  const auto clone = work("big-clone").string();
  must({"git", "clone", "-q", url("/ada/models.git"), clone});
  EXPECT_EQ(std::filesystem::file_size(clone + "/weights.bin"), 24u << 20);
}

TEST_F(GitServerTest, APushBeyondTheLimitIsRefusedAndLeavesNothing) {
  make_repository("ada/models", "public");
  const auto seed = work("huge").string();
  must({"git", "init", "-q", "--initial-branch=main", seed});
  std::ofstream(seed + "/weights.bin", std::ios::binary) << base::random_bytes(56u << 20);
  must({"git", "add", "."}, seed);
  must({"git", "commit", "-q", "-m", "weights"}, seed);
  const auto pushed = run({"git", "push", url("/ada/models.git", kAda), "main"}, seed);
  EXPECT_FALSE(pushed.status.success());
  EXPECT_THAT(pushed.err, HasSubstr("maximum allowed size"));
  EXPECT_EQ(must({"git", "--git-dir", (data() / "ada/models.git").string(), "for-each-ref"}), "");
}

TEST_F(GitServerTest, AFileOfZerosIsSmallInAPackAndRefusedNevertheless) {
  make_repository("ada/models", "public");
  const auto seed = work("zeros").string();
  must({"git", "init", "-q", "--initial-branch=main", seed});
  std::ofstream(seed + "/weights.bin").close();
  std::filesystem::resize_file(seed + "/weights.bin", 40u << 20);
  must({"git", "add", "."}, seed);
  must({"git", "commit", "-q", "-m", "weights"}, seed);
  const auto pushed = run({"git", "push", url("/ada/models.git", kAda), "main"}, seed);
  EXPECT_FALSE(pushed.status.success());
  const auto id = must({"git", "rev-parse", "HEAD:weights.bin"}, seed).substr(0, 40);
  EXPECT_THAT(pushed.err, HasSubstr("the file weights.bin (" + id + ") has 40 MiB, unpacked; it may have 32 MiB."));
  EXPECT_THAT(pushed.err, HasSubstr("Git LFS"));
  EXPECT_EQ(objects_of("ada/models"), 0u);
  EXPECT_EQ(must({"git", "--git-dir", (data() / "ada/models.git").string(), "for-each-ref"}), "");
}

TEST_F(GitServerTest, DeltasAreWhatTheyUnpackTo) {
  make_repository("ada/digits", "public");
  const auto head = must({"git", "rev-parse", "HEAD"}, push_work("/ada/digits.git", 1)).substr(0, 40);
  const auto before = objects_of("ada/digits");
  const auto refs = must({"git", "--git-dir", (data() / "ada/digits.git").string(), "for-each-ref"});
  // Of a MiB `copies`, to which no branch leads: the new one is of a commit that is there.
  const auto push_copies = [&](std::size_t copies) {
    constexpr std::uint64_t kBase = 1u << 20;
    git::TestPack pack;
    pack.delta(pack.blob_of_nuls(kBase), kBase, copies, "");
    const auto command = std::string(40, '0') + " " + head + " refs/heads/side" + '\0' + " report-status side-band-64k";
    base::HttpRequest request;
    request.method = "POST";
    request.target = "/ada/digits.git/git-receive-pack";
    request.headers = {{"Content-Type", "application/x-git-receive-pack-request"},
                       {"Authorization", "Basic " + base::base64_encode(kAda)}};
    request.body = pkt_line(command) + "0000" + pack.bytes();
    EXPECT_LT(request.body.size(), 64u << 10);
    return call(std::move(request)).body;
  };
  EXPECT_THAT(push_copies(40), HasSubstr("has 40 MiB, unpacked; it may have 32 MiB."));
  // More than git itself may take, so that nothing can be said of it but how much it was.
  const auto bomb = push_copies(400);
  EXPECT_THAT(bomb, HasSubstr("Out of memory"));
  EXPECT_THAT(bomb, HasSubstr("419430401 bytes"));
  EXPECT_THAT(bomb, HasSubstr("ng refs/heads/side unpacker error"));
  EXPECT_EQ(objects_of("ada/digits"), before);
  EXPECT_EQ(must({"git", "--git-dir", (data() / "ada/digits.git").string(), "for-each-ref"}), refs);
  EXPECT_THAT(push_copies(4), HasSubstr("ok refs/heads/side")) << "a delta is nothing bad";
}

TEST_F(GitServerTest, PushingNeedsTheRightUser) {
  make_repository("ada/digits", "public");
  const auto seed = push_work("/ada/digits.git", 1);
  must({"git", "commit", "-q", "--allow-empty", "-m", "x"}, seed);
  EXPECT_FALSE(run({"git", "push", url("/ada/digits.git"), "main"}, seed).status.success());
  EXPECT_FALSE(run({"git", "push", url("/ada/digits.git", "ada:wrong"), "main"}, seed).status.success());
  EXPECT_FALSE(run({"git", "push", url("/ada/digits.git", "eve:" + kPassword), "main"}, seed).status.success());

  const auto answer = get("/ada/digits.git/info/refs?service=git-receive-pack");
  EXPECT_EQ(answer.status, 401);
  EXPECT_THAT(std::string(answer.headers.get("WWW-Authenticate").value_or("")), HasSubstr("Basic realm="));
}

TEST_F(GitServerTest, PrivateRepositoriesAskForAUser) {
  make_repository("ada/secret", "private");
  push_work("/ada/secret.git", 1);
  EXPECT_EQ(get("/ada/secret.git/info/refs?service=git-upload-pack").status, 401);
  EXPECT_FALSE(run({"git", "ls-remote", url("/ada/secret.git")}).status.success());
  EXPECT_THAT(must({"git", "ls-remote", url("/ada/secret.git", kAda)}), HasSubstr("refs/heads/main"));
}

TEST_F(GitServerTest, ArchivedRepositoriesAreReadOnly) {
  make_repository("ada/old", "public");
  const auto seed = push_work("/ada/old.git", 1);
  must({"git", "--git-dir", (data() / "ada/old.git").string(), "config", "causeway.archived", "true"});
  must({"git", "commit", "-q", "--allow-empty", "-m", "x"}, seed);
  const auto pushed = run({"git", "push", url("/ada/old.git", kAda), "main"}, seed);
  EXPECT_FALSE(pushed.status.success());
  EXPECT_THAT(pushed.err, HasSubstr("403"));
  EXPECT_THAT(must({"git", "ls-remote", url("/ada/old.git")}), HasSubstr("refs/heads/main"));
}

TEST_F(GitServerTest, WhatIsNotThereOrNotReadyIs404) {
  EXPECT_EQ(get("/ada/nothing.git/info/refs?service=git-upload-pack").status, 404);
  EXPECT_EQ(get("/ada/../../etc/passwd").status, 404);
  EXPECT_EQ(get("/").status, 404);
  // A repository that the repo role has not finished.
  must({"git", "init", "-q", "--bare", (data() / "ada/half.git").string()});
  EXPECT_EQ(get("/ada/half.git/info/refs?service=git-upload-pack").status, 404);
  // A link out of the folder is no repository.
  make_repository("ada/real", "public");
  std::filesystem::create_directory_symlink(data() / "ada/real.git", data() / "ada/link.git");
  EXPECT_EQ(get("/ada/link.git/info/refs?service=git-upload-pack").status, 404);
}

TEST_F(GitServerTest, HeadersAreThoseOfTheProtocol) {
  make_repository("ada/digits", "public");
  push_work("/ada/digits.git", 1);
  const auto v0 = get("/ada/digits.git/info/refs?service=git-upload-pack");
  EXPECT_EQ(v0.status, 200);
  EXPECT_EQ(v0.headers.get("Content-Type"), "application/x-git-upload-pack-advertisement");
  EXPECT_EQ(v0.headers.get("Cache-Control"), "no-cache, max-age=0, must-revalidate");
  EXPECT_TRUE(v0.body.starts_with("001e# service=git-upload-pack\n0000"));
  const auto v2 = get("/ada/digits.git/info/refs?service=git-upload-pack", {{"Git-Protocol", "version=2"}});
  EXPECT_TRUE(v2.body.starts_with("000eversion 2\n")) << v2.body.substr(0, 40);
  EXPECT_EQ(get("/ada/digits.git/info/refs?service=git-upload-pack", {{"Git-Protocol", "version=2;rm"}}).status, 400);
  EXPECT_EQ(get("/ada/digits.git/info/refs?service=git-upload-archive").status, 403);
  EXPECT_EQ(get("/ada/digits.git/info/refs").status, 403);
}

TEST_F(GitServerTest, TheProbeIsAnsweredAndWrongTypesAreNot) {
  make_repository("ada/digits", "public");
  push_work("/ada/digits.git", 1);
  const std::string authorization = "Basic " + base::base64_encode(kAda);
  base::HttpRequest probe;
  probe.method = "POST";
  probe.target = "/ada/digits.git/git-receive-pack";
  probe.headers = {{"Content-Type", "application/x-git-receive-pack-request"}, {"Authorization", authorization}};
  probe.body = "0000";
  const auto answered = call(probe);
  EXPECT_EQ(answered.status, 200) << answered.body;
  EXPECT_EQ(answered.headers.get("Content-Type"), "application/x-git-receive-pack-result");
  EXPECT_EQ(answered.body, "");
  probe.headers.set("Content-Type", "text/plain");
  EXPECT_EQ(call(probe).status, 415);
  probe.headers.set("Content-Type", "application/x-git-receive-pack-request");
  probe.headers.set("Content-Encoding", "br");
  EXPECT_EQ(call(probe).status, 415);
  probe.headers.set("Content-Encoding", "gzip");
  EXPECT_EQ(call(probe).status, 400) << "\"0000\" is not gzip";
}

TEST_F(GitServerTest, BrokenObjectsAreRefused) {
  make_repository("ada/digits", "public");
  const auto seed = push_work("/ada/digits.git", 1);
  // A tree with an entry named ".git" would write into a clone's own folder.
  const auto blob = must({"sh", "-c", "echo x | git hash-object -w --stdin"}, seed).substr(0, 40);
  const auto tree = must({"sh", "-c", "printf '100644 blob " + blob + "\\t.git\\n' | git mktree"}, seed).substr(0, 40);
  const auto commit = must({"git", "commit-tree", "-m", "evil", tree}, seed).substr(0, 40);
  const auto pushed = run({"git", "push", url("/ada/digits.git", kAda), commit + ":refs/heads/evil"}, seed);
  EXPECT_FALSE(pushed.status.success());
  EXPECT_THAT(pushed.err, HasSubstr("hasDotgit"));
}

TEST_F(GitServerTest, PushOptionsReachTheRepositorysHook) {
  make_repository("ada/digits", "public");
  const auto seed = push_work("/ada/digits.git", 1);
  const auto seen = work("seen");
  ASSERT_TRUE(base::write_file_atomic(data() / "ada/digits.git/hooks/post-receive",
                                      "#!/bin/sh\ncat >/dev/null\necho \"$GIT_PUSH_OPTION_0\" >" + seen.string() + "\n",
                                      0755)
                  .ok());
  must({"git", "commit", "-q", "--allow-empty", "-m", "x"}, seed);
  must({"git", "push", "-q", "-o", "deploy=no", url("/ada/digits.git", kAda), "main"}, seed);
  EXPECT_EQ(base::read_file(seen).value(), "deploy=no\n");
}

TEST_F(GitServerTest, ThePlatformItselfRewritesAndDeletesTheDefaultBranch) {
  make_repository("ada/digits", "public");
  const auto seed = push_work("/ada/digits.git", 2);
  must({"git", "reset", "-q", "--hard", "HEAD~"}, seed);
  must({"git", "push", "-q", url("/ada/digits.git", kAda), "+main"}, seed);
  must({"git", "push", "-q", url("/ada/digits.git", kAda), ":main"}, seed);
}

TEST_F(GitServerTest, APushThatIsCutOffLeavesNothing) {
  make_repository("ada/models", "public");
  const auto objects = data() / "ada/models.git/objects";
  const auto incoming = [&] {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(objects))
      count += entry.path().filename().string().starts_with("tmp_objdir");
    return count;
  };
  // A push that says what it will push, and then no more.
  base::ProcessSpec spec;
  spec.argv = {"curl",
               "-s",
               "-T",
               "-",
               "-X",
               "POST",
               "-u",
               kAda,
               "-H",
               "Expect:",
               "-H",
               "Content-Type: application/x-git-receive-pack-request",
               url("/ada/models.git/git-receive-pack")};
  spec.in = base::ProcessSpec::Stream::kPipe;
  spec.out = base::ProcessSpec::Stream::kNull;
  auto pushing = base::Process::spawn(spec);
  ASSERT_TRUE(pushing.ok());
  const std::string command = std::string(40, '0') + " " + std::string(40, 'a') + " refs/heads/main";
  const std::string head = command + std::string(1, '\0') + " report-status";
  // Of 1,000 objects the first is begun.
  const std::string said = pkt_line(head) + "0000" + std::string("PACK\0\0\0\2\0\0\3\xe8", 12);
  ASSERT_EQ(::write(pushing->in(), said.data(), said.size()), static_cast<ssize_t>(said.size()));
  ASSERT_TRUE(eventually([&] { return incoming() == 1; }));
  pushing->signal_group(SIGKILL);
  EXPECT_TRUE(eventually([&] { return incoming() == 0; }));
}

TEST_F(GitServerTest, AClientThatLeavesTakesItsGitWithIt) {
  make_repository("ada/digits", "public");
  push_work("/ada/digits.git", 1);
  // The hook stands for any work that takes long; it tells its pid and waits to be killed.
  const auto hook = data() / "ada/digits.git/hooks/pre-receive";
  const auto pid_file = work("hook-pid");
  ASSERT_TRUE(base::write_file_atomic(hook,
                                      "#!/bin/sh\necho $$ > " + pid_file.string() + ".new\nmv " + pid_file.string() +
                                          ".new " + pid_file.string() + "\nexec sleep 600\n",
                                      0755)
                  .ok());
  const auto seed = work("leaver").string();
  must({"git", "clone", "-q", url("/ada/digits.git"), seed});
  must({"git", "commit", "-q", "--allow-empty", "-m", "x"}, seed);
  base::ProcessSpec spec;
  spec.argv = {"git", "push", "-q", url("/ada/digits.git", kAda), "HEAD:main"};
  spec.cwd = seed;
  auto pushing = base::Process::spawn(spec);
  ASSERT_TRUE(pushing.ok());
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(pid_file); }));
  const int pid = std::stoi(*base::read_file(pid_file));
  ASSERT_EQ(::kill(pid, 0), 0);
  pushing->signal_group(SIGKILL);
  EXPECT_TRUE(eventually([&] {
    const auto stat = base::read_file("/proc/" + std::to_string(pid) + "/stat");
    return !stat.ok() || stat->find(") Z ") != std::string::npos;
  })) << "the hook of a push whose client has gone still runs";
}

TEST_F(GitServerTest, ClientsThatAreTooSlowAreGivenUpAndTheirGitsWithThem) {
  make_repository("ada/models", "public");
  const auto bare = (data() / "ada/models.git").string(), seed = work("slow").string();
  must({"git", "init", "-q", "--initial-branch=main", seed});
  // More than the sockets between them hold.
  std::ofstream(seed + "/weights.bin", std::ios::binary) << base::random_bytes(16u << 20);
  must({"git", "add", "."}, seed);
  must({"git", "commit", "-q", "-m", "weights"}, seed);
  must({"git", "push", "-q", bare, "main"}, seed);
  const auto head = must({"git", "rev-parse", "HEAD"}, seed).substr(0, 40);
  const auto before = objects_of("ada/models");
  options_.min_bytes_per_second = std::uint64_t{1} << 40;  // whoever is waited for is too slow
  options_.slow_patience = std::chrono::milliseconds(200);
  start();
  const auto post = [](const std::string& service) {
    return "POST /ada/models.git/git-" + service + " HTTP/1.1\r\nHost: h\r\nAuthorization: Basic " +
           base::base64_encode(kAda) + "\r\nContent-Type: application/x-git-" + service + "-request\r\n";
  };
  const auto given_up = [&](const std::string& direction) {
    return get("/metrics")
               .body.find("causeway_http_slow_clients_total{direction=\"" + direction + "\",role=\"git\"} 1") !=
           std::string::npos;
  };

  // A push that says what it will push, and then a byte at a time.
  auto pushing = base::test::RawSocket::connect(server_->port());
  // One file of 60,000 bytes, of which a zlib stream comes that is not compressed.
  const auto said =
      pkt_line(std::string(40, '0') + " " + std::string(40, 'a') + " refs/heads/slow" + '\0' + " report-status") +
      "0000" + std::string("PACK\0\0\0\2\0\0\0\1", 12) + "\xb0\xa6\x1d" + "\x78\x01" + "\x01\x60\xea\x9f\x15";
  pushing.send(post("receive-pack") + "Content-Length: 100000000\r\n\r\n" + said);
  const auto drips = [&] {
    pollfd answered{pushing.fd(), POLLIN, 0};
    return pushing.try_send("x") && ::poll(&answered, 1, 1) == 0;
  };
  const auto ends = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (drips() && std::chrono::steady_clock::now() < ends) {
  }
  EXPECT_THAT(pushing.receive_until("\r\n"), HasSubstr(" 408 "));
  EXPECT_TRUE(given_up("sending"));
  EXPECT_TRUE(eventually([&] { return children() == 0; }));
  EXPECT_EQ(objects_of("ada/models"), before);

  // A clone that is read a byte at a time.
  auto cloning = base::test::RawSocket::connect(server_->port());
  const auto wanted = pkt_line("want " + head + "\n") + "0000" + pkt_line("done\n");
  cloning.send(post("upload-pack") + "Content-Length: " + std::to_string(wanted.size()) + "\r\n\r\n" + wanted);
  EXPECT_THAT(cloning.receive_until("\r\n"), HasSubstr(" 200 "));
  EXPECT_TRUE(eventually([&] {
    char byte = 0;
    (void)::recv(cloning.fd(), &byte, 1, MSG_DONTWAIT);
    return given_up("receiving");
  }));
  EXPECT_TRUE(eventually([&] { return children() == 0; }));
}

TEST_F(GitServerTest, ProbesAndMetrics) {
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/readyz").status, 200);
  make_repository("ada/digits", "public");
  push_work("/ada/digits.git", 1);
  const auto metrics = get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("causeway_http_requests_total"));
  EXPECT_THAT(metrics, HasSubstr("causeway_git_received_bytes_total{service=\"receive-pack\"}"));
  std::filesystem::remove_all(data());
  EXPECT_EQ(get("/readyz").status, 503);
}

}  // namespace
}  // namespace causeway::api
