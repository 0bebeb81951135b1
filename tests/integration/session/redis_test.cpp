// Sessions with a real Redis that the replicas share: there, gone, hanging, and back with what it had.

#include <csignal>
#include <cstdlib>
#include <gmock/gmock.h>

#include "apiserver/session/redis_cache.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/process.hpp"
#include "tests/integration/session/session_fixture.hpp"
#include "tests/integration/unpacked_program.hpp"

namespace causeway::api::session {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Not;

class RedisTest : public SessionsTest {
 protected:
  void SetUp() override {
    const char* named = std::getenv("CAUSEWAY_REDIS");
    if (!named || !*named) GTEST_SKIP() << "CAUSEWAY_REDIS is not set: ./causeway test integration does";
    program = named;
    std::signal(SIGPIPE, SIG_IGN);  // as the server does
    SessionsTest::SetUp();
    if (!IsSkipped()) start();
  }
  void TearDown() override {
    redis.reset();
    SessionsTest::TearDown();
  }

  // With what it saved before, if it did.
  void start() {
    base::ProcessSpec spec;
    spec.argv = {"env",
                 "LD_LIBRARY_PATH=" + test::libraries_of(program),
                 program,
                 "--port",
                 "0",
                 "--unixsocket",
                 socket(),
                 "--save",
                 "",
                 "--dir",
                 folder.path().string()};
    spec.argv.insert(spec.argv.end(), more.begin(), more.end());
    spec.out = spec.err = base::ProcessSpec::Stream::kFile;
    spec.out_file = spec.err_file = (folder.path() / "log").string();
    spec.parent_death_signal = SIGKILL;
    std::filesystem::remove(socket());
    redis.emplace(base::Process::spawn(spec).value());
    ASSERT_TRUE(database::eventually([&] {
      const auto connection = RedisConnection::open(parse_redis_url(url()).value(), password, 1s);
      return connection && (*connection)->command({"PING"}).ok();
    })) << base::read_file(spec.out_file).value_or("");
  }
  void kill() {
    redis->signal(SIGKILL);
    ASSERT_TRUE(redis->wait(10s).ok());
  }
  std::string socket() const { return (folder.path() / "redis.sock").string(); }
  std::string url() const { return "unix://" + socket(); }

  std::unique_ptr<Cache> cache(base::MetricsRegistry& registry) override {
    return RedisCache::make({.url = url(),
                             .password_file = password,
                             .secret = std::string(32, 's'),
                             .keep = keep,
                             .timeout = 200ms,
                             .pause = pause},
                            base::system_clock(), registry)
        .value();
  }
  RedisConnection::Reply say(const std::vector<std::string>& command) {
    auto connection = RedisConnection::open(parse_redis_url(url()).value(), password, 5s).value();
    return connection->command(command).value();
  }
  std::vector<std::string> texts(const std::vector<std::string>& command) {
    std::vector<std::string> all;
    for (const auto& value : say(command))
      if (const auto* text = std::get_if<std::string>(&value)) all.push_back(*text);
    return all;
  }
  static double lookups(Replica& at, const std::string& by) {
    return database::metric(at.metrics, "causeway_session_lookups_total{by=\"" + by + "\"}");
  }
  static double up(Replica& at) { return database::metric(at.metrics, "causeway_session_cache_up"); }
  // Until Redis answers again; what it was asked for it did not have.
  void await_redis(Replica& at) {
    EXPECT_TRUE(database::eventually([&] {
      at.user_of(make_token(TokenKind::kSession));
      return up(at) == 1;
    }));
  }

  base::Duration keep = 1min;  // so that nothing here ends by itself
  base::Duration pause = 50ms;
  std::string program;
  std::filesystem::path password;
  std::vector<std::string> more;
  const base::TemporaryDirectory folder;
  std::optional<base::Process> redis;
};

TEST_F(RedisTest, WhatOneReplicaAskedAllKnow) {
  const auto a = replica(), b = replica();
  await_redis(*a), await_redis(*b);
  const auto token = login(*a);
  const auto before = lookups(*b, "database");
  EXPECT_EQ(a->user_of(token), user);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(b->user_of(token), user);
  EXPECT_EQ(lookups(*b, "redis"), 5);
  EXPECT_EQ(lookups(*b, "database"), before);
  // What is in it is of no use to who reads it, and ends by itself.
  const auto keys = texts({"KEYS", "*"});
  EXPECT_THAT(keys, testing::Contains(HasSubstr("entry:" + base::hex_encode(token_hash(token)))));
  EXPECT_THAT(keys, Each(Not(HasSubstr(token.substr(4, 20)))));
  for (const auto& key : keys) {
    if (key.ends_with("forgotten") || key.ends_with("epoch")) continue;
    const auto left = std::get<std::int64_t>(say({"PTTL", key}).at(0));
    EXPECT_TRUE(left > 0 && left <= 60'000) << key;
  }
}

TEST_F(RedisTest, AnEndIsKnownToAllWhenItIsAnswered) {
  const auto a = replica(), b = replica();
  await_redis(*a), await_redis(*b);
  const auto first = login(*a), second = login(*a), third = login(*a);
  for (const auto& token : {first, second, third}) ASSERT_EQ(b->user_of(token), user);
  // Nothing is waited for: the events of the database would come later.
  const auto session = b->sessions.authenticate(first, "").value()->session.id;
  EXPECT_TRUE(a->sessions.end(user, session).value());
  EXPECT_EQ(b->user_of(first), 0);
  EXPECT_EQ(b->user_of(second), user);
  const auto after = login(*a, token_hash(second));
  EXPECT_EQ(b->user_of(second), 0);
  EXPECT_EQ(a->sessions.end_all(user).value(), 2U);
  EXPECT_EQ(b->user_of(third), 0);
  EXPECT_EQ(b->user_of(after), 0);
}

TEST_F(RedisTest, ItsOwnEndsHoldThereAsWell) {
  const auto a = replica(), b = replica();
  const auto token = login(*a);
  EXPECT_EQ(a->user_of(token), user);
  clock.advance(3min);
  EXPECT_EQ(b->user_of(token), 0) << "not used for too long, whatever Redis keeps";
}

TEST_F(RedisTest, WhoWritesThereSignsNobodyIn) {
  const auto a = replica();
  await_redis(*a);
  const auto mine = login(*a), stolen = make_token(TokenKind::kSession);
  ASSERT_EQ(a->user_of(mine), user);
  const std::string prefix = "causeway:session:{s}:entry:";
  const auto entry = texts({"GET", prefix + base::hex_encode(token_hash(mine))}).at(0);
  say({"SET", prefix + base::hex_encode(token_hash(stolen)), entry});
  EXPECT_EQ(a->user_of(stolen), 0) << "an entry is for one token";
  for (const char* nonsense : {"", "x", "{}", "\xff\xfe"}) {
    say({"SET", prefix + base::hex_encode(token_hash(mine)), nonsense});
    EXPECT_EQ(a->user_of(mine), user) << "asked in the database";
  }
}

TEST_F(RedisTest, WhenItIsKilledTheDatabaseAnswers) {
  const auto a = replica(), b = replica();
  await_redis(*a), await_redis(*b);
  const auto token = login(*a);
  ASSERT_EQ(b->user_of(token), user);
  kill();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(b->user_of(token), user);
  EXPECT_EQ(up(*b), 0);
  const auto session = b->sessions.authenticate(token, "").value()->session.id;
  EXPECT_TRUE(a->sessions.end(user, session).value());
  EXPECT_EQ(b->user_of(token), 0);
  const auto another = login(*a);
  start();
  await_redis(*a), await_redis(*b);
  EXPECT_EQ(b->user_of(another), user);
  const auto by_redis = lookups(*a, "redis");
  EXPECT_EQ(a->user_of(another), user);
  EXPECT_EQ(lookups(*a, "redis"), by_redis + 1) << "shared again";
}

TEST_F(RedisTest, BackWithWhatItHadItIsNotBelieved) {
  const auto a = replica(), b = replica();
  await_redis(*a), await_redis(*b);
  const auto token = login(*a);
  ASSERT_EQ(b->user_of(token), user);
  const auto session = b->sessions.authenticate(token, "").value()->session.id;
  say({"SAVE"});
  kill();
  EXPECT_TRUE(a->sessions.end(user, session).value());
  start();
  ASSERT_EQ(texts({"KEYS", "*entry*"}).size(), 1U) << "it has the session still";
  EXPECT_EQ(b->user_of(token), 0);
  await_redis(*b);
  EXPECT_EQ(b->user_of(token), 0);
  await_redis(*a);
  EXPECT_EQ(a->user_of(token), 0);
  const auto c = replica();
  await_redis(*c);
  EXPECT_EQ(c->user_of(token), 0);
}

TEST_F(RedisTest, WhenItHangsNobodyWaitsLong) {
  pause = 2s;
  const auto a = replica();
  await_redis(*a);
  const auto token = login(*a);
  ASSERT_EQ(a->user_of(token), user);
  redis->signal(SIGSTOP);
  const auto begun = base::system_clock().steady();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(a->user_of(token), user);
  const auto session = a->sessions.authenticate(token, "").value()->session.id;
  EXPECT_TRUE(a->sessions.end(user, session).value());
  // Once for the first, and then once in a pause at most: a hundred would take 20 s.
  EXPECT_LT(base::system_clock().steady() - begun, 15s);
  EXPECT_EQ(a->user_of(token), 0);
  redis->signal(SIGCONT);
  await_redis(*a);
  EXPECT_EQ(a->user_of(token), 0) << "it was not told of the end, and has the session still";
}

TEST_F(RedisTest, ManyAtOnceWhileItComesAndGoes) {
  const auto a = replica(), b = replica();
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> people;
    for (int i = 0; i < 8; ++i)
      people.emplace_back([&, i] {
        auto &here = i % 2 ? *a : *b, &there = i % 2 ? *b : *a;
        for (int round = 0; round < 10; ++round) {
          const auto token = login(here);
          if (there.user_of(token) != user || here.user_of(token) != user) ++wrong;
          const auto found = here.sessions.authenticate(token, "").value();
          if (!found || !here.sessions.end(user, found->session.id).value()) ++wrong;
          // Where the change was made it is known at once, with Redis or without.
          if (here.user_of(token) != 0) ++wrong;
        }
      });
    for (int i = 0; i < 2; ++i) {
      kill();
      start();
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST_F(RedisTest, WithAPasswordItIsAskedForOne) {
  ASSERT_TRUE(base::write_file_atomic(folder.path() / "password", "s3cret\n"));
  kill();
  more = {"--requirepass", "s3cret"};
  password = folder.path() / "password";
  start();
  const auto a = replica();
  await_redis(*a);
  password.clear();
  const auto b = replica();
  const auto token = login(*b);
  EXPECT_EQ(b->user_of(token), user) << "by the database";
  EXPECT_EQ(up(*b), 0);
}

TEST_F(RedisTest, WhetherTheSecondFactorWasGivenIsKnownThere) {
  const auto a = replica(), b = replica();
  await_redis(*a), await_redis(*b);
  const auto factor = make_second_factor();
  const auto token = login(*a);
  EXPECT_EQ(second_factor_of(*a, token), SecondFactor::kMissing);
  const auto before = lookups(*b, "database");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(second_factor_of(*b, token), SecondFactor::kMissing);
  EXPECT_EQ(lookups(*b, "database"), before) << "out of Redis";
  const auto whole = give(*a, token, factor);
  EXPECT_EQ(second_factor_of(*b, token), std::nullopt) << "at once";
  EXPECT_EQ(second_factor_of(*a, whole), SecondFactor::kGiven);
  EXPECT_EQ(second_factor_of(*b, whole), SecondFactor::kGiven);
}

}  // namespace
}  // namespace causeway::api::session
