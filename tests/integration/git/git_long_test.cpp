// Repositories that take long, with the server as a program of its own.

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/process.hpp"
#include "tests/integration/git_client.hpp"
#include "tests/integration/memory.hpp"

namespace causeway {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Far less than the repositories.
constexpr std::uint64_t kServerMemory = 350u << 20, kGitMemory = 350u << 20;

class GitLongTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::write_file_atomic(folder.path() / "credentials",
                                        "ada:" + base::sha256_hex("0123456789abcdef0123456789abcdef") + "\n", 0600)
                    .ok());
    fs::create_directories(data);
    // What was freed is not to be counted: the sanitizer keeps 256 MiB of it, and some for each thread.
    const char* options = std::getenv("ASAN_OPTIONS");
    ::setenv("ASAN_OPTIONS",
             ((options ? std::string(options) + ":" : "") + "quarantine_size_mb=8:thread_local_quarantine_size_kb=64")
                 .c_str(),
             1);
    base::ProcessSpec spec;
    spec.argv = {CAUSEWAY_APISERVER, "--roles=git",        "--listen=127.0.0.1:0",       "--data",
                 data.string(),      "--credentials-file", folder.path() / "credentials"};
    spec.err = base::ProcessSpec::Stream::kFile;
    spec.err_file = folder.path() / "log";
    spec.parent_death_signal = SIGKILL;
    auto spawned = base::Process::spawn(spec);
    ASSERT_TRUE(spawned.ok()) << spawned.error().message;
    server = std::move(*spawned);
    const auto listens = [&] {
      const auto log = base::read_file(folder.path() / "log").value_or("");
      const auto at = log.find("\"port\":");
      if (at != log.npos) port = std::stoi(log.substr(at + 7));
      return port != 0;
    };
    ASSERT_TRUE(eventually(listens)) << base::read_file(folder.path() / "log").value_or("");
    children.emplace(server->pid());
    must({"git", "init", "-q", "--bare", "-b", "main", bare});
    for (const auto& [key, value] :
         {std::pair{"causeway.visibility", "public"}, std::pair{"uploadpack.allowFilter", "true"}})
      must({"git", "--git-dir", bare, "config", key, value});
    must({"git", "init", "-q", "-b", "main", tree});
    must({"git", "config", "core.bigFileThreshold", "16m"}, tree);  // the client's time is not what is tested
  }
  void TearDown() override {
    if (!server) return;
    std::printf("peak memory: server %d MiB, its gits %d MiB\n",
                static_cast<int>(test::peak_memory(server->pid()) >> 20), static_cast<int>(children->peak() >> 20));
    EXPECT_LT(test::peak_memory(server->pid()), kServerMemory);
    EXPECT_GT(test::peak_memory(server->pid()), 0u);
    EXPECT_LT(children->peak(), kGitMemory);
    EXPECT_GT(children->peak(), 0u);
    children.reset();
    server->signal(SIGTERM);
    const auto ended = server->wait(std::chrono::seconds(60));
    EXPECT_TRUE(ended && ended->success()) << base::read_file(folder.path() / "log").value_or("");
  }

  static bool eventually(const std::function<bool()>& done) {
    for (int i = 0; i < 60'000 && !done(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return done();
  }
  base::ProcessSpec spec_of(std::vector<std::string> argv, const std::string& cwd) const {
    return test::git_client(std::move(argv), cwd, folder.path().string());
  }
  base::RunOutput run(std::vector<std::string> argv, const std::string& cwd = {}) const {
    return test::run_to_end(spec_of(std::move(argv), cwd));
  }
  std::string must(std::vector<std::string> argv, const std::string& cwd = {}) const {
    const auto ran = run(argv, cwd);
    EXPECT_TRUE(ran.status.success()) << argv[1] << " " << argv[2] << ": " << ran.err;
    return ran.out;
  }
  std::string url() const {
    return "http://ada:0123456789abcdef0123456789abcdef@127.0.0.1:" + std::to_string(port) + "/ada/large.git";
  }
  std::string head(const std::string& of) const { return must({"git", "rev-parse", "HEAD"}, of); }
  // Clones in every way that people do, each time into a folder that goes.
  void clone_in_every_way() {
    const auto wanted = head(tree);
    for (const std::vector<std::string>& options : {std::vector<std::string>{"--no-checkout"},
                                                    {"--depth=1", "--no-checkout"},
                                                    {"--filter=blob:none", "--no-checkout"}}) {
      std::vector<std::string> argv{"git", "clone", "-q"};
      argv.insert(argv.end(), options.begin(), options.end());
      const auto copy = (folder.path() / "copy").string();
      argv.insert(argv.end(), {url(), copy});
      must(argv);
      EXPECT_EQ(head(copy), wanted) << options.front();
      if (options.front().starts_with("--filter")) {
        EXPECT_LT(size_of(copy), std::uint64_t{64} << 20) << "without the files";
        must({"git", "cat-file", "-e", "HEAD:" + some_file}, copy);  // fetched when it is needed
        must({"git", "cat-file", "blob", "HEAD:" + some_file}, copy);
      } else {
        must({"git", "fsck", "--connectivity-only"}, copy);
      }
      fs::remove_all(copy);
    }
  }
  static std::uint64_t size_of(const fs::path& of) {
    std::uint64_t sum = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator at(of, error), end; !error && at != end; at.increment(error)) {
      std::error_code gone;
      if (at->is_regular_file(gone)) sum += at->file_size(gone);
    }
    return sum;
  }

  base::TemporaryDirectory folder{"causeway-git-long"};
  const fs::path data = folder.path() / "data";
  const std::string bare = data / "ada" / "large.git", tree = folder.path() / "tree";
  std::string some_file;
  std::optional<base::Process> server;
  std::optional<test::ChildrenWatch> children;
  int port = 0;
};

TEST_F(GitLongTest, OneGibibyte) {
  constexpr int kFiles = 8;
  for (int i = 0; i < kFiles; ++i) {
    std::ofstream file(tree + "/weights-" + std::to_string(i), std::ios::binary);
    for (int piece = 0; piece < 128; ++piece) file << base::random_bytes(1u << 20);
    file.close();
    must({"git", "add", "."}, tree);
    must({"git", "commit", "-q", "-m", "Weights " + std::to_string(i)}, tree);
  }
  some_file = "weights-3";
  // Cut off in the middle …
  auto pushing = base::Process::spawn(spec_of({"git", "push", "-q", url(), "main"}, tree));
  ASSERT_TRUE(pushing.ok());
  ASSERT_TRUE(eventually([&] { return size_of(bare + "/objects") > (100u << 20); }));
  pushing->signal_group(SIGKILL);
  EXPECT_TRUE(eventually([&] { return size_of(bare + "/objects") == 0; })) << "what was sent so far is still there";
  EXPECT_EQ(must({"git", "--git-dir", bare, "for-each-ref"}), "");
  // … and repeated.
  must({"git", "push", "-q", url(), "main"}, tree);
  EXPECT_EQ(must({"git", "--git-dir", bare, "rev-parse", "main"}), head(tree));
  clone_in_every_way();
}

TEST_F(GitLongTest, AHundredThousandFiles) {
  for (int folder_number = 0; folder_number < 100; ++folder_number) {
    const auto directory = tree + "/d" + std::to_string(folder_number);
    fs::create_directories(directory);
    for (int i = 0; i < 1000; ++i)
      std::ofstream(directory + "/f" + std::to_string(i)) << folder_number << " " << i << "\n";
  }
  some_file = "d7/f7";
  must({"git", "add", "."}, tree);
  must({"git", "commit", "-q", "-m", "Many"}, tree);
  must({"git", "push", "-q", url(), "main"}, tree);
  clone_in_every_way();

  // As many branches at once, of which nobody else makes any.
  std::string refs;
  for (int i = 0; i < 2000; ++i) refs += "create refs/heads/b" + std::to_string(i) + " HEAD\n";
  base::RunOptions options;
  options.input = refs;
  auto spec = spec_of({"git", "update-ref", "--stdin"}, tree);
  spec.in = base::ProcessSpec::Stream::kPipe;
  ASSERT_TRUE(base::run(spec, options)->status.success());
  must({"git", "push", "-q", url(), "refs/heads/*:refs/heads/*"}, tree);
  EXPECT_EQ(must({"git", "--git-dir", bare, "for-each-ref", "--count=1", "--format=%(refname)", "refs/heads/b1999"}),
            "refs/heads/b1999\n");
}

}  // namespace
}  // namespace causeway
