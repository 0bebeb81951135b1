// Git LFS with an S3-compatible store that checks signatures and checksums.

#include <csignal>
#include <iterator>
#include <set>
#include <sstream>

#include "apiserver/malware/fake_clamd.hpp"
#include "tests/integration/web/lfs_fixture.hpp"

namespace causeway::api {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kAccessKey = "causeway";

// The port of the one socket that a process listens on; 0: none yet.
int listening_port(pid_t pid) {
  std::set<std::string> sockets;
  std::error_code error;
  const auto proc = "/proc/" + std::to_string(pid);
  for (const auto& entry : std::filesystem::directory_iterator(proc + "/fd", error)) {
    const auto target = std::filesystem::read_symlink(entry.path(), error).string();
    if (target.starts_with("socket:[")) sockets.insert(target.substr(8, target.size() - 9));
  }
  std::istringstream table(base::read_file(proc + "/net/tcp").value_or(""));
  for (std::string line; std::getline(table, line);) {
    std::istringstream fields(line);
    std::vector<std::string> column{std::istream_iterator<std::string>(fields), {}};
    constexpr const char* kListen = "0A";
    if (column.size() > 9 && column[3] == kListen && sockets.contains(column[9]))
      return std::stoi(column[1].substr(column[1].find(':') + 1), nullptr, 16);
  }
  return 0;
}

// versitygw, with its bucket "lfs" in a folder.
class Store {
 public:
  explicit Store(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder / "s3" / "lfs");
    base::ProcessSpec spec;
    spec.argv = {CAUSEWAY_S3_STORE "/versitygw",
                 "--access",
                 kAccessKey,
                 "--secret",
                 secret,
                 "--port",
                 "127.0.0.1:0",
                 "posix",
                 folder / "s3"};
    spec.out = spec.err = base::ProcessSpec::Stream::kFile;
    spec.out_file = spec.err_file = folder / "s3.log";
    spec.parent_death_signal = SIGKILL;
    auto spawned = base::Process::spawn(spec);
    if (!spawned) throw std::runtime_error(spawned.error().message);
    process_ = std::move(*spawned);
    int port = 0;
    if (!database::eventually([&] { return (port = listening_port(process_->pid())) != 0; }))
      throw std::runtime_error("versitygw does not listen: " + base::read_file(spec.err_file).value_or(""));
    url_ = "http://127.0.0.1:" + std::to_string(port);
  }
  const std::string& url() const { return url_; }
  const std::string secret = base::random_hex(32);

 private:
  std::optional<base::Process> process_;
  std::string url_;
};

class LfsS3Test : public LfsTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(CAUSEWAY_S3_STORE "/installed"))
      GTEST_SKIP() << "versitygw is not installed; tests/integration/web/s3_store/install.sh " CAUSEWAY_S3_STORE
                      " does that or says why it cannot (ctest runs it first)";
    s3.emplace(folder.path());
    LfsTest::SetUp();
  }
  void configure(ServerOptions& options) override {
    LfsTest::configure(options);
    options.lfs.s3 = lfs::S3Options{.url = s3->url() + "/lfs/large",
                                    .credentials = {kAccessKey, wrong_secret ? "wrong" : s3->secret}};
  }
  base::HttpResponse at_store(const std::string& method, const std::string& href, const std::string& body = "",
                              const json::object& header = {}) {
    base::HttpRequest request{.method = method, .target = href.substr(s3->url().size()), .body = body};
    for (const auto& [name, value] : header) request.headers.set(name, std::string(value.as_string()));
    return base::HttpClient({.base_url = s3->url()}).call(request).value();
  }
  json::object actions(const std::string& operation, const std::string& content, const std::string& with) {
    const auto answer = ask("POST", "models", "objects/batch", with,
                            batch(operation, base::sha256_hex(content), static_cast<std::int64_t>(content.size())));
    return json::parse(answer.body).at("objects").at(0).at("actions").as_object();
  }
  static std::string href(const json::object& of, const char* action) {
    return std::string(of.at(action).at("href").as_string());
  }

  bool wrong_secret = false;
  std::optional<Store> s3;
};

TEST_F(LfsS3Test, TheRealClientTalksWithTheStoreItself) {
  auto ada = user("ada");
  make("models", false);
  const auto writes = token(ada, "repository:write");
  const auto tree = work_tree("models", writes);
  const auto weights = base::random_bytes(3u << 20);
  commit(tree, "weights.bin", weights);
  git_must({"git", "push", "-q", "origin", "main"}, tree);
  EXPECT_EQ(number("SELECT count(*) FROM lfs_objects WHERE verified_at IS NOT NULL"), 1);
  EXPECT_THAT(stored(), IsEmpty()) << "nothing is on our disk";
  EXPECT_TRUE(base::read_file(clone("models", writes) + "/weights.bin").value() == weights);
}

TEST_F(LfsS3Test, AnAddressIsGoodForOneThing) {
  auto ada = user("ada");
  make("models", true);
  const auto writes = token(ada, "repository:write");
  const auto upload = actions("upload", "weights", writes);
  const auto put = href(upload, "upload");
  const auto& header = upload.at("upload").at("header").as_object();
  const auto verify = R"({"oid":")" + base::sha256_hex("weights") + R"(","size":7})";
  EXPECT_EQ(ask("POST", "models", "objects/verify", writes, verify).status, 404) << "nothing was sent";
  EXPECT_EQ(at_store("PUT", put, "weights").status, 403) << "the signed header is missing";
  EXPECT_EQ(at_store("GET", put, "", header).status, 403) << "another method";
  EXPECT_EQ(at_store("PUT", put.substr(0, put.size() - 1) + (put.back() == '0' ? "1" : "0"), "weights", header).status,
            403)
      << "another signature";

  EXPECT_EQ(at_store("PUT", put, "WEIGHTS", header).status, 400) << "another content";
  EXPECT_EQ(ask("POST", "models", "objects/verify", writes, verify).status, 404);
  EXPECT_THAT(ask("POST", "models", "objects/batch", "", batch("download", base::sha256_hex("weights"), 7)).body,
              HasSubstr("404"));
  EXPECT_EQ(at_store("PUT", put, "weights", header).status, 200);
  EXPECT_EQ(ask("POST", "models", "objects/verify", writes, verify).status, 200);
  EXPECT_EQ(at_store("GET", href(actions("download", "weights", ""), "download")).body, "weights");
  EXPECT_EQ(ask("GET", "models", "objects/" + base::sha256_hex("weights")).status, 404) << "not from here";
}

class LfsS3ScannedTest : public LfsS3Test {
 protected:
  LfsS3ScannedTest() {
    ::setenv("PATH", (path + ":" CAUSEWAY_BIN).c_str(), 1);
  }  // causeway-scan-objects has to be there
  ~LfsS3ScannedTest() override { ::setenv("PATH", path.c_str(), 1); }
  void configure(ServerOptions& options) override {
    LfsS3Test::configure(options);
    options.scan = daemon.options();
    options.scan.most = 1u << 20;
  }
  int verified(const std::string& content, const std::string& with) {
    const auto upload = actions("upload", content, with);
    EXPECT_EQ(at_store("PUT", href(upload, "upload"), content, upload.at("upload").at("header").as_object()).status,
              200);
    return ask("POST", "models", "objects/verify", with,
               R"({"oid":")" + base::sha256_hex(content) + R"(","size":)" + std::to_string(content.size()) + "}")
        .status;
  }
  const std::string path = std::getenv("PATH");
  malware::test::FakeClamd daemon{1u << 20};
};

TEST_F(LfsS3ScannedTest, MalwareThatWasSentToTheStoreIsNobodysToDownload) {
  auto ada = user("ada");
  make("models", true);
  const auto writes = token(ada, "repository:write");
  const std::string malware = "weights" + std::string(malware::test::kMalware);
  EXPECT_EQ(verified(malware, writes), 403);
  EXPECT_THAT(ask("POST", "models", "objects/batch", "", batch("download", base::sha256_hex(malware), 25)).body,
              HasSubstr("404"));
  EXPECT_EQ(verified(std::string(3u << 20, 'x'), writes), 200) << "of what is large, the beginning is read";
  EXPECT_EQ(daemon.contents(), 2);
}

class LfsS3WrongSecretTest : public LfsS3Test {
 protected:
  LfsS3WrongSecretTest() { wrong_secret = true; }
};

TEST_F(LfsS3WrongSecretTest, AStoreThatRefusesUsIsNoFaultOfTheClient) {
  auto ada = user("ada");
  make("models", true);
  const auto writes = token(ada, "repository:write");
  actions("upload", "weights", writes);
  const auto verify = R"({"oid":")" + base::sha256_hex("weights") + R"(","size":7})";
  const auto answer = ask("POST", "models", "objects/verify", writes, verify);
  EXPECT_EQ(answer.status, 503) << answer.body;
}

}  // namespace
}  // namespace causeway::api
