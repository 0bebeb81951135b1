// Events: none is missed however transactions interleave, and none is seen twice.

#include "apiserver/database/events.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "apiserver/database/event_follower.hpp"
#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::database {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class DatabaseEventsTest : public MigratedDatabaseTest {
 protected:
  void SetUp() override {
    MigratedDatabaseTest::SetUp();
    if (IsSkipped()) return;
    pool = make_pool();
    events = std::make_unique<Events>(*pool);
  }
  void publish(const std::string& text, const std::string& topic = "test") {
    const auto done = pool->write([&](Transaction& tx) { events->publish(tx, topic, boost::json::value(text)); });
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  EventBatch after(EventCursor cursor, std::size_t limit = 100, const std::vector<std::string>& topics = {}) {
    auto batch = events->after(cursor, limit, topics);
    EXPECT_TRUE(batch.ok()) << batch.error().message;
    return batch ? *batch : EventBatch{};
  }
  static std::vector<std::string> texts(const EventBatch& batch) {
    std::vector<std::string> result;
    for (const auto& event : batch.events) result.emplace_back(event.payload.as_string());
    return result;
  }

  std::unique_ptr<Pool> pool;
  std::unique_ptr<Events> events;
};

TEST_F(DatabaseEventsTest, AreThereIfAndOnlyIfTheirTransactionIs) {
  publish("kept");
  (void)pool->write([&](Transaction& tx) {
    events->publish(tx, "test", "given up");
    tx.roll_back();
  });
  const auto batch = after(0);
  EXPECT_THAT(texts(batch), ElementsAre("kept"));
  EXPECT_FALSE(batch.missed);
  EXPECT_THAT(texts(after(batch.cursor)), IsEmpty());
}

TEST_F(DatabaseEventsTest, ATransactionThatBeganFirstAndEndsLastIsNotMissed) {
  // The classic gap: the first has the smaller id and becomes visible after the second was read.
  EventCursor cursor = 0;
  const auto first = pool->write([&](Transaction& tx) {
    events->publish(tx, "test", "first to begin");
    publish("second");
    const auto seen = after(0);
    EXPECT_THAT(texts(seen), ElementsAre("second"));
    cursor = seen.cursor;
    publish("third");
  });
  ASSERT_TRUE(first.ok());
  const auto rest = after(cursor);
  EXPECT_THAT(texts(rest), ElementsAre("first to begin", "third"));
  EXPECT_THAT(texts(after(0)), ElementsAre("second", "first to begin", "third")) << "the same order for all readers";
}

TEST_F(DatabaseEventsTest, ALongTransactionElsewhereHoldsNothingUp) {
  script("CREATE TABLE other (n int)");
  const auto long_one = pool->write([&](Transaction& tx) {
    tx.execute("INSERT INTO other VALUES (1)");
    publish("now");
    EXPECT_THAT(texts(after(0)), ElementsAre("now"));
  });
  EXPECT_TRUE(long_one.ok());
}

TEST_F(DatabaseEventsTest, WhatFollowsFromAnotherComesAfterIt) {
  // The one that follows belongs to the transaction that began earlier.
  const auto effect = pool->write([&](Transaction& tx) {
    events->publish(tx, "test", "unrelated");
    publish("cause");
    events->publish(tx, "test", "effect");
  });
  ASSERT_TRUE(effect.ok());
  const auto order = texts(after(0));
  EXPECT_LT(std::find(order.begin(), order.end(), "cause"), std::find(order.begin(), order.end(), "effect"));
}

TEST_F(DatabaseEventsTest, ReadersAmongManyWritersSeeEachEventOnceInOneOrder) {
  constexpr int kWriters = 6, kEach = 60;
  // So slowly that readers find each other giving positions.
  script(
      "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.002); RETURN NEW; END';"
      "CREATE TRIGGER linger BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION linger()");
  std::atomic<bool> writing = true;
  const auto follow = [&] {
    std::vector<std::string> seen;
    EventCursor cursor = 0;
    for (bool last = false; !last;) {
      last = !writing;
      const auto batch = after(cursor, 7);
      for (const auto& text : texts(batch)) seen.push_back(text);
      cursor = batch.cursor;
      if (batch.more) last = false;
    }
    return seen;
  };
  auto one = std::async(std::launch::async, follow);
  auto two = std::async(std::launch::async, follow);
  {
    std::vector<std::jthread> writers;
    for (int w = 0; w < kWriters; ++w) {
      writers.emplace_back([&, w] {
        for (int n = 0; n < kEach; ++n) {
          const auto done = pool->write([&](Transaction& tx) {
            events->publish(tx, "test", boost::json::value(std::to_string(w) + ":" + std::to_string(n)));
            if (n % 3 == w % 3) tx.execute("SELECT pg_sleep(0.002)");  // ends later than others that begin later
            if (n % 7 == 0) tx.roll_back();
          });
          ASSERT_TRUE(done.ok()) << done.error().message;
        }
      });
    }
  }
  writing = false;
  const auto seen = one.get();
  EXPECT_EQ(seen, two.get());
  std::set<std::string> expected;
  for (int w = 0; w < kWriters; ++w) {
    for (int n = 0; n < kEach; ++n) {
      if (n % 7 != 0) expected.insert(std::to_string(w) + ":" + std::to_string(n));
    }
  }
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), expected) << "none missed";
  EXPECT_EQ(seen.size(), expected.size()) << "none twice";
  // A writer's own come in its order.
  std::map<std::string, int> last;
  for (const auto& text : seen) {
    const auto writer = text.substr(0, text.find(':'));
    const int n = std::stoi(text.substr(text.find(':') + 1));
    if (last.contains(writer)) {
      EXPECT_GT(n, last[writer]);
    }
    last[writer] = n;
  }
}

TEST_F(DatabaseEventsTest, TopicsAndLimits) {
  publish("1", "a");
  publish("2", "b");
  publish("3", "a");
  publish("4", "b");
  const auto first = after(0, 1, {"a"});
  EXPECT_THAT(texts(first), ElementsAre("1"));
  EXPECT_TRUE(first.more);
  const auto second = after(first.cursor, 10, {"a"});
  EXPECT_THAT(texts(second), ElementsAre("3"));
  EXPECT_FALSE(second.more);
  EXPECT_THAT(texts(after(second.cursor)), IsEmpty()) << "the cursor is behind what was of no interest";
  EXPECT_THAT(texts(after(0, 10, {"a", "b"})), ElementsAre("1", "2", "3", "4"));
}

TEST_F(DatabaseEventsTest, OldOnesAreRemovedAndWhoWasAwayIsTold) {
  for (int i = 0; i < 5; ++i) publish(std::to_string(i));
  const auto early = after(0, 2).cursor;
  const auto late = after(0, 4).cursor;
  script(
      "ALTER TABLE events DISABLE TRIGGER USER;"
      "UPDATE events SET created_at = now() - interval '2 days' WHERE payload IN ('\"0\"', '\"1\"', '\"2\"')");
  EXPECT_EQ(*events->expire(24h, 2), 2u) << "at most so many at a time";
  EXPECT_EQ(*events->expire(24h, 2), 1u);
  EXPECT_EQ(*events->expire(24h, 2), 0u);
  const auto missed = after(early);
  EXPECT_TRUE(missed.missed);
  EXPECT_THAT(texts(missed), ElementsAre("3", "4"));
  EXPECT_FALSE(after(missed.cursor).missed);
  EXPECT_FALSE(after(late).missed);
  EXPECT_THAT(texts(after(late)), ElementsAre("4"));

  const auto now = events->now();
  ASSERT_TRUE(now.ok());
  EXPECT_EQ(*now, missed.cursor);
  EXPECT_EQ(*events->expire(0s), 2u);
  EXPECT_EQ(*events->now(), *now) << "positions do not begin again when all events are gone";
  publish("next");
  const auto next = after(*now);
  EXPECT_THAT(texts(next), ElementsAre("next"));
  EXPECT_FALSE(next.missed);
}

TEST_F(DatabaseEventsTest, FollowersInTwoReplicasSeeEverythingThroughAnOutage) {
  struct Replica {
    Replica(const ConnectionSettings& where, base::MetricsRegistry& registry, Pool& pool)
        : listener(where, {10ms, 100ms}, registry, base::system_clock()),
          events(pool, &listener),
          // So long an interval that only wake-ups explain what is seen in time.
          follower(events, listener, {.interval = 1h}) {
      follower.on_event([this](const Event& event) {
        const std::lock_guard lock(mutex);
        seen.emplace_back(event.payload.as_string());
      });
      follower.on_missed([this] { ++missed; });
      listener.start();
      follower.start();
    }
    std::size_t count() {
      const std::lock_guard lock(mutex);
      return seen.size();
    }
    Listener listener;
    Events events;
    std::mutex mutex;
    std::vector<std::string> seen;
    std::atomic<int> missed = 0;
    EventFollower follower;  // last: it calls what uses the above
  };
  Replica one(settings, metrics, *pool), two(settings, metrics, *pool);
  ASSERT_TRUE(eventually([&] { return one.missed == 1 && two.missed == 1; })) << "told to read what there is";
  ASSERT_TRUE(eventually([&] { return one.listener.connected() && two.listener.connected(); }));
  const auto publish_by = [&](Replica& replica, const std::string& text) {
    return pool->write([&](Transaction& tx) { replica.events.publish(tx, "test", boost::json::value(text)); }).ok();
  };
  ASSERT_TRUE(publish_by(one, "a"));
  ASSERT_TRUE(eventually([&] { return one.count() == 1 && two.count() == 1; }));
  {
    const Held held;
    kill_server(false);
    ASSERT_TRUE(eventually([&] { return !one.listener.connected() && !two.listener.connected(); }));
  }
  ASSERT_TRUE(eventually([&] { return publish_by(two, "b"); }));
  EXPECT_TRUE(eventually([&] { return one.count() == 2 && two.count() == 2; }));
  EXPECT_THAT(one.seen, ElementsAre("a", "b"));
  EXPECT_THAT(two.seen, ElementsAre("a", "b"));
  EXPECT_EQ(one.missed, 1);
  one.follower.stop();
  two.follower.stop();
  one.listener.stop();
  two.listener.stop();
}

}  // namespace
}  // namespace causeway::api::database
