#pragma once
// Replicas that share a database, and perhaps a cache; what time it is they share as well.

#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <thread>

#include "apiserver/session/sessions.hpp"
#include "apiserver/session/token.hpp"
#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::session {

using namespace std::chrono_literals;

// All of one replica; only what time it is they share.
struct Replica {
  Replica(std::unique_ptr<database::Pool> p, const database::ConnectionSettings& settings, const base::Clock& clock,
          Lifetimes lifetimes, const std::function<std::unique_ptr<Cache>(base::MetricsRegistry&)>& cache)
      : pool(std::move(p)),
        listener(settings, {10ms, 50ms}, metrics, base::system_clock()),
        events(*pool, &listener),
        follower(events, listener, {.interval = 50ms}),
        store(*pool, events, lifetimes),
        sessions(store, cache(metrics), follower, listener, clock, metrics) {
    listener.on_connected([this] { connected = true; });
    follower.on_missed([this] { begun = true; });
    listener.start();
    follower.start();
    // Both empty the cache when they begin.
    EXPECT_TRUE(database::eventually([this] { return connected && begun; }));
  }
  ~Replica() {
    follower.stop();
    listener.stop();
  }

  std::int64_t user_of(const std::string& token) {
    const auto found = sessions.authenticate(token, "192.0.2.1");
    if (!found) return -1;
    return *found ? (*found)->session.person.id : 0;
  }

  std::atomic<bool> connected = false, begun = false;
  base::MetricsRegistry metrics;
  std::unique_ptr<database::Pool> pool;
  database::Listener listener;
  database::Events events;
  database::EventFollower follower;
  Store store;
  Sessions sessions;
};

class SessionsTest : public database::MigratedDatabaseTest {
 protected:
  void SetUp() override {
    MigratedDatabaseTest::SetUp();
    if (IsSkipped()) return;
    user = make_user("ada");
  }

  std::int64_t make_user(const std::string& name) {
    const auto id = number("INSERT INTO accounts (kind, name, namespace) VALUES ('user', '" + name + "', 'u-" + name +
                           "') RETURNING id");
    script("INSERT INTO users (id, register_type, email) VALUES (" + std::to_string(id) + ", 'email', '" + name +
           "@example.org')");
    return id;
  }

  std::unique_ptr<Replica> replica(Lifetimes lifetimes = {.idle = 3min, .absolute = 10min}) {
    return std::make_unique<Replica>(make_pool(), settings, clock, lifetimes, [this](auto& m) { return cache(m); });
  }
  // Of a new replica; null: its own.
  virtual std::unique_ptr<Cache> cache(base::MetricsRegistry& /*metrics*/) { return nullptr; }
  std::string login(Replica& at, std::string replaces = {}) {
    return at.sessions.create({user, Method::kCode, "192.0.2.1", "Mozilla/5.0", std::move(replaces)}).value();
  }

  // The user has a second factor from now on; its id.
  std::int64_t make_second_factor() {
    return number("INSERT INTO second_factors (user_id, secret, key, begun_at, confirmed_at) VALUES (" +
                  std::to_string(user) +
                  ", decode(repeat('5e', 48), 'hex'), decode(repeat('11', 8), 'hex'), now(), now()) RETURNING id");
  }
  static std::optional<SecondFactor> second_factor_of(Replica& at, const std::string& token) {
    const auto found = at.sessions.authenticate(token, "192.0.2.1");
    if (!found || !*found) return std::nullopt;
    return (*found)->session.second_factor;
  }
  // It is given in the session of this token; the token from then on.
  std::string give(Replica& at, const std::string& token, std::int64_t second_factor) {
    const auto session = at.sessions.authenticate(token, "192.0.2.1").value().value().session;
    auto given = at.pool->write([&](database::Transaction& tx) {
      return at.store.second_factor_given(tx, user, session.id, second_factor, clock.wall());
    });
    at.sessions.changed(user);
    return given.value().value_or("");
  }

  base::ManualClock clock{base::system_clock().wall()};
  std::int64_t user = 0;
};

}  // namespace causeway::api::session
