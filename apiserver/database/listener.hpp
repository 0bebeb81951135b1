#pragma once
// PostgreSQL's notifications: LISTEN and NOTIFY on a connection and a thread of their own.
//
// A notification is a wake-up and carries nothing: several may arrive as one, and those sent while there is no
// connection do not arrive at all. So whoever listens looks at the tables, also when it is told of a new connection.

#include <functional>
#include <memory>
#include <string>

#include "apiserver/database/settings.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"

namespace causeway::api::database {

struct ListenerOptions {
  base::Duration first_pause = std::chrono::milliseconds(100);  // before connecting again; doubles …
  base::Duration longest_pause = std::chrono::seconds(10);      // … up to this, each time by chance a little shorter
};

// Thread-safe. Calls its users from its own thread, one at a time; they should return soon, and must not throw.
class Listener {
 public:
  Listener(ConnectionSettings settings, ListenerOptions options, base::MetricsRegistry& metrics,
           const base::Clock& clock);
  // stop().
  ~Listener();

  // Before start(). `channel` consists of a–z, 0–9 and _.
  void on_wake(const std::string& channel, std::function<void()> woken);
  // Before start(). At each new connection, once it listens: everything before may have been missed.
  void on_connected(std::function<void()> connected);
  // Before start(). When the connection is lost, or the first one cannot be made: caches can no longer be trusted.
  void on_lost(std::function<void()> lost);

  void start();
  // Wakes all who listen on the channel, in all replicas (this one included). At once, without waiting for the
  // database; several calls may become one NOTIFY; without a connection it happens when there is one again.
  void wake(const std::string& channel);
  bool connected() const;
  // Returns within moments unless a user's function does not, or a connection is just being made (connect_timeout).
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api::database
