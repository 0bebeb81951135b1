#include "apiserver/database/event_follower.hpp"

#include <utility>

#include "base/log.hpp"

namespace causeway::api::database {

EventFollower::EventFollower(Events& events, Listener& listener, EventFollowerOptions options)
    : events_(events), options_(options) {
  listener.on_wake(std::string(Events::kChannel), [this] { signal(); });
  listener.on_connected([this] { signal(); });
}

EventFollower::~EventFollower() {
  stop();
}

void EventFollower::on_event(std::function<void(const Event&)> seen) {
  seen_.push_back(std::move(seen));
}

void EventFollower::on_missed(std::function<void()> missed) {
  missed_.push_back(std::move(missed));
}

void EventFollower::signal() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void EventFollower::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void EventFollower::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

bool EventFollower::follow(const std::stop_token& stop) {
  if (!cursor_) {
    const auto now = events_.now();
    if (!now) return false;
    cursor_ = *now;
    for (const auto& tell : missed_) tell();
  }
  while (!stop.stop_requested()) {
    const auto batch = events_.after(*cursor_, options_.batch);
    if (!batch) return false;
    if (batch->missed) {
      base::log::warn("events were removed before they were seen", {{"cursor", *cursor_}});
      for (const auto& tell : missed_) tell();
    }
    for (const auto& event : batch->events) {
      for (const auto& tell : seen_) tell(event);
    }
    cursor_ = batch->cursor;
    if (!batch->more) break;
  }
  return true;
}

void EventFollower::run(const std::stop_token& stop) {
  bool answered = true;
  while (!stop.stop_requested()) {
    const bool before = std::exchange(answered, follow(stop));
    if (before != answered) base::log::warn(answered ? "events arrive again" : "events cannot be read");
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, options_.interval, [this] { return woken_; });
    woken_ = false;
  }
}

}  // namespace causeway::api::database
