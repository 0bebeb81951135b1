// Git LFS: the real client, and requests that no client would send.

#include <csignal>

#include "tests/integration/web/lfs_fixture.hpp"

namespace causeway::api {
namespace {

using database::eventually;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string hash(std::string_view content) {
  return base::sha256_hex(content);
}

TEST_F(LfsTest, PushedIsWhatIsCloned) {
  auto ada = user("ada");
  make("models", true);
  const auto writes = token(ada, "repository:write");
  const auto tree = work_tree("models", writes);
  const auto weights = base::random_bytes(3u << 20);
  commit(tree, "weights.bin", weights);
  commit(tree, "small.bin", "x");
  commit(tree, "empty.bin", "");
  git_must({"git", "push", "-q", "origin", "main"}, tree);
  EXPECT_EQ(number("SELECT count(*) FROM lfs_objects WHERE verified_at IS NOT NULL AND uploaded_by IS NOT NULL"), 2);
  EXPECT_THAT(stored(), SizeIs(2));
  EXPECT_THAT(stored("incoming"), IsEmpty());
  EXPECT_EQ(base::read_file(data / "ada" / "models.git" / "causeway-lfs-bytes").value(), std::to_string((3u << 20) + 1))
      << "for the Repo's status";

  const auto copy = clone("models");
  EXPECT_TRUE(base::read_file(copy + "/weights.bin").value() == weights);
  EXPECT_EQ(base::read_file(copy + "/small.bin").value(), "x");
  // What is there is not sent again.
  const auto again = git_run({"git", "lfs", "push", "--all", "origin"}, tree);
  EXPECT_TRUE(again.status.success()) << again.err;
  EXPECT_EQ(json::parse(ask("POST", "models", "objects/batch", writes, batch("upload", hash(weights), 3 << 20)).body)
                .at("objects")
                .at(0)
                .as_object()
                .contains("actions"),
            false);
  git_must({"git", "lfs", "fsck"}, copy);
}

TEST_F(LfsTest, PrivateOnesAreOfThoseWhoMayRead) {
  auto ada = user("ada"), eve = user("eve");
  make("secret", false);
  const auto writes = token(ada, "repository:write"), reads = token(ada, "repository:read"),
             foreign = token(eve, "repository:write");
  const auto tree = work_tree("secret", writes);
  commit(tree, "weights.bin", "secret weights");
  git_must({"git", "push", "-q", "origin", "main"}, tree);
  EXPECT_EQ(base::read_file(clone("secret", reads) + "/weights.bin").value(), "secret weights");

  const auto oid = hash("secret weights");
  for (const auto& [method, rest, body] :
       {std::tuple{"POST", std::string("objects/batch"), batch("download", oid, 14)},
        std::tuple{"GET", "objects/" + oid, std::string()}, std::tuple{"GET", std::string("locks"), std::string()}}) {
    const auto visitor = ask(method, "secret", rest, "", body);
    EXPECT_EQ(visitor.status, 401) << rest;
    EXPECT_THAT(std::string(visitor.headers.get("LFS-Authenticate").value_or("")), HasSubstr("Basic"));
    EXPECT_EQ(visitor.headers.get("Content-Type"), lfs::kMediaType);
    EXPECT_FALSE(text_of(visitor, "message").empty());
    EXPECT_EQ(text_of(visitor, "request_id"), visitor.headers.get("X-Request-Id"));
    EXPECT_EQ(ask(method, "secret", rest, foreign, body).status, 404) << rest;
    EXPECT_EQ(ask(method, "nothing", rest, foreign, body).status, 404) << rest;
    EXPECT_EQ(ask(method, "secret", rest, "cwt_nonsense", body).status, 401) << rest;
    EXPECT_EQ(ask(method, "secret", rest, reads, body).status, 200) << rest;
  }
  EXPECT_EQ(ask("POST", "secret", "objects/batch", reads, batch("upload", hash("new"), 3)).status, 403);
  EXPECT_EQ(ask("PUT", "secret", "objects/" + oid, reads, "secret weights").status, 403);
}

TEST_F(LfsTest, WhoKnowsAnOidHasNotTheObject) {
  auto ada = user("ada"), eve = user("eve");
  make("secret", false);
  make("open", true);
  ASSERT_TRUE(store
                  ->follow([] {
                    auto r = repo("ada", "open", true);
                    r.metadata.generation = 9;
                    r.spec.collaborators = {{"eve", crds::CollaboratorRole::Write}};
                    return r;
                  }())
                  .value());
  const auto writes = token(ada, "repository:write"), foreign = token(eve, "repository:write");
  const auto tree = work_tree("secret", writes);
  commit(tree, "weights.bin", "secret weights");
  git_must({"git", "push", "-q", "origin", "main"}, tree);
  const auto oid = hash("secret weights");
  const auto announced = ask("POST", "open", "objects/batch", foreign, batch("upload", oid, 14));
  EXPECT_THAT(announced.body, HasSubstr("\"upload\"")) << "it has to be sent, whoever else has it";
  EXPECT_EQ(ask("POST", "open", "objects/verify", foreign, R"({"oid":")" + oid + R"(","size":14})").status, 404);
  EXPECT_EQ(ask("GET", "open", "objects/" + oid, foreign).status, 404);
  EXPECT_EQ(ask("PUT", "open", "objects/" + oid, foreign, "guessed weight").status, 400);
  EXPECT_EQ(ask("GET", "open", "objects/" + oid, foreign).status, 404);
  EXPECT_EQ(ask("PUT", "open", "objects/" + oid, foreign, "secret weights").status, 200);
  EXPECT_EQ(ask("GET", "open", "objects/" + oid).body, "secret weights");
  EXPECT_THAT(stored(), SizeIs(1)) << "kept once";
}

TEST_F(LfsTest, AnUploadThatIsCutOffLeavesNothingAndIsRepeated) {
  auto ada = user("ada");
  make("models", true);
  const auto tree = work_tree("models", token(ada, "repository:write"));
  commit(tree, "weights.bin", base::random_bytes(96u << 20));
  auto pushing = base::Process::spawn(git_spec({"git", "push", "-q", "origin", "main"}, tree));
  ASSERT_TRUE(pushing.ok());
  const auto half_there = [&] {
    for (const auto& file : stored("incoming")) {
      std::error_code error;
      if (std::filesystem::file_size(file, error) > (1u << 20) && !error) return true;
    }
    return false;
  };
  ASSERT_TRUE(eventually([&] { return half_there() || !stored().empty(); }));
  pushing->signal_group(SIGKILL);
  ASSERT_TRUE(eventually([&] { return stored("incoming").empty(); }));
  EXPECT_THAT(stored(), IsEmpty()) << "the whole was there before the client was killed: send more";
  EXPECT_EQ(number("SELECT count(*) FROM lfs_objects WHERE verified_at IS NOT NULL"), 0);

  git_must({"git", "push", "-q", "origin", "main"}, tree);
  EXPECT_THAT(stored(), SizeIs(1));
  EXPECT_EQ(number("SELECT count(*) FROM lfs_objects WHERE verified_at IS NOT NULL"), 1);
}

TEST_F(LfsTest, ADownloadGoesOnWhereItStopped) {
  auto ada = user("ada");
  make("models", true);
  const auto tree = work_tree("models", token(ada, "repository:write"));
  const auto weights = base::random_bytes(4u << 20);
  commit(tree, "weights.bin", weights);
  git_must({"git", "push", "-q", "origin", "main"}, tree);

  const auto copy = (folder.path() / "resumed").string();
  git_must({"git", "clone", "-q", remote("models"), copy});  // pointers only: no filter is installed
  git_must({"git", "lfs", "install", "--local"}, copy);
  std::filesystem::create_directories(copy + "/.git/lfs/incomplete");
  std::ofstream(copy + "/.git/lfs/incomplete/" + hash(weights) + ".part", std::ios::binary)
      << weights.substr(0, 3u << 20);
  git_must({"git", "lfs", "pull"}, copy);
  EXPECT_TRUE(base::read_file(copy + "/weights.bin").value() == weights);
  const auto sent = base::HttpClient({.base_url = "http://127.0.0.1:" + std::to_string(git->port())})
                        .call({.target = "/metrics"})
                        .value()
                        .body;
  EXPECT_THAT(sent, HasSubstr("causeway_lfs_sent_bytes_total 1048576\n")) << "the last MiB, and nothing else";

  const auto part = ask("GET", "models", "objects/" + hash(weights), "", "", {{"Range", "bytes=10-19"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.headers.get("Content-Range"), "bytes 10-19/4194304");
  EXPECT_EQ(part.body, weights.substr(10, 10));
  EXPECT_EQ(ask("GET", "models", "objects/" + hash(weights), "", "", {{"Range", "bytes=4194304-"}}).status, 416);
  EXPECT_EQ(
      ask("GET", "models", "objects/" + hash(weights), "", "", {{"Range", "bytes=10-19"}, {"If-Range", "\"another\""}})
          .status,
      200);
  const auto head = ask("HEAD", "models", "objects/" + hash(weights));
  EXPECT_EQ(head.headers.get("Content-Length"), "4194304");
  EXPECT_EQ(head.body, "");
}

TEST_F(LfsTest, ALockIsOfOnePerson) {
  auto ada = user("ada"), eve = user("eve"), mia = user("mia");
  make_shared();
  const auto of_ada = work_tree("models", token(ada, "repository:write"));
  commit(of_ada, "weights.bin", "one");
  git_must({"git", "push", "-q", "origin", "main"}, of_ada);
  git_must({"git", "lfs", "lock", "weights.bin"}, of_ada);

  const auto eves = token(eve, "repository:write"), mias = token(mia, "repository:write");
  const auto of_eve = clone("models", eves);
  git_must({"git", "lfs", "install", "--local"}, of_eve);
  const auto listed = git_run({"git", "lfs", "locks"}, of_eve);
  EXPECT_THAT(listed.out, HasSubstr("ada"));
  const auto second = git_run({"git", "lfs", "lock", "weights.bin"}, of_eve);
  EXPECT_FALSE(second.status.success());
  EXPECT_THAT(second.err, HasSubstr("locked by ada"));
  git_must({"git", "config", "lfs.locksverify", "true"}, of_eve);
  commit(of_eve, "weights.bin", "two");
  const auto pushed = git_run({"git", "push", "origin", "main"}, of_eve);
  EXPECT_FALSE(pushed.status.success());
  EXPECT_THAT(pushed.err, HasSubstr("locked"));
  for (const bool force : {false, true}) {
    std::vector<std::string> argv{"git", "lfs", "unlock", "weights.bin"};
    if (force) argv.emplace_back("--force");
    const auto unlocked = git_run(argv, of_eve);
    EXPECT_FALSE(unlocked.status.success());
    EXPECT_THAT(unlocked.err, HasSubstr("ada")) << force;
  }
  // Nor may who cannot write, or is nobody.
  EXPECT_EQ(ask("POST", "models", "locks", "", R"({"path":"x.bin"})").status, 401);
  const auto id = number("SELECT id FROM lfs_locks");
  const auto unlock = "locks/" + std::to_string(id) + "/unlock";
  EXPECT_EQ(ask("POST", "models", unlock, mias, "{}").status, 403);
  const auto broken = ask("POST", "models", unlock, mias, R"({"force":true})");
  EXPECT_EQ(broken.status, 200) << broken.body;
  EXPECT_EQ(ask("POST", "models", unlock, mias, R"({"force":true})").status, 404);
  git_must({"git", "push", "-q", "origin", "main"}, of_eve);
  git_must({"git", "lfs", "lock", "weights.bin"}, of_eve);
  git_must({"git", "lfs", "unlock", "weights.bin"}, of_eve);
  EXPECT_EQ(number("SELECT count(*) FROM lfs_locks"), 0);
}

class LfsQuotaTest : public LfsTest {
 protected:
  LfsQuotaTest() { quota = {2 << 20, 3 << 20, 4 << 20}; }
};

TEST_F(LfsQuotaTest, WhatIsTooMuchIsRefusedWithTheLimits) {
  auto ada = user("ada");
  make("models", true);
  make("others", true);
  const auto writes = token(ada, "repository:write");
  const auto tree = work_tree("models", writes);
  commit(tree, "huge.bin", base::random_bytes((2 << 20) + 1));
  auto pushed = git_run({"git", "push", "origin", "main"}, tree);
  EXPECT_FALSE(pushed.status.success());
  EXPECT_THAT(pushed.err, HasSubstr("a large file may have 2.0 MiB"));
  git_must({"git", "reset", "-q", "--hard", "HEAD~"}, tree);

  commit(tree, "one.bin", base::random_bytes(2 << 20));
  git_must({"git", "push", "-q", "origin", "main"}, tree);
  commit(tree, "two.bin", base::random_bytes(2 << 20));
  pushed = git_run({"git", "push", "origin", "main"}, tree);
  EXPECT_FALSE(pushed.status.success());
  EXPECT_THAT(pushed.err, HasSubstr("this repository may take 3.0 MiB, they take 2.0 MiB, and this one has 2.0 MiB"));
  EXPECT_EQ(git_run({"git", "ls-remote", remote("models"), "main"}).out.substr(0, 40),
            git_run({"git", "rev-parse", "HEAD~"}, tree).out.substr(0, 40))
      << "the commit with the file is not there";

  const auto other = work_tree("others", writes);
  commit(other, "one.bin", base::random_bytes(2 << 20));
  git_must({"git", "push", "-q", "origin", "main"}, other);
  commit(other, "two.bin", "x");
  pushed = git_run({"git", "push", "origin", "main"}, other);
  EXPECT_FALSE(pushed.status.success());
  EXPECT_THAT(pushed.err, HasSubstr("this owner may take 4.0 MiB"));
  EXPECT_THAT(stored(), SizeIs(2));
}

TEST_F(LfsQuotaTest, TwoThatAskAtOnceDoNotGetTheSameRoom) {
  auto ada = user("ada");
  make("models", true);
  const auto writes = token(ada, "repository:write");
  std::vector<std::jthread> asking;
  std::atomic<int> room = 0, refused = 0;
  for (int i = 0; i < 8; ++i) {
    asking.emplace_back([&, i] {
      const auto answer =
          ask("POST", "models", "objects/batch", writes, batch("upload", hash(std::to_string(i)), 1 << 20));
      room += answer.body.find("\"upload\"") != std::string::npos;
      refused += answer.body.find("507") != std::string::npos;
    });
  }
  asking.clear();
  EXPECT_EQ(room, 3);
  EXPECT_EQ(refused, 5);
}

TEST_F(LfsTest, WhatNoClientSendsIsRefusedAndChangesNothing) {
  auto ada = user("ada");
  make("models", true);
  const auto writes = token(ada, "repository:write");
  const auto oid = hash("weights");
  const auto status = [&](const std::string& rest, const std::string& body, base::Headers headers = {}) {
    return ask("POST", "models", rest, writes, body, std::move(headers)).status;
  };
  EXPECT_EQ(status("objects/batch", batch("upload", oid, 7), {{"Content-Type", "application/json"}}), 415);
  EXPECT_EQ(status("objects/batch", batch("upload", oid, 7), {{"Content-Encoding", "gzip"}}), 415);
  EXPECT_EQ(status("objects/batch", batch("upload", oid, 7), {{"Accept", "text/html"}}), 406);
  EXPECT_EQ(status("objects/batch", "{"), 422);
  EXPECT_EQ(status("objects/batch", std::string(2 << 20, ' ')), 413);
  std::string zeros = "[0";
  for (int i = 0; i < 30'000; ++i) zeros += ",0";
  EXPECT_EQ(status("objects/batch", zeros + "]"), 413) << "many values take more memory than their text";
  EXPECT_EQ(status("locks", R"({"path":"a\u0000b"})"), 422);
  const auto wrong = ask("POST", "models", "objects/batch", writes, batch("upload", "../../etc/passwd", -1));
  EXPECT_EQ(wrong.status, 200);
  EXPECT_THAT(wrong.body, HasSubstr("\"code\":422"));

  EXPECT_EQ(ask("PUT", "models", "objects/" + oid, writes, "weights").status, 404) << "nobody announced it";
  EXPECT_EQ(status("objects/batch", batch("upload", oid, 7)), 200);
  EXPECT_EQ(status("objects/verify", R"({"oid":")" + oid + R"(","size":7})"), 404);
  EXPECT_EQ(ask("PUT", "models", "objects/" + oid, writes, "WEIGHTS").status, 400);
  EXPECT_EQ(ask("PUT", "models", "objects/" + oid, writes, "weights and more").status, 400);
  EXPECT_EQ(ask("PUT", "models", "objects/" + oid, "", "weights").status, 401);
  EXPECT_EQ(ask("GET", "models", "objects/" + oid).status, 404);
  EXPECT_EQ(ask("DELETE", "models", "objects/" + oid).status, 405);
  EXPECT_THAT(stored(), IsEmpty());
  EXPECT_THAT(stored("incoming"), IsEmpty());
  EXPECT_EQ(ask("PUT", "models", "objects/" + oid, writes, "weights").status, 200);
  EXPECT_EQ(status("objects/verify", R"({"oid":")" + oid + R"(","size":7})"), 200);
  EXPECT_EQ(status("objects/verify", R"({"oid":")" + oid + R"(","size":8})"), 400);
  EXPECT_THAT(ask("POST", "models", "objects/batch", writes, batch("upload", oid, 8)).body,
              HasSubstr("with another size"));
  EXPECT_THAT(ask("POST", "models", "objects/batch", "", batch("download", hash("other"), 1)).body,
              HasSubstr("\"code\":404"));

  run({"git", "-C", (data / "ada" / "models.git").string(), "config", "causeway.lfs", "false"});
  EXPECT_EQ(status("objects/batch", batch("download", oid, 7)), 404);
}

TEST_F(LfsTest, AddressesLeadBackToWhereTheClientCame) {
  auto ada = user("ada");
  make("models", true);
  const auto writes = token(ada, "repository:write");
  const auto href = [&](base::Headers headers) {
    const auto answer =
        ask("POST", "models", "objects/batch", writes, batch("upload", hash("x"), 1), std::move(headers));
    return std::string(json::parse(answer.body).at("objects").at(0).at("actions").at("upload").at("href").as_string());
  };
  EXPECT_EQ(href({{"Host", "git.example"}}), "http://git.example/ada/models.git/info/lfs/objects/" + hash("x"));
  EXPECT_TRUE(href({{"Host", "git.example"}, {"X-Forwarded-For", "192.0.2.1"}, {"X-Forwarded-Proto", "https"}})
                  .starts_with("http://"))
      << "no proxy that we trust";
}

}  // namespace
}  // namespace causeway::api
