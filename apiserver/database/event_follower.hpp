#pragma once
// Hands every event to its users, once in each process, in order. Thread-safe.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "apiserver/database/events.hpp"
#include "base/clock.hpp"

namespace causeway::api::database {

struct EventFollowerOptions {
  base::Duration interval = std::chrono::seconds(1);  // looks by itself this often, whether it was woken or not
  std::size_t batch = 500;
};

class EventFollower {
 public:
  // Registers with the listener, so before its start(). Both must outlive this.
  EventFollower(Events& events, Listener& listener, EventFollowerOptions options = {});
  ~EventFollower();  // stop()

  // Before start(). Called from the follower's thread; must not throw.
  void on_event(std::function<void(const Event&)> seen);
  // Before start(). At the beginning, and whenever events were removed before they were seen: read everything again.
  // What is read from then on is no older than the events that follow.
  void on_missed(std::function<void()> missed);

  void start();
  void stop();

 private:
  void run(const std::stop_token& stop);
  // False: the database did not answer.
  bool follow(const std::stop_token& stop);
  void signal();

  Events& events_;
  const EventFollowerOptions options_;
  std::vector<std::function<void(const Event&)>> seen_;
  std::vector<std::function<void()>> missed_;
  std::optional<EventCursor> cursor_;  // the thread's

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;  // by mutex_
  std::jthread thread_;
};

}  // namespace causeway::api::database
