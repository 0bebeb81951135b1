// The database goes away, is busy, or has no room, while people work: what can work works, what cannot says so, and
// nothing that was acknowledged is lost or done twice.

#include <cstdlib>
#include <future>
#include <set>

#include "tests/integration/web/lfs_fixture.hpp"
#include "tests/integration/web/load.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using database::eventually;
using testing::HasSubstr;

class OutageTest : public GitClientTest {
 protected:
  OutageTest() {
    rates = {.requests = 1'000'000, .sign_ins = 1'000'000, .posts = 1'000'000};
    people.pool.connections = 4;
  }
  void SetUp() override {
    GitClientTest::SetUp();
    if (!IsSkipped()) second = replica();
  }

  Browser copy_of(const Browser& user, const Server& at) {
    auto there = browser_of(at);
    there.cookies = user.cookies;
    return there;
  }
  // Somebody at both replicas.
  struct Both {
    Browser here, there;
    Browser& turn(int n) { return n % 2 == 0 ? here : there; }
  };
  std::shared_ptr<Both> both(const Browser& user) {
    return std::make_shared<Both>(Both{copy_of(user, *server), copy_of(user, *second)});
  }
  static int ask(const Server& server, const std::string& target) {
    base::HttpClient http({.base_url = "http://127.0.0.1:" + std::to_string(server.port())});
    const auto answer = http.call({.target = target});
    return answer ? answer->status : 0;
  }
  static double metric_of(const Server& server, const std::string& name) {
    base::HttpClient http({.base_url = "http://127.0.0.1:" + std::to_string(server.port())});
    const auto text = http.call({.target = "/metrics"}).value().body;
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }
  std::map<std::string, std::int64_t> counted(const std::string& sql) {
    std::map<std::string, std::int64_t> rows;
    for (const database::Row row : query(sql)) rows[row.get<std::string>(0)] = row.get<std::int64_t>(1);
    return rows;
  }

  std::unique_ptr<Server> second;
};

// What one client wanted, and what was acknowledged.
struct Kept {
  std::vector<std::string> wanted;
  std::set<std::string> acknowledged;

  // Each acknowledged one once, and the one that was under way at the end once at most.
  void expect(const std::map<std::string, std::int64_t>& rows) const {
    for (const auto& one : wanted) {
      const auto found = rows.find(one);
      const auto times = found == rows.end() ? 0 : found->second;
      if (acknowledged.contains(one)) {
        EXPECT_EQ(times, 1) << one;
      } else {
        EXPECT_LE(times, 1) << one;
      }
    }
  }
};

TEST_F(OutageTest, TheDatabaseIsKilledUnderLoad) {
  // Longer with --long, where kills come by chance at moments that three do not meet.
  const char* longer = std::getenv("CAUSEWAY_TEST_KILLS");
  const int kills = longer ? std::atoi(longer) : 2;
  auto ada = user("ada");
  make("digits", true);
  const std::string repository = "/api/v1/repositories/ada/digits", content = "/api/v1/content/ada/digits";
  const auto writes = token(ada, "repository:write");
  const auto tree = work_tree("digits", writes);
  git_must({"git", "push", "-q", "origin", "main"}, tree);
  const auto opened = ada.post(repository + "/issues", {{"title", "talked about"}}, {{"Idempotency-Key", "first"}});
  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string comments = std::string(*opened.headers.get("Location")) + "/comments";

  Load load;
  // A key that its request could not free again is free after two minutes, which the clients wait for.
  const auto in_flight = [this] { clock.advance(3min); };
  // A create at either replica, again with the same key at the other one.
  const auto create = [&](Both& at, int n, const std::string& target, const json::object& body) {
    const auto key = base::uuid4();
    const auto answer = load.until_answered(
        [&] {
          return at.turn(n++).post(target, body, {{"Idempotency-Key", key}});
        },
        in_flight);
    // It was made, and only the word of it was lost.
    const bool made = answer.status == 201 || slug(answer) == "idempotency-key-unanswered";
    EXPECT_TRUE(made || load.stopped()) << answer.body;
    return made;
  };

  Kept issues[2], said;
  for (int writer = 0; writer < 2; ++writer) {
    load.add("issues", [&, &kept = issues[writer], writer, at = both(ada)](int n) {
      kept.wanted.push_back("issue " + std::to_string(writer) + "/" + std::to_string(n));
      return create(*at, n + writer, repository + "/issues", {{"title", kept.wanted.back()}}) &&
             kept.acknowledged.insert(kept.wanted.back()).second;
    });
  }
  load.add("comments", [&, at = both(ada)](int n) {
    said.wanted.push_back("comment " + std::to_string(n));
    return create(*at, n, comments, {{"body", said.wanted.back()}}) &&
           said.acknowledged.insert(said.wanted.back()).second;
  });
  std::optional<bool> starred;  // what was acknowledged last
  load.add("stars", [&, at = both(ada)](int n) {
    const bool on = n % 2 == 0;
    const auto answer = load.until_answered([&, turn = n]() mutable {
      return at->turn(turn++).send(on ? "PUT" : "DELETE", "/api/v1/me/stars/ada/digits");
    });
    starred = answer.status == 204 ? std::optional(on) : std::nullopt;
    EXPECT_TRUE(starred || load.stopped()) << answer.body;
    return starred.has_value();
  });
  std::vector<std::string> commits, pushed;
  load.add("commits on the site", [&, at = std::make_shared<Browser>(copy_of(ada, *git))](int n) {
    const json::object put{{"action", "put"}, {"path", "n.txt"}, {"text", std::to_string(n)}};
    const auto answer = load.until_answered([&] {
      return at->post(content + "/commits", {{"message", "m"}, {"changes", json::array{put}}});
    });
    EXPECT_TRUE(answer.status == 201 || load.stopped()) << answer.body;
    if (answer.status == 201) commits.push_back(text_of(answer, "commit"));
    return answer.status == 201;
  });
  load.add("pushes", [&](int n) {
    git_must({"git", "commit", "-q", "--allow-empty", "-m", "push " + std::to_string(n)}, tree);
    while (!load.stopped()) {
      const auto ran = git_run({"git", "push", "-q", "origin", "HEAD:refs/heads/pushed"}, tree);
      if (ran.status.success()) {
        pushed.push_back(git_run({"git", "rev-parse", "HEAD"}, tree).out.substr(0, 40));
        return true;
      }
      EXPECT_THAT(ran.err, HasSubstr("503"));
    }
    return false;
  });
  load.add("reads", [&, at = both(ada), visitor = std::make_shared<Browser>(browser_of(*second))](int n) {
    EXPECT_EQ(visitor->get("/api/v1/version").status, 200);
    EXPECT_EQ(ask(*git, "/ada/digits.git/info/refs?service=git-upload-pack"), 200) << "what is public is cloned";
    const auto who = load.until_answered([&] { return at->turn(n).get("/identity"); });
    if (who.status == 200) {
      EXPECT_EQ(text_of(who, "name"), "ada") << "a session lives on";
    }
    return load.until_answered([&] { return at->turn(n).get(repository + "/issues?limit=5"); }).status == 200;
  });

  EXPECT_TRUE(load.goes_on(2));
  for (int kill = 0; kill < kills; ++kill) {
    kill_server(false);
    ASSERT_TRUE(load.goes_on(2)) << "after kill " << kill;
  }
  {
    const Held held;
    kill_server(false);
    auto known = copy_of(ada, *server);
    for (const auto* replica : {server.get(), second.get()}) {
      EXPECT_TRUE(eventually([&] { return ask(*replica, "/readyz") == 503; }));
      EXPECT_EQ(ask(*replica, "/healthz"), 200);
      EXPECT_GE(metric_of(*replica, "causeway_database_errors_total{kind=\"unavailable\"}"), 1);
    }
    // What was looked up last is known for five seconds; then nobody can say whether it has ended.
    clock.advance(6s);
    EXPECT_TRUE(eventually([&] { return known.get("/identity").status == 503; }));
    const auto began = std::chrono::steady_clock::now();
    const auto refused = known.post(repository + "/issues", {{"title", "no"}}, {{"Idempotency-Key", "no"}});
    EXPECT_EQ(refused.status, 503);
    Load::judge(refused, std::chrono::steady_clock::now() - began);
  }
  ASSERT_TRUE(load.goes_on(2)) << "both replicas and the role git work again";
  load.stop();

  const auto titles = counted("SELECT title, count(*) FROM issues GROUP BY title");
  for (const auto& kept : issues) kept.expect(titles);
  said.expect(counted("SELECT body, count(*) FROM issue_comments GROUP BY body"));
  if (starred) {
    EXPECT_EQ(number("SELECT count(*) FROM stars"), *starred ? 1 : 0);
  }
  const auto bare = (data / "ada" / "digits.git").string();
  const auto all = git_run({"git", "-C", bare, "log", "--all", "--format=%H"}).out;
  for (const auto* made : {&commits, &pushed}) {
    for (const auto& commit : *made) EXPECT_THAT(all, HasSubstr(commit));
  }
  git_must({"git", "-C", bare, "fsck", "--strict"});

  // The clock stands still: what one replica hears of the other comes by events.
  for (const auto* replica : {server.get(), second.get()})
    EXPECT_TRUE(eventually([&] { return ask(*replica, "/readyz") == 200; }));
  auto here = copy_of(ada, *server), there = copy_of(ada, *second);
  EXPECT_EQ(text_of(there.get("/identity"), "name"), "ada");
  EXPECT_EQ(here.get("/sign_out").status, 204);
  EXPECT_TRUE(eventually([&] {
    there.cookies = ada.cookies;
    return text_of(there.get("/identity"), "role") == "visitor";
  }));

  for (const auto* one : {server.get(), second.get(), git.get()}) {
    EXPECT_TRUE(eventually([&] { return metric_of(*one, "causeway_database_connections_in_use") == 0; }));
    EXPECT_EQ(metric_of(*one, "causeway_database_waiting"), 0);
    EXPECT_LE(metric_of(*one, "causeway_database_connections"), 4);
  }
  // A listener each, and one of the test's own.
  EXPECT_LE(backends("causeway-apiserver").size(), 3U * (4 + 1) + 1);
}

// The transaction is kept, and nobody learns of it: as when the server dies behind COMMIT.
TEST_F(OutageTest, WhatIsDoneAndNotSaidIsNotDoneAgain) {
  auto ada = user("ada");
  make("digits", true);
  script(
      "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';"
      "CREATE TRIGGER lose BEFORE UPDATE OF status ON idempotency_keys FOR EACH ROW WHEN (NEW.status IS NOT NULL)"
      " EXECUTE FUNCTION lose()");
  const std::string issues = "/api/v1/repositories/ada/digits/issues";
  const auto open = [&](const std::string& title) {
    return ada.post(issues, {{"title", title}}, {{"Idempotency-Key", title}});
  };
  EXPECT_EQ(open("kept").status, 201);
  EXPECT_EQ(slug(open("kept")), "idempotency-key-unanswered");
  clock.advance(1h);  // longer than who began it can live
  EXPECT_EQ(slug(open("kept")), "idempotency-key-unanswered");
  EXPECT_EQ(number("SELECT count(*) FROM issues"), 1);

  // Lost in COMMIT, and not kept: it is done when it is asked for again.
  script(
      "DROP TRIGGER lose ON idempotency_keys;"
      "CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON issues DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
      " EXECUTE FUNCTION lose()");
  const auto lost = open("lost");
  EXPECT_EQ(lost.status, 503) << lost.body;
  script("DROP TRIGGER lose ON issues");
  EXPECT_EQ(open("lost").status, 201);
  EXPECT_EQ(number("SELECT count(*) FROM issues WHERE title = 'lost'"), 1);
}

class BusyTest : public OutageTest {
 protected:
  BusyTest() {
    people.pool = {.connections = 2, .queue = 3, .wait = 5s, .transaction_limit = 2min};
    // What hangs, hangs for as long as the test wants it to.
    settings.statement_timeout = settings.lock_timeout = settings.idle_in_transaction_timeout = 2min;
  }
};

TEST_F(BusyTest, AllConnectionsHang) {
  auto ada = user("ada");
  make("digits", true);
  const std::string issues = "/api/v1/repositories/ada/digits/issues";
  std::promise<void> locked, release;
  const auto own = make_pool(people.pool);
  auto holding = std::async(std::launch::async, [&] {
    return own->write([&](database::Transaction& tx) {
      tx.execute("LOCK TABLE issues IN ACCESS EXCLUSIVE MODE");
      locked.set_value();
      release.get_future().wait();
    });
  });
  locked.get_future().wait();

  std::vector<std::future<int>> hanging, waiting;
  for (int i = 0; i < 2; ++i) {
    hanging.push_back(std::async(std::launch::async, [&, i] {
      auto by = copy_of(ada, *server);
      return by.post(issues, {{"title", "hangs"}}, {{"Idempotency-Key", std::to_string(i)}}).status;
    }));
  }
  // Both, and not somewhere before on their way.
  ASSERT_TRUE(eventually([&] {
    return number("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'issues'::regclass") == 2;
  }));
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(std::async(std::launch::async, [&] { return browser().get("/api/v1/repositories").status; }));
  }
  ASSERT_TRUE(eventually([&] { return metric_of(*server, "causeway_database_waiting") == 3; }));
  const auto began = std::chrono::steady_clock::now();
  const auto refused = browser().get("/api/v1/repositories");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s) << "nobody waits behind a full queue";
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.headers.get("Retry-After"));
  EXPECT_TRUE(eventually([&] { return ask(*server, "/readyz") == 503; }));

  EXPECT_EQ(ask(*server, "/api/v1/version"), 200);
  EXPECT_EQ(ask(*git, "/ada/digits.git/info/refs?service=git-upload-pack"), 200);
  EXPECT_EQ(browser_of(*second).get("/api/v1/repositories").status, 200) << "another replica has its own";
  for (auto& one : waiting) EXPECT_EQ(one.get(), 503) << "it waited for as long as it may";

  release.set_value();
  EXPECT_TRUE(holding.get().ok());
  for (auto& one : hanging) EXPECT_EQ(one.get(), 201);
  EXPECT_TRUE(eventually([&] { return ask(*server, "/readyz") == 200; }));
  EXPECT_EQ(ada.get(issues).status, 200);
  EXPECT_EQ(metric_of(*server, "causeway_database_waiting"), 0);
}

TEST_F(OutageTest, TheDatabaseHasNoRoom) {
  const char* tablespace = std::getenv("CAUSEWAY_TEST_SMALL_TABLESPACE");
  if (tablespace == nullptr) GTEST_SKIP() << "a disk that is small is mounted by root only";
  auto ada = user("ada");
  make("digits", true);
  const std::string issues = "/api/v1/repositories/ada/digits/issues";
  script("CREATE TABLE filling (bytes text) TABLESPACE " + std::string(tablespace) +
         "; ALTER TABLE filling ALTER bytes SET STORAGE EXTERNAL; ALTER TABLE issues SET TABLESPACE " + tablespace);
  const auto own = make_pool();
  for (const int size : {1'000'000, 100'000, 7'000}) {
    const auto fill = [&] {
      return own->write(
          [&](database::Transaction& tx) { tx.execute("INSERT INTO filling SELECT repeat('x', $1)", size); });
    };
    for (int i = 0; i < 200 && fill(); ++i) {
    }
  }
  const auto open = [&](int n) {
    return ada.post(issues, {{"title", "t"}, {"body", base::random_hex(30'000)}},
                    {{"Idempotency-Key", std::to_string(n)}});
  };
  int acknowledged = 0;  // in the pages that are there already
  base::HttpResponse answer;
  while (acknowledged < 100 && (answer = open(acknowledged)).status == 201) ++acknowledged;
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_TRUE(answer.headers.get("Retry-After"));
  EXPECT_EQ(number("SELECT count(*) FROM issues"), acknowledged);
  EXPECT_EQ(ada.get(issues).status, 200) << "what is there can be read";
  EXPECT_EQ(ada.send("PUT", "/api/v1/me/stars/ada/digits").status, 204) << "and other tables have room";
  EXPECT_EQ(ask(*server, "/readyz"), 200);

  script("DROP TABLE filling");
  EXPECT_EQ(ada.post(issues, {{"title", "t"}}, {{"Idempotency-Key", std::to_string(acknowledged)}}).status, 201)
      << "the key is free again";
  script("ALTER TABLE issues SET TABLESPACE pg_default");
}

}  // namespace
}  // namespace causeway::api
