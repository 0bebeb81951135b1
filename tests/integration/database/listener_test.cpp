// Notifications: they arrive, they are few, and their absence is told.

#include "apiserver/database/listener.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>

#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::database {
namespace {

using namespace std::chrono_literals;

class DatabaseListenerTest : public DatabaseTest {
 protected:
  std::unique_ptr<Listener> make_listener() {
    return std::make_unique<Listener>(settings, ListenerOptions{10ms, 50ms}, metrics, base::system_clock());
  }
};

TEST_F(DatabaseListenerTest, WakesAllWhoListen) {
  std::atomic<int> one = 0, two = 0, other = 0;
  const auto a = make_listener(), b = make_listener();
  a->on_wake("x", [&] { ++one; });
  b->on_wake("x", [&] { ++two; });
  b->on_wake("y", [&] { ++other; });
  a->start();
  b->start();
  ASSERT_TRUE(eventually([&] { return a->connected() && b->connected(); }));
  a->wake("x");
  EXPECT_TRUE(eventually([&] { return one == 1 && two == 1; }));
  script("NOTIFY y");
  EXPECT_TRUE(eventually([&] { return other == 1; }));
  EXPECT_EQ(one, 1);
}

TEST_F(DatabaseListenerTest, ManyWakesBecomeFewNotifications) {
  std::atomic<int> woken = 0;
  const auto listener = make_listener();
  listener->on_wake("x", [&] { ++woken; });
  for (int i = 0; i < 1000; ++i) listener->wake("x");  // before there is a connection
  listener->start();
  ASSERT_TRUE(eventually([&] { return woken > 0; }));
  EXPECT_EQ(metric(metrics, "causeway_database_notifications_total{direction=\"sent\"}"), 1);
}

TEST_F(DatabaseListenerTest, TellsOfALostConnectionAndOfANewOne) {
  std::atomic<int> connected = 0, lost = 0, woken = 0;
  const auto listener = make_listener();
  listener->on_wake("x", [&] { ++woken; });
  listener->on_connected([&] { ++connected; });
  listener->on_lost([&] { ++lost; });
  listener->start();
  ASSERT_TRUE(eventually([&] { return connected == 1; }));
  EXPECT_EQ(metric(metrics, "causeway_database_listener_connected"), 1);
  {
    const Held held;
    kill_server(false);
    ASSERT_TRUE(eventually([&] { return lost == 1; }));
    EXPECT_FALSE(listener->connected());
    EXPECT_EQ(metric(metrics, "causeway_database_listener_connected"), 0);
    listener->wake("x");
    EXPECT_EQ(woken, 0);
  }
  ASSERT_TRUE(eventually([&] { return connected == 2; }));
  EXPECT_TRUE(eventually([&] { return woken == 1; })) << "what could not be sent is sent now";
  EXPECT_EQ(lost, 1) << "told once, not at each attempt";

  // A single session that an administrator ends, too.
  for (const pid_t pid : backends("causeway-apiserver (listener)")) {
    query("SELECT pg_terminate_backend(" + std::to_string(pid) + ")");
  }
  EXPECT_TRUE(eventually([&] { return connected == 3 && lost == 2; }));
}

TEST_F(DatabaseListenerTest, StopsAtOnceAlsoWhileItWaitsToConnectAgain) {
  const auto never = settings;
  settings.url.replace(settings.url.find("?host=") + 6, 1, "/nowhere/");
  std::atomic<int> lost = 0;
  Listener unreachable(settings, ListenerOptions{1h, 1h}, metrics, base::system_clock());
  unreachable.on_lost([&] { ++lost; });
  unreachable.start();
  ASSERT_TRUE(eventually([&] { return lost == 1; }));
  settings = never;
  const auto idle = make_listener();
  idle->on_wake("x", [] {});
  idle->start();
  ASSERT_TRUE(eventually([&] { return idle->connected(); }));
  // Either would otherwise last for ever.
  unreachable.stop();
  idle->stop();
}

TEST_F(DatabaseListenerTest, OnlyNamesThatNeedNoQuotes) {
  const auto listener = make_listener();
  for (const char* name : {"", "A", "a b", "a;DROP", "ä"}) {
    EXPECT_THROW(listener->on_wake(name, [] {}), std::logic_error) << name;
  }
}

}  // namespace
}  // namespace causeway::api::database
